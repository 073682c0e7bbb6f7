"""What studies of training variance report: spread of accuracy, disagreement of pairs, outlying seeds."""
