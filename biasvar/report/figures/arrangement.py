"""A figure whose panels are placed by what stands about them: axes get what is left, and height for all there is."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox

from biasvar.report.figures.lettering import height_of, wrapped

MOST_COLUMNS = {1: 1, 2: 2, 3: 3, 4: 2}
LEAST_COLUMN = 1.7
"""Inches of a figure for each of several columns of panels."""

LEAST_AXES, LEAST_ALONE = 1.05, 1.4
"""Inches across of axes beside others, and of axes in one column."""

LEAST_HEIGHT, LEAST_HEIGHT_ALONE = 1.25, 1.7
ASPECT = 0.66
NUMBERS = 0.6
"""Inches that the numbers of an axis and its name take, more or less."""

EDGE, BETWEEN_COLUMNS, BETWEEN_ROWS = 0.04, 0.14, 0.1
LEFT, RIGHT, ABOVE, BELOW = range(4)


def columns_and_names(width: float, panels: int, beside: float, own_axes: bool) -> tuple[int, bool]:
    """Return into how many columns panels go, and whether names of lines, ``beside`` inches wide, fit beside them."""
    for columns in range(MOST_COLUMNS[panels], 0, -1):
        least = LEAST_AXES if columns > 1 else LEAST_ALONE
        if columns > 1 and width / columns < LEAST_COLUMN:
            continue
        for names in (beside, 0.0):
            room = width - NUMBERS * (columns if own_axes else 1) - names
            if room / columns - BETWEEN_COLUMNS >= least:
                return columns, names == beside
    return 1, False


class ArrangedFigure(Figure):
    """A figure of ``width`` inches with panels in columns; its height is what its panels and their words take.

    ``names_beside`` says whether lines have their names beside them, or in a key below all panels.
    """

    def __init__(self, width: float, panels: int, columns: int, names_beside: bool = True, own_axes: bool = False):
        rows = -(-panels // columns)
        super().__init__(figsize=(width, 3.0 * rows))
        FigureCanvasAgg(self)
        self.names_beside = names_beside
        grid = self.subplots(rows, columns, sharex=True, sharey=not own_axes, squeeze=False)
        for ax in list(grid.flat[panels:]):
            ax.remove()
        self.panels: list[Axes] = list(grid.flat[:panels])
        self.rows = [self.panels[first : first + columns] for first in range(0, panels, columns)]
        self.columns = [self.panels[first::columns] for first in range(columns)]
        for column in self.columns:
            for ax in column:
                ax.tick_params(labelbottom=ax is column[-1], labelleft=own_axes or column is self.columns[0])
        self.key: Legend | None = None
        self.x_name = self.text(0.5, 0, "", ha="center", va="bottom", parse_math=False) if columns > 1 else None
        self.y_name = self.text(0, 0.5, "", ha="left", va="center", rotation=90, parse_math=False) if rows > 1 else None

    def name_axes(self, x_name: str, y_name: str) -> None:
        """Name the axes of all panels once, below and left of them, in lines that these have room for."""
        places = [ax.get_position() for ax in self.panels]
        left, right = min(place.x0 for place in places), max(place.x1 for place in places)
        bottom, top = min(place.y0 for place in places), max(place.y1 for place in places)
        centre, middle = (left + right) / 2, (bottom + top) / 2
        x_name = wrapped(x_name, (2 * min(centre, 1 - centre)) * self.get_figwidth() - 2 * EDGE)
        y_name = wrapped(y_name, (2 * min(middle, 1 - middle)) * self.get_figheight() - 2 * EDGE)
        if self.x_name is None:
            self.columns[0][-1].set_xlabel(x_name, parse_math=False)
        else:
            self.x_name.set(text=x_name, x=centre, y=(EDGE + self.height_of_key) / self.get_figheight())
        if self.y_name is None:
            self.panels[0].set_ylabel(y_name, parse_math=False)
        else:
            self.y_name.set(text=y_name, x=EDGE / self.get_figwidth(), y=middle)

    def add_key(self, handles: Sequence[Line2D]) -> None:
        """Put a key of lines below all panels, in as many columns as there is room for."""
        for columns in range(len(handles), 0, -1):
            self.key = self.legend(
                handles=handles,
                loc="lower left",
                ncols=columns,
                bbox_to_anchor=(EDGE, EDGE),
                bbox_transform=self.dpi_scale_trans,
                borderaxespad=0,
            )
            for text in self.key.get_texts():
                text.set_parse_math(False)
            if columns == 1 or self.key.get_window_extent().width / self.dpi <= self.get_figwidth() - 2 * EDGE:
                return
            self.key.remove()

    @property
    def height_of_key(self) -> float:
        """The inches that the key takes with what parts it from the panels."""
        return 0.0 if self.key is None else self.key.get_window_extent().height / self.dpi + BETWEEN_ROWS

    def set_widths(self) -> None:
        """Give axes the width that what stands beside them leaves."""
        width = self.get_figwidth()
        x = EDGE if self.y_name is None else 2 * EDGE + height_of(self.y_name.get_text())
        margins = self.margins()
        sides = [[max(margins[ax][side] for ax in column) for side in (LEFT, RIGHT)] for column in self.columns]
        taken = x + EDGE + sum(map(sum, sides)) + BETWEEN_COLUMNS * (len(sides) - 1)
        each = (width - taken) / len(sides)
        for column, (left, right) in zip(self.columns, sides, strict=True):
            x += left
            for ax in column:
                box = ax.get_position()
                ax.set_position(Bbox.from_extents(x / width, box.y0, (x + each) / width, box.y1))
            x += each + right + BETWEEN_COLUMNS

    def set_heights(self, least: float) -> None:
        """Give axes ``least`` inches of height, or what suits their width, and the figure what all that takes."""
        across = self.panels[0].get_position().width * self.get_figwidth()
        height = max(ASPECT * across, LEAST_HEIGHT if len(self.panels) > 1 else LEAST_HEIGHT_ALONE, least)
        margins = self.margins()
        sides = [[max(margins[ax][side] for ax in row) for side in (ABOVE, BELOW)] for row in self.rows]
        name = 0.0 if self.x_name is None else height_of(self.x_name.get_text()) + EDGE
        foot = EDGE + self.height_of_key + name
        total = foot + EDGE + sum(map(sum, sides)) + height * len(sides) + BETWEEN_ROWS * (len(sides) - 1)
        self.set_figheight(total)
        y = total - EDGE
        for row, (over, under) in zip(self.rows, sides, strict=True):
            y -= over + height
            for ax in row:
                box = ax.get_position()
                ax.set_position(Bbox.from_extents(box.x0, y / total, box.x1, (y + height) / total))
            y -= under + BETWEEN_ROWS

    def margins(self) -> dict[Axes, tuple[float, ...]]:
        """Return the inches that stand out of the axes of each panel: left, right, above and below."""
        found = {}
        for ax in self.panels:
            inner = ax.get_window_extent()
            outer = ax.get_tightbbox(for_layout_only=True) or inner
            sides = (inner.x0 - outer.x0, outer.x1 - inner.x1, outer.y1 - inner.y1, inner.y0 - outer.y0)
            found[ax] = tuple(float(side) / self.dpi for side in sides)
        return found
