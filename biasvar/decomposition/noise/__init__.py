"""The noise of data, from votes, from near labels, or from the ensemble's own confidence."""
