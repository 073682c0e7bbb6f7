"""``biasvar config``: every group, option and key, with type, range, default and meaning."""

import re
from itertools import takewhile
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="config")
def command() -> int:
    """List configuration groups, options and the keys of each: type, range, default, meaning."""
    from biasvar.study.config import GROUPS, SECTIONS, TopLevel

    click.echo(f"{presets()}\n")
    click.echo(section("keys", TopLevel, ""))
    for name, cls in SECTIONS.items():
        click.echo(section(f"{name}.*", cls, f"{name}."))
    for group, table in GROUPS.items():
        for kind, cls in table.items():
            click.echo(section(f"{group}={kind}", cls, f"{group}."))
    return 0


def presets() -> str:
    """Return the shipped studies, a line each."""
    from biasvar.composition.hydra_groups import conf_dir
    from biasvar.composition.options import options_in

    names = options_in((conf_dir(),), "study")
    width = max(map(len, names))
    lines = [f"  {name:{width}}  {summary_of(conf_dir(), name)}" for name in names]
    return "\n".join(["study=NAME  A preset:", *lines])


def summary_of(folder: "Path", name: str) -> str:
    """Return what a study's file says of itself: the first sentence of the comment below its header."""
    lines = (folder / "study" / f"{name}.yaml").read_text().splitlines()[1:]
    comment = takewhile(lambda line: line.startswith("#"), lines)
    return re.split(r"\. (?=[A-Z])", " ".join(line[1:].strip() for line in comment))[0].removesuffix(".")


def section(title: str, cls: type, prefix: str) -> str:
    """Return the keys of one option, a line or two each."""
    from biasvar.settings import describe, show

    summary = (cls.__doc__ or "").splitlines()[0]
    lines = [f"{title}  {summary}"]
    for key in describe(cls):
        limits = f", {key.range}" if key.range else ""
        lines.append(f"  {prefix}{key.name} = {show(key.default)}  ({key.type}{limits})\n      {key.meaning}")
    return "\n".join(lines) + "\n"
