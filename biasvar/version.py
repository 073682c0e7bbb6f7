"""The version, which the command line prints without importing anything else."""

__version__ = "0.1.0"
