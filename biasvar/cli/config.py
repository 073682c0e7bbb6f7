"""``biasvar config``: every group, option and key, with type, range, default and meaning."""

import click


@click.command(name="config")
def command() -> int:
    """List configuration groups, options and the keys of each: type, range, default, meaning."""
    from biasvar.study.config import GROUPS, SECTIONS, TopLevel

    click.echo(f"study=NAME chooses a preset: {', '.join(presets())}\n")
    click.echo(section("keys", TopLevel, ""))
    for name, cls in SECTIONS.items():
        click.echo(section(f"{name}.*", cls, f"{name}."))
    for group, table in GROUPS.items():
        for kind, cls in table.items():
            click.echo(section(f"{group}={kind}", cls, f"{group}."))
    return 0


def presets() -> list[str]:
    """Return the names of the shipped studies."""
    from biasvar.composition.hydra_groups import conf_dir

    return sorted(path.stem for path in (conf_dir() / "study").glob("*.yaml"))


def section(title: str, cls: type, prefix: str) -> str:
    """Return the keys of one option, a line or two each."""
    from biasvar.settings import describe, show

    summary = (cls.__doc__ or "").splitlines()[0]
    lines = [f"{title}  {summary}"]
    for key in describe(cls):
        limits = f", {key.range}" if key.range else ""
        lines.append(f"  {prefix}{key.name} = {show(key.default)}  ({key.type}{limits})\n      {key.meaning}")
    return "\n".join(lines) + "\n"
