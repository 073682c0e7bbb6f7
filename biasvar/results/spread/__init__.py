"""What studies of training variance report: spread of accuracy, disagreement, outlying seeds."""
