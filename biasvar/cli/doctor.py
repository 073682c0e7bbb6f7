"""``biasvar doctor``: what this machine has, and what is wrong with it."""

from pathlib import Path

import click

from biasvar.cli.messages import COMPLETE, DATA_OR_MACHINE, say, say_error


@click.command(name="doctor")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("outputs"),
    show_default=True,
    metavar="DIR",
    help="The folder that results are to be written into.",
)
def command(out: Path) -> int:
    """Check versions, threads, memory, disk, locks, data and speed. Exits with 4 if something is wrong."""
    from biasvar.study.doctor import examined

    faults: list[str] = []
    for name, finding in examined(out):
        say(name)
        width = max(map(len, finding.facts), default=0)
        for fact, text in finding.facts.items():
            say(f"  {fact:<{width}}  {text}")
        faults += finding.faults
    for fault in faults:
        say_error(fault)
    if not faults:
        say("nothing is wrong")
    return DATA_OR_MACHINE if faults else COMPLETE
