"""The command line: the only floor that knows Hydra. One small file per verb."""
