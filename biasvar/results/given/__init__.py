"""The cells of predictions that were made elsewhere, from arrays, a tidy table or a file."""
