"""The command line: the only floor that knows Hydra. One small file a verb."""
