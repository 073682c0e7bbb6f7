"""What people read on stderr, and the exit codes."""

from collections.abc import Iterable

import click

from biasvar.settings import Problem

COMPLETE = 0
BUG = 1
WRONG_COMMAND = 2
FAILED_CELLS = 3
DATA_OR_MACHINE = 4
IN_USE = 5
INTERRUPTED = 130


def say_error(message: str) -> None:
    """Print one error."""
    click.echo(f"error: {message}", err=True)


def say_problems(problems: Iterable[Problem]) -> None:
    """Print every problem of a configuration: what was found, where it came from, what is needed."""
    for problem in problems:
        say_error(problem.what)
        for word in ("origin", "needs", "hint"):
            if getattr(problem, word):
                click.echo(f"  {'from' if word == 'origin' else word:<6} {getattr(problem, word)}", err=True)
    click.echo("nothing was written", err=True)


def say_warning(message: str) -> None:
    """Print a warning."""
    click.echo(f"warning: {message}", err=True)
