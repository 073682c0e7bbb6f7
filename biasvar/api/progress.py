"""What a sweep in Python shows of its progress: a bar in a notebook, nothing in a script."""

import sys
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from biasvar.study.scheduler import Progress


def usual() -> "Progress":
    """Return a bar within a notebook's kernel, else nothing that is seen."""
    return InNotebook() if "ipykernel" in sys.modules else Quiet()


class Quiet:
    """A progress that shows nothing, and gives warnings as Python's warnings."""

    def start(self, total: int, done: int) -> None:
        """Begin."""

    def advance(self, members: int) -> None:
        """Do nothing."""

    def warn(self, message: str) -> None:
        """Give a Python warning, at the line that called the API as far as this can be determined."""
        warnings.warn(message, stacklevel=4)


class InNotebook(Quiet):
    """A bar of tqdm: a widget where ipywidgets is installed, else text."""

    bar: Any = None

    def start(self, total: int, done: int) -> None:
        """Begin, with members already done; nothing is shown if all are."""
        if done >= total:
            return
        if find_spec("ipywidgets"):
            from tqdm.notebook import tqdm
        else:
            from tqdm import tqdm
        self.bar = tqdm(total=total, initial=done, unit="model")

    def advance(self, members: int) -> None:
        """Add members; the bar ends with the last one."""
        if self.bar is not None:
            self.bar.update(members)
            if self.bar.n >= self.bar.total:
                self.bar.close()
