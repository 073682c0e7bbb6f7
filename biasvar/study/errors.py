"""Errors of a study with an exit code of their own. Imports nothing: the command line's help must not wait."""


class Busy(Exception):
    """Another process is at work in the folder."""
