"""The driver's entries in ``events.jsonl``, which `status` reads."""

from collections import Counter
from collections.abc import Mapping, Sequence

from biasvar.settings import show
from biasvar.study.plan import Cell, Job, Plan
from biasvar.study.store.events import Events
from biasvar.study.store.shard import Entry


class Journal:
    """Records each job with the number of its members per cell, so that a reader needs no plan."""

    def __init__(self, events: Events, study_plan: Plan):
        self.events, self.study_plan = events, study_plan
        self.cells_of: dict[str, list[int]] = {}
        for number, cell in enumerate(study_plan.cells):
            for member in cell.members:
                self.cells_of.setdefault(member.id, []).append(number)

    def started(self, engine: str, workers: int, jobs: Sequence[Job], there: Mapping[str, Entry]) -> None:
        """Record that a sweep begins: members in no job are done, and their shards are among those ``there``."""
        cells = [(label(cell), len(cell.members)) for cell in self.study_plan.cells]
        what = {"name": self.study_plan.name, "engine": engine, "workers": workers, "models": len(self.cells_of)}
        self.events.record("started", **what, cells=cells, jobs=self.places(jobs), there=self.stored(jobs, there))

    def begun(self, job: Job) -> None:
        """Record that a job runs."""
        self.events.record("begun", job=job.id)

    def committed(self, job: Job, errors: Sequence[tuple[str, str, str]]) -> None:
        """Record that a job's shard is written; ``errors`` has the error and traceback of each member that failed."""
        for member, error, traceback in errors:
            where = self.cells_of[member]
            self.events.record("failed", job=job.id, cells=where, error=error, traceback=traceback)
        self.events.record("committed", job=job.id, members=len(job.members))

    def retried(self, job: Job, others: Sequence[Job], error: str, traceback: str) -> None:
        """Record that other jobs replace a failed job."""
        self.events.record("retried", job=job.id, jobs=self.places(others), error=error, traceback=traceback)

    def ended(self, how: str, trained: int, failed: int) -> None:
        """Record that the sweep has trained what it could."""
        self.events.record(how, trained=trained, failed=failed)

    def stored(self, jobs: Sequence[Job], there: Mapping[str, Entry]) -> dict[str, Counter[int]]:
        """Return the number of finished members per cell, by the names of the shards that hold them."""
        found: dict[str, Counter[int]] = {}
        to_do = {one.id for job in jobs for one in job.members}
        for name, cells in self.cells_of.items():
            if name in there and name not in to_do:
                shards = " ".join(sorted({shard.stem for shard, _ in there[name].places.values()}))
                found.setdefault(shards, Counter()).update(cells)
        return found

    def places(self, jobs: Sequence[Job]) -> dict[str, Counter[int]]:
        """Return the number of each job's members per cell, by the cell's number."""
        return {job.id: Counter(cell for one in job.members for cell in self.cells_of[one.id]) for job in jobs}


def label(cell: Cell) -> str:
    """Return a cell's position in the grid in words."""
    return ", ".join(f"{key}={show(value)}" for key, value in cell.axes.items()) or "the only cell"
