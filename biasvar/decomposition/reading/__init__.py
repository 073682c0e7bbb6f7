"""Read, check and encode the caller's arrays, tensors, data frames or lists as outputs and a reference."""
