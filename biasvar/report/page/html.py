"""report.html: the whole study on one page that needs no network, no script and no other file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup

from biasvar.report import style
from biasvar.report.figures import FOLDER
from biasvar.report.figures.study_figure import StudyFigure
from biasvar.report.page.replace import MARK, replace_file
from biasvar.report.words import claims
from biasvar.report.words.captions import loss_words
from biasvar.report.words.designs import unit
from biasvar.report.words.diagnosis import DiagnosisText
from biasvar.report.words.notes import notes_of
from biasvar.report.words.summary import summary
from biasvar.results.conditions import PARAMETERS, name_of
from biasvar.results.glossary import glossary
from biasvar.results.numbers import interval, number, plain
from biasvar.results.results import QUANTITIES, Results
from biasvar.results.spread import spreads
from biasvar.study.folder import PAGE
from biasvar.training.modes import SPREAD

MOST_ROWS = 500
EFFECTS = {
    "systematic_effect": ("bias_squared", "bias"),
    "systematic_effect_plus_noise": ("bias_squared_plus_noise", "bias_plus_noise"),
    "variance_effect": ("variance",),
}
IDENTIFIER = re.compile(r'(?<=\bid=")|(?<=url\(#)|(?<=href="#)')
PICTURE_ID = re.compile(r'(<image\b[^>]*?) id="[^"]*"')
UNWANTED = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<style[^>]*>.*?</style>", re.DOTALL)


@dataclass(frozen=True)
class Column:
    """One column of the results table: its heading, its full name, its cells; numbers are right-aligned."""

    heading: str
    title: str
    cells: list[str]
    is_number: bool


def write_page(
    results: Results,
    figures: Iterable[tuple[StudyFigure, str]],
    out_dir: Path,
    notes: Iterable[str] = (),
    diagnosis: DiagnosisText | None = None,
) -> Path:
    """Write ``report.html`` into ``out_dir`` in one step, with the table's notes before ``notes``; return its path.

    ``figures`` come with the texts of their SVG. A ``diagnosis`` stands at the head.
    """
    columns = columns_of(results)
    text = template("report.html.jinja").render(
        mark=MARK,
        results=results,
        about=paragraphs(results.about),
        diagnosis=diagnosis,
        summary=summary(results),
        claims=claim_columns(results.claims),
        tally=claims.tally(results.claims),
        interval_of_claims=claims.interval_in_words(results.claims),
        figures=[(figure, inline(figure, svg), links(figure)) for figure, svg in figures],
        noise=noise_columns(results.noise),
        spread=spread_columns(results),
        columns=columns,
        shown=min(len(results.table), MOST_ROWS),
        total=len(results.table),
        level=plain(round(100 * results.level, 6)),
        terms=glossary(results),
        notes=[*notes_of(results), *notes],
    )
    path = Path(out_dir) / PAGE
    # A file name may contain unpaired surrogates, which UTF-8 cannot encode.
    replace_file(path, text.encode("utf-8", errors="replace"))
    return path


def template(name: str) -> jinja2.Template:
    """Return a page's template; everything inserted into it is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("biasvar.report.page", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def inline(figure: StudyFigure, svg: str) -> Markup:
    """Return a figure's SVG for the page: with unique ids, a role, the alt text, and a flexible width."""

    def own_ids(tag: re.Match) -> str:
        return IDENTIFIER.sub(f"{figure.stem}-", tag[0])

    # matplotlib names a raster by its content, so two equal ones share an id; nothing refers to it.
    svg = PICTURE_ID.sub(r"\1", UNWANTED.sub("", svg))
    svg = re.sub(r"<[^>]*>", own_ids, svg).strip()
    head, rest = svg.split(">", 1)
    view, width = re.findall(r'viewBox="[^"]*"', head)[0], re.findall(r'width="([\d.]+pt)"', head)[0]
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {} role="img" '
        'style="--natural: {}" aria-label="{}">{}'
    ).format(Markup(view), width, figure.alt, Markup(rest))


def links(figure: StudyFigure) -> list[tuple[str, str]]:
    """Return the names and relative addresses of a figure's files."""
    return [(kind.upper(), quote(f"{FOLDER}/{figure.stem}.{kind}")) for kind in style.FORMATS]


