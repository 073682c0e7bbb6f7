"""Write docs/reference.md: every group, option and key, as ``biasvar config`` lists them, in tables.

python scripts/reference.py
"""

from pathlib import Path

from biasvar.settings import describe, show
from biasvar.study.config import GROUPS, SECTIONS, TopLevel

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"
HEAD = """# Reference

Every key of a sweep. `group=option` chooses an option, `key=value` sets a key, and `key=a,b,c` makes an axis of it.
`biasvar config` prints the same.
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page())


def page() -> str:
    """Return the page."""
    parts = [HEAD, "## Keys of a study\n", table(TopLevel, "")]
    for name, cls in SECTIONS.items():
        parts += [f"## {name}\n", f"{summary(cls)}\n", table(cls, f"{name}.")]
    for group, options in GROUPS.items():
        parts.append(f"## {group}=\n")
        for kind, cls in options.items():
            parts += [f"### {group}={kind}\n", f"{summary(cls)}\n", table(cls, f"{group}.")]
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def summary(cls: type) -> str:
    """Return the first line of a docstring."""
    return (cls.__doc__ or "").splitlines()[0]


def table(cls: type, prefix: str) -> str:
    """Return the keys of a class, a row each; nothing if it has none."""
    keys = describe(cls)
    rows = [
        (
            f"`{prefix}{key.name}`",
            f"`{show(key.default)}`",
            key.type + (f", {key.range}" if key.range else ""),
            key.meaning,
        )
        for key in keys
    ]
    head = ["| key | default | values | meaning |", "|---|---|---|---|"]
    cells = ["| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in rows]
    return "\n".join([*head, *cells, ""]) if keys else ""


if __name__ == "__main__":
    main()
