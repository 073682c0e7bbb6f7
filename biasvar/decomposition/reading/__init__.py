"""From what callers give, arrays, tensors, data frames or lists, to outputs and a reference: read, checked, encoded."""
