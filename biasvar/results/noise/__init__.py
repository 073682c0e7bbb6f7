"""The noise: known values, estimates and bounds."""
