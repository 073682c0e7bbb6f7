"""Tables of the user's: a file or a data frame becomes rows of numbers, codes of categories, and holes."""
