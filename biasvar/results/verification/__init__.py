"""Check whether a study's files, sums and closed forms hold."""
