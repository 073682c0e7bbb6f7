"""The cells of a study, read from its store."""
