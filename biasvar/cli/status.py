"""``biasvar status``: a study's progress, from any shell, during a sweep or after it."""

import time
from pathlib import Path

import click

from biasvar.cli.messages import COMPLETE, say, say_warning

COLUMNS = ("done", "running", "failed", "left")


@click.command(name="status")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path) -> int:
    """Say how many models of the study in DIR are done, running, failed and left, in all and in each cell."""
    from biasvar.cli.durations import duration
    from biasvar.study.status import status_of

    found = status_of(folder)
    if found.unreadable:
        say_warning(f"{found.unreadable:,} lines of events.jsonl cannot be read: cut off by a kill, or damaged")
    total = found.total("members")
    say(f"study     {found.name}")
    if found.holder:
        say(f"sweep     {found.holder}; engine {found.engine}, {found.workers} workers")
    else:
        say(f"sweep     none running; the last one {last_error(found.last)}, after {duration(found.seconds)}")
    counts = f"{', '.join(f'{found.total(what):,} {what}' for what in COLUMNS)}, of {total:,}"
    say(f"models    {counts}" if found.models == total else f"readouts  {counts}; {found.models:,} models")
    if found.seconds_left:
        say(f"time      about {duration(found.seconds_left)} left, at the pace so far")
    for error, members in found.errors.items():
        say(f"failed    {members:,} models: {error}")
    width = max(len(cell.label) for cell in found.cells)
    click.echo()
    say(f"{'cell':<{width}}  {'  '.join(f'{what:>8}' for what in COLUMNS)}        of")
    for cell in found.cells:
        numbers = "  ".join(f"{getattr(cell, what):>8,}" for what in COLUMNS)
        say(f"{cell.label:<{width}}  {numbers}  {cell.members:>8,}")
    return COMPLETE


def last_error(event: dict) -> str:
    """Return how and when the last sweep ended."""
    try:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event["time"]))
    except (OverflowError, ValueError, OSError):
        when = "at an invalid time"
    ended = event["event"] if event["event"] in ("finished", "stopped") else "ended without a word"
    return f"{ended}, {when}"
