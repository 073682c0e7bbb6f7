"""Progress on stderr: a bar on a terminal, a line from time to time in a log."""

import sys
import time
from typing import TYPE_CHECKING

from biasvar.cli.durations import duration
from biasvar.cli.messages import say_warning

if TYPE_CHECKING:
    from tqdm import tqdm

SHARE, SECONDS = 0.1, 60.0
"""A log gets a line for each tenth of the models, and one a minute at most, but for the last."""


class Bar:
    """Shows members done of the total, their rate and the time left; drawn by the driver only."""

    def __init__(self) -> None:
        self.shown: tqdm | Lines | None = None

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop, and leave what was shown visible."""
        if self.shown is not None:
            self.shown.close()

    def start(self, total: int, done: int) -> None:
        """Begin, with members already done."""
        if not sys.stderr.isatty():
            self.shown = Lines(total, done)
            return
        from tqdm import tqdm

        self.shown = tqdm(total=total, initial=done, unit="model", file=sys.stderr, dynamic_ncols=True)

    def compiling(self) -> None:
        """Explain a delay of some seconds, the first time on a machine."""
        if self.shown is not None:
            self.shown.set_description("compiling")

    def advance(self, members: int) -> None:
        """Add newly finished members."""
        if self.shown is not None:
            self.shown.set_description("", refresh=False)
            self.shown.update(members)

    def warn(self, message: str) -> None:
        """Print a warning."""
        say_warning(message)


class Lines:
    """The same in a log: whole lines, few of them."""

    def __init__(self, total: int, done: int) -> None:
        self.total, self.done, self.first = total, done, done
        self.begun = self.reported = time.monotonic()
        self.step = self.steps_done

    @property
    def steps_done(self) -> int:
        """How many tenths of the models are done."""
        return int(self.done / max(self.total, 1) / SHARE)

    def set_description(self, text: str, refresh: bool = True) -> None:
        """Say why it takes longer."""
        if text:
            print(text, file=sys.stderr, flush=True)

    def update(self, members: int) -> None:
        """Add models, and say so if there is news."""
        self.done += members
        now = time.monotonic()
        late, news = now - self.reported >= SECONDS, self.steps_done > self.step
        if self.done >= self.total or late or (news and now - self.reported >= SECONDS * SHARE):
            print(self.line(now), file=sys.stderr, flush=True)
            self.reported, self.step = now, self.steps_done

    def line(self, now: float) -> str:
        """Return how many models are done, how fast, and what time is left."""
        rate = (self.done - self.first) / max(now - self.begun, 1e-9)
        left = self.total - self.done
        rest = f", about {duration(left / rate)} left" if left and rate else ""
        return f"{self.done:,} of {self.total:,} models, {rate:.3g} a second{rest}"

    def close(self) -> None:
        """Do nothing: lines are whole."""
