"""The numbers of a collection as a page of text: each claim with its source, what was measured, and the verdict."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from biasvar.report.page.html import paragraphs
from biasvar.report.walkthrough.collection import Collection, Topic
from biasvar.report.words.claims import tally, verdict_in_words
from biasvar.results.numbers import interval

HEAD = "| claim | source | expected | measured | verdict |"


class Numbers(NamedTuple):
    """What the page says of one study: its topic, what it asks, and its claims with their verdicts."""

    topic: Topic
    about: str
    claims: pd.DataFrame


def numbers_page(collection: Collection, studies: Iterable[Numbers]) -> str:
    """Return a page in Markdown with a section for each study, in order."""
    studies = list(studies)
    folder = collection.folder
    lines = [
        f"# {collection.title}",
        f"Each section is one study, `study={folder}/NAME`. {collection.introduction} `make {folder}` runs them all. "
        f"[The page with the figures]({folder}/report.html) is kept beside the tables that the verdicts rest on. An "
        "interval is in brackets; those of one study hold all at once, at 95 %.",
        tally(pd.concat([one.claims for one in studies])),
    ]
    return "\n\n".join(lines + [part for one in studies for part in section(collection, one)]) + "\n"


def section(collection: Collection, study: Numbers) -> list[str]:
    """Return the paragraphs and the table of one study."""
    topic = study.topic
    rows = [" | ".join(cells_of(row)) for _, row in study.claims.iterrows()]
    table = "\n".join([HEAD, "|---|---|---|---|---|", *(f"| {row} |" for row in rows)])
    where = f"{topic.source}; " if topic.source else ""
    command = f"{where}`biasvar sweep study={collection.folder}/{topic.name}`"
    return [f"## {topic.title}", command, *paragraphs(study.about), tally(study.claims), table]


def cells_of(row: pd.Series) -> list[str]:
    """Return what the table says of one claim."""
    measured = "" if pd.isna(row["measured"]) else interval(row["measured"], row["low"], row["high"])
    cells = [row["text"], row["source"], row["expected"], measured, verdict_in_words(row)]
    return [str(cell).replace("|", "\\|") for cell in cells]
