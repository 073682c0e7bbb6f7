"""What to do about a cell: its regime, what the chapter's rule says of it, and its remedies, from the saved tables."""
