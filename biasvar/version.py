"""The version, which the command line says without importing anything else."""

__version__ = "0.1.0"
