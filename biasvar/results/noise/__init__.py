"""What is known, estimated and bounded of the noise."""
