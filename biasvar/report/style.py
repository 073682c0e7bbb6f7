"""The style of figures: a colour for each quantity, the widths of venues, files with reproducible bytes."""

import functools
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import MappingProxyType
from typing import Any

import matplotlib
from fontTools import subset, ttLib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from biasvar.decomposition.terms import SOURCES
from biasvar.report.page.replace import MARK, replace_file

INK = "#222222"
"""The colour of all text: line colours have too little contrast for letters."""

BLUE, VERMILLION = "#0072B2", "#D55E00"
COLOUR_NAMES = {BLUE: "blue", VERMILLION: "orange"}
"""The names of colours in captions."""

COLOURS = {
    "risk": "black",
    "bias_squared": BLUE,
    "bias_squared_plus_noise": BLUE,
    "bias": BLUE,
    "bias_plus_noise": BLUE,
    "systematic_effect": BLUE,
    "systematic_effect_plus_noise": BLUE,
    "variance": VERMILLION,
    "net_variance": VERMILLION,
    "variance_effect": VERMILLION,
    "variance_data": "#E69F00",
    "variance_label_noise": "#56B4E9",
    "variance_init": "#CC79A7",
    "variance_batch_order": "#8C6D31",
    "variance_dropout": "#117733",
    "variance_augmentation": "#882255",
    "variance_interaction": "#332288",
    "variance_outer": "#E69F00",
    "variance_inner": "#CC79A7",
    "noise": "#7F7F7F",
    "net_noise": "#7F7F7F",
    "train_risk": "#009E73",
}
WORDS = {name: name.replace("_", " ") for name in COLOURS} | {
    "bias_squared_plus_noise": "bias squared\n+ noise",
    "bias_plus_noise": "bias\n+ noise",
    "systematic_effect_plus_noise": "systematic effect\n+ noise",
}
WORDS |= {f"variance_{source}": f"from {source.replace('_', ' ')}" for source in SOURCES}
WORDS |= {"variance_interaction": "from interactions"}
WORDS |= {"variance_outer": "from fresh sets", "variance_inner": "within them"}
LINE_STYLES = ("-", (0, (5, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))
"""One for each condition; a single condition is solid, with ``train_risk`` dashed."""

WIDTHS = (3.25, 5.5, 6.75)
"""Widths in inches: one column, the text of a page, two columns."""

FORMATS = ("pdf", "svg", "png")
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "axes.titley": 1.0,  # nothing above the axes needs automatic placement
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.labelcolor": INK,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "lines.linewidth": 1.2,
    "lines.markersize": 2.8,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "biasvar",
    "text.usetex": False,
    "text.parse_math": False,
}


KEPT = frozenset(
    {"backend", "backend_fallback", "interactive", "toolbar", "timezone", "webagg.open_in_browser", "savefig.bbox"}
    | {name for name in STYLE if name.startswith(("pdf.", "svg.", "text.usetex", "text.parse_math", "axes.titley"))}
)
"""Parameters that no other style changes: what files need to be read anywhere, and the layout to be right."""

OTHER: ContextVar[Mapping[str, Any]] = ContextVar("OTHER", default=MappingProxyType({}))


@contextmanager
def using(settings: Mapping[str, Any]) -> Iterator[None]:
    """Draw with other parameters of matplotlib within the block, on top of the style."""
    token = OTHER.set(MappingProxyType(dict(settings)))
    try:
        yield
    finally:
        OTHER.reset(token)


def value_of(name: str) -> Any:
    """Return a parameter of the style, or of the one that is used instead."""
    return OTHER.get().get(name, STYLE[name])


@contextmanager
def context() -> Iterator[None]:
    """Apply the style within the block, regardless of the user's matplotlibrc."""
    # rcdefaults() would read every style sheet of matplotlib. The backend is left alone: no block restores it.
    defaults = {name: value for name, value in matplotlib.rcParamsDefault.items() if name != "backend"}
    with matplotlib.rc_context(defaults | STYLE | dict(OTHER.get())):
        yield


def figure_of(ax: Axes) -> Figure:
    """Return the whole figure that axes belong to."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes are not part of a figure, so nothing can be fitted to its size")
    return figure


def pictures_of(figure: Figure, kinds: Sequence[str] = FORMATS) -> dict[str, bytes]:
    """Return a figure as PDF, SVG and PNG, or some of these."""
    marks = {
        "pdf": {"Creator": MARK, "Producer": None, "CreationDate": None},
        "svg": {"Creator": MARK, "Date": None},
        "png": {"Software": MARK},
    }
    pictures = {}
    for kind in kinds:
        buffer = io.BytesIO()
        with plain_fonts():
            figure.savefig(buffer, format=kind, metadata=marks[kind])
        pictures[kind] = buffer.getvalue()
    return pictures


def save(pictures: dict[str, bytes], folder: Path, stem: str) -> None:
    """Write a figure's pictures as ``stem`` into ``folder``."""
    for kind, picture in pictures.items():
        replace_file(folder / f"{stem}.{kind}", picture)


@contextmanager
def plain_fonts() -> Iterator[None]:
    """Embed fonts without ligatures and kerning, which only typesetters read and which take half of a PDF's time."""
    known = subset.load_font

    def load_font(*args: Any, **options: Any) -> ttLib.TTFont:
        font = known(*args, **options)
        for table in {"GSUB", "GPOS", "GDEF", "kern"} & set(font.keys()):
            del font[table]
        return font

    subset.load_font = load_font
    try:
        yield
    finally:
        subset.load_font = known


@functools.cache
def drawable() -> frozenset[int]:
    """Return the code points that the style's font can draw."""
    return frozenset(font_manager.get_font(font_manager.findfont("DejaVu Sans")).get_charmap())


def drawable_only(text: str) -> str:
    """Return a name on one line, without characters that the font lacks."""
    letters = " ".join(text.split())
    return "".join(letter if ord(letter) in drawable() else "\N{REPLACEMENT CHARACTER}" for letter in letters)
