"""The progress bar on stderr."""

import sys
from typing import TYPE_CHECKING

from biasvar.cli.messages import say_warning

if TYPE_CHECKING:
    from tqdm import tqdm


class Bar:
    """Shows members done of the total, their rate and the time left; drawn by the driver only."""

    def __init__(self) -> None:
        self.bar: tqdm | None = None

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop, and leave the bar visible."""
        if self.bar is not None:
            self.bar.close()

    def start(self, total: int, done: int) -> None:
        """Begin, with members already done."""
        from tqdm import tqdm

        # A log file gets a line from time to time instead of a line that is redrawn.
        pause = 0.1 if sys.stderr.isatty() else 10.0
        self.bar = tqdm(total=total, initial=done, unit="model", file=sys.stderr, mininterval=pause, dynamic_ncols=True)

    def compiling(self) -> None:
        """Explain a delay of some seconds, the first time on a machine."""
        if self.bar is not None:
            self.bar.set_description("compiling")

    def advance(self, members: int) -> None:
        """Add newly finished members."""
        if self.bar is not None:
            self.bar.set_description("", refresh=False)
            self.bar.update(members)

    def warn(self, message: str) -> None:
        """Print a warning."""
        say_warning(message)
