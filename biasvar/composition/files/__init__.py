"""Configuration files as they are read: checked for one clear message each, wherever Hydra finds them."""