def columns_of(results: Results) -> list[Column]:
    """Return the columns of the results table: cell, loss, axes, counts, and each known quantity with its interval."""
    rows = results.table.head(MOST_ROWS)
    columns = [Column("loss", "loss", [loss_words(loss) for loss in rows["loss"]], False)]
    columns += [text_column(rows, key, name_of(key, results)) for key in results.axes]
    if rows["capacity"].notna().any() and not set(rows["capacity_key"].dropna()) & {*results.axes, PARAMETERS}:
        columns.append(text_column(rows, "capacity", "capacity"))
    if rows["parameters"].notna().any():
        columns.append(text_column(rows, "parameters", "parameters"))
    if "label_noise_rate" in rows:
        rates = [number(rate) for rate in rows["label_noise_rate"]]
        columns.append(Column("label noise", "label_noise_rate", rates, True))
    counts = [f"{plain(ok)}/{plain(of)}" for ok, of in zip(rows["n_ok"], rows["n_planned"], strict=True)]
    columns.append(Column(unit(rows), "n_ok/n_planned", counts, True))
    reasons = rows["gaps"] if "gaps" in rows else [""] * len(rows)
    why = [f"{status}: {gaps}" if gaps else status for status, gaps in zip(rows["status"], reasons, strict=True)]
    columns.append(Column("status", "status", why, False))
    for name in (*QUANTITIES, *results.own_components, SPREAD):
        if name in results.table and results.table[name].notna().any() and not is_repeated(results.table, name):
            triples = zip(rows[name], rows[f"{name}_low"], rows[f"{name}_high"], strict=True)
            cells = [number(row[0]) if name == "residual" else interval(*row) for row in triples]
            columns.append(Column(name.replace("_", " "), name, cells, True))
    return [Column("cell", "cell", [plain(cell) for cell in rows["cell"]], True), *columns]


def is_repeated(table: pd.DataFrame, name: str) -> bool:
    """Return whether a column repeats bias or variance, as the effects do under squared error."""
    twins = [twin for effect, twins in EFFECTS.items() if name == effect for twin in twins]
    known = table[name].notna()
    return any(np.allclose(table.loc[known, name], table.loc[known, twin], equal_nan=False) for twin in twins)


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, which empty lines separate."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def claim_columns(table: pd.DataFrame | None) -> list[Column]:
    """Return the columns of the claims, one row each."""
    if table is None or table.empty:
        return []
    rows = [row for _, row in table.iterrows()]
    measured = [interval(row["measured"], row["low"], row["high"]) for row in rows]
    return [
        text_column(table, "text", "claim"),
        text_column(table, "source", "source"),
        text_column(table, "expected", "expected"),
        Column("measured", "measured", measured, True),
        Column("verdict", "verdict", [claims.verdict_in_words(row) for row in rows], False),
    ]


def noise_columns(table: pd.DataFrame | None) -> list[Column]:
    """Return the columns of the noise table; the data's name is one of them if there are several."""
    if table is None or table.empty:
        return []
    values = zip(table["value"], table["low"], table["high"], strict=True)
    columns = [text_column(table, "data", "data")] if table["data"].nunique() > 1 else []
    return [
        *columns,
        Column("loss", "loss", [loss_words(loss) for loss in table["loss"]], False),
        text_column(table, "kind", "kind"),
        Column("noise", "value", [interval(*row) for row in values], True),
        text_column(table, "name", "from"),
        text_column(table, "assumption", "assumes"),
    ]


def spread_columns(results: Results) -> list[Column]:
    """Return the columns of the spread of accuracy, one row per cell and kind of pairs; none without classes."""
    if results.spread is None or results.spread.empty:
        return []
    rows = results.spread.head(MOST_ROWS)
    columns = [
        text_column(rows, "cell", "cell"),
        *(text_column(rows, key, name_of(key, results)) for key in results.axes),
    ]
    columns.append(text_column(rows, "differ", "models differ in"))
    for name, meaning in spreads.MEANINGS.items():
        if name not in ("cell", "loss", "differ") and rows[name].notna().any():
            ends = [f"{name}_low", f"{name}_high"] if name in spreads.WITH_INTERVAL else []
            cells = [interval(*row) if ends else number(row[0]) for row in rows[[name, *ends]].to_numpy(float)]
            columns.append(Column(name.replace("_", " "), meaning, cells, True))
    return columns


def text_column(rows: pd.DataFrame, key: str, heading: str) -> Column:
    """Return a column of swept values or names as texts."""
    return Column(heading, key, [plain(value) for value in rows[key]], pd.api.types.is_numeric_dtype(rows[key]))
