"""report.html: the whole study on one page that needs no network and no other file."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from biasvar.report import figures as family
from biasvar.report import style
from biasvar.report.figures import FOLDER, Drawn
from biasvar.report.figures.double_descent import DoubleDescent
from biasvar.report.figures.study_figure import StudyFigure
from biasvar.report.figures.u_curve import UCurve
from biasvar.report.page.columns import MOST_ROWS, claim_columns, columns_of, noise_columns, spread_columns
from biasvar.report.page.provenance import Provenance
from biasvar.report.page.replace import MARK, replace_file
from biasvar.report.page.svg import inline
from biasvar.report.words import claims
from biasvar.report.words.diagnosis import DiagnosisText
from biasvar.report.words.finding import facts, finding, has_double_descent
from biasvar.report.words.methods import methods
from biasvar.report.words.notes import notes_of
from biasvar.report.words.summary import summary
from biasvar.results.glossary import glossary
from biasvar.results.numbers import plain
from biasvar.results.results import Results
from biasvar.study.folder import PAGE

MOST_BYTES = 1_200_000
"""Figures on the page take so much at most; the others are linked."""


@dataclass(frozen=True)
class Picture:
    """A figure on the page: its SVG, or None where it is too large, with its number and its files."""

    figure: StudyFigure
    svg: Markup | None
    number: int
    files: Sequence[tuple[str, str]]

    @property
    def kind(self) -> str:
        """The kind of figure, in words."""
        return next((name for name, cls in family.FIGURES.items() if type(self.figure) is cls), "other").replace(
            "_", " "
        )

    @property
    def caption(self) -> tuple[str, str]:
        """The first sentence of the caption, and the rest."""
        first, _, rest = self.figure.caption.partition(". ")
        return (f"{first}." if rest else first), rest


def write_page(
    results: Results,
    figures: Iterable[Drawn],
    out_dir: Path,
    notes: Iterable[str] = (),
    diagnosis: DiagnosisText | None = None,
    provenance: Provenance | None = None,
) -> Path:
    """Write ``report.html`` into ``out_dir`` in one step, with the table's notes before ``notes``; return its path."""
    main, others = pictures(results, list(figures))
    provenance = provenance or Provenance()
    text = render(
        "report.html.jinja",
        results=results,
        about=paragraphs(results.about),
        finding=finding(results),
        facts=facts(results, provenance.command),
        diagnosis=diagnosis,
        main=main,
        kinds=[(kind, list(some)) for kind, some in groupby(others, key=lambda one: one.kind)],
        methods=methods(results),
        summary=summary(results),
        claims=claim_columns(results.claims),
        interval_of_claims=claims.interval_in_words(results.claims),
        noise=noise_columns(results.noise),
        spread=spread_columns(results),
        columns=columns_of(results),
        shown=min(len(results.table), MOST_ROWS),
        total=len(results.table),
        level=plain(round(100 * results.level, 6)),
        terms=glossary(results),
        notes=[*notes_of(results), *notes],
        provenance=provenance,
    )
    path = Path(out_dir) / PAGE
    # A file name may contain unpaired surrogates, which UTF-8 cannot encode.
    replace_file(path, text.encode("utf-8", errors="replace"))
    return path


def render(name: str, **values: object) -> str:
    """Return a page from its template, with a policy that allows its own script and style and nothing else."""
    folder = Path(__file__).parent
    script, rules = ((folder / one).read_text(encoding="utf-8") for one in ("page.js", "style.css"))
    allowed = {"style-src": rules, "script-src": script}
    policy = "; ".join(f"{what} '{digest(text)}'" for what, text in allowed.items())
    return template(name).render(
        **values,
        mark=MARK,
        policy=Markup(f"default-src 'none'; img-src data:; {policy}"),
        script=Markup(script),
        style=Markup(rules),
    )


def digest(text: str) -> str:
    """Return the hash by which a policy allows a script or a style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


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


def pictures(results: Results, figures: Sequence[Drawn]) -> tuple[Picture | None, list[Picture]]:
    """Return the main figure, and the others in their order: as many on the page as it has room for."""
    main = main_figure(results, figures)
    ordered = sorted(figures, key=lambda drawn: drawn is not main)
    found, taken = [], 0
    for place, drawn in enumerate(ordered, 1):
        svg = inline(drawn.svg, drawn.figure.stem, drawn.figure.alt, drawn.spots if drawn is main else ())
        taken += len(svg)
        fits = taken <= MOST_BYTES
        taken -= 0 if fits else len(svg)
        found.append(Picture(drawn.figure, svg if fits else None, place, links(drawn.figure)))
    order = list(family.FIGURES.values())
    rest = sorted(found[1:], key=lambda one: order.index(type(one.figure)))
    return (found[0] if found else None), rest


def main_figure(results: Results, figures: Sequence[Drawn]) -> Drawn | None:
    """Return the figure that shows the finding: that of double descent where there is one, else the U-shaped curve."""
    first = DoubleDescent if has_double_descent(results) else UCurve
    for kind in (first, UCurve, DoubleDescent):
        if found := [drawn for drawn in figures if isinstance(drawn.figure, kind)]:
            return found[0]
    return next(iter(figures), None)


def links(figure: StudyFigure) -> list[tuple[str, str]]:
    """Return the names and relative addresses of a figure's files."""
    return [(kind.upper(), quote(f"{FOLDER}/{figure.stem}.{kind}")) for kind in style.FORMATS]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, which empty lines separate."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
