"""Errors of a study with an exit code of their own. Imports nothing, so that the command line's help is fast."""


class Busy(Exception):
    """Another process is working in the folder."""
