"""Messages on stderr, and the exit codes."""

import io
import sys
from collections.abc import Iterable

import click

from biasvar.settings import Problem
from biasvar.study.memory_limit import in_words, memory_limit

COMPLETE = 0
BUG = 1
WRONG_COMMAND = 2
FAILED_CELLS = 3
DATA_OR_MACHINE = 4
IN_USE = 5
INTERRUPTED = 130
TERMINATED = 143
LONGEST = 2000  # characters of one line of a message


def let_names_through() -> None:
    """Let stdout print any file name as it is, whatever the locale's encoding."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        plain = sys.stdout.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968", "646")
        sys.stdout.reconfigure(encoding="utf-8" if plain else sys.stdout.encoding, errors="surrogateescape")


def say_error(message: str) -> None:
    """Print one error."""
    click.echo(f"error: {printable(message)}", err=True)


def say_out_of_memory(error: MemoryError) -> None:
    """Print what did not fit into memory, and how much memory there is."""
    limit = memory_limit()
    what = str(error) or "more memory was requested than there is"
    say_error(f"out of memory: {what}{f'; {limit.whose} {in_words(limit.size)}' if limit else ''}")


def say_problems(problems: Iterable[Problem]) -> None:
    """Print every problem of a configuration: what was found, where it came from, what is needed."""
    for problem in problems:
        say_error(problem.what)
        for word in ("origin", "needs", "hint"):
            if getattr(problem, word):
                text = printable(getattr(problem, word))
                click.echo(f"  {'from' if word == 'origin' else word:<6} {text}", err=True)
    click.echo("nothing was written", err=True)


def say_wrong_command(error: click.ClickException) -> None:
    """Print what is wrong with a command's verb, options or arguments."""
    say_error(error.format_message())
    context = getattr(error, "ctx", None)
    if context is not None:
        click.echo(context.get_usage(), err=True)
        click.echo(f"  hint   {context.command_path} --help", err=True)
    click.echo("nothing was written", err=True)


def printable(text: str) -> str:
    """Return any text in a form that a terminal can show: not too long, and without control characters."""
    whole = "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
    return whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}... ({len(whole):,} characters)"


def say_warning(message: str) -> None:
    """Print a warning."""
    click.echo(f"warning: {printable(message)}", err=True)


def say(line: str) -> None:
    """Print a line of an answer, which may contain text from another user's folder."""
    click.echo(printable(line.replace("\n", "\\n")))
