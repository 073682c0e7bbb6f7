"""The noise of data, estimated from votes, from the labels of neighbours, or from the ensemble's own confidence."""
