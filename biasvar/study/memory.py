"""The memory that a study needs, estimated in advance. Rough: arrays are counted, libraries are one number."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import prod

from biasvar.settings import show
from biasvar.study.memory_limit import in_words, memory_limit
from biasvar.study.plan import Cell, Job, Plan, output_bytes
from biasvar.training.member import Member
from biasvar.training.trainers import trainer_of

COPIES_OF_OUTPUTS = 3  # as trained, stacked, and as the bytes of a file
LIBRARIES = 2e8  # bytes of a process without data: measured 0.1 to 0.3 GB, with numba, pandas or torch loaded
NUMBER = 8  # bytes: data is drawn and stored in float64


def require_memory(study_plan: Plan) -> None:
    """Raise for a study in which one worker needs more memory than this process may use.

    Raises
    ------
    OSError
        With the cell that needs most, and the settings that make it large.
    """
    limit = memory_limit()
    cell = max(of_members(study_plan), key=needed_bytes)
    needed = needed_bytes(cell) + LIBRARIES
    if limit is None or needed <= limit.size:
        return
    where = ", ".join(f"{key}={show(value)}" for key, value in cell.axes.items())
    data, parameters = cell.study.data, cell.study.model.parameters(cell.study.data)
    sizes = "" if parameters is None else f" and {parameters:,} parameters"
    raise OSError(
        f"one model {f'at {where} ' if where else ''}needs about {in_words(needed)} of memory, and {limit.whose} "
        f"{in_words(limit.size)}: data.n_train = {data.n_train:,} and data.n_eval = {data.n_eval:,} points with "
        f"{prod(data.shape):,} inputs{sizes}; take fewer of them"
    )


def of_members(study_plan: Plan) -> list[Cell]:
    """Return the first cell of each set of members: cells of other epochs and modes of prediction share them."""
    cells: dict[str, Cell] = {}
    for cell in study_plan.cells:
        cells.setdefault(cell.members[0].id, cell)
    return list(cells.values())


def needed_bytes(cell: Cell) -> float:
    """Return the bytes that a process needs to train one member of a cell at a time."""
    return worker_bytes(cell.members[:1]) + shared_bytes(cell.members[0])


@contextmanager
def memory_for(members: Sequence[Member]) -> Iterator[None]:
    """Train members within the block; if memory runs out, report how much they need.

    Raises
    ------
    MemoryError
        With the memory that one of them needs.
    """
    try:
        yield
    except MemoryError as error:
        needed = worker_bytes(members[:1]) + shared_bytes(members[0])
        what = str(error) or "there is not enough of it"
        raise MemoryError(f"{what}; a worker needs about {in_words(needed)} of memory for one model") from error


def study_bytes(study_plan: Plan, jobs: Sequence[Job], workers: int, shares_data: bool) -> tuple[float, float]:
    """Return the bytes that a worker needs for the largest of some jobs, and that all workers need together."""
    worker = max((worker_bytes(job.members) for job in jobs), default=0.0)
    data = shared_by_all(study_plan)
    if shares_data:
        return worker, worker * min(workers, len(jobs)) + data
    return worker + data, (worker + data) * min(workers, len(jobs)) + data


def workers_that_fit(study_plan: Plan, shares_data: bool) -> int | None:
    """Return how many workers fit into memory, at least one; None if the system does not report its memory."""
    limit = memory_limit()
    if limit is None:
        return None
    data = shared_by_all(study_plan)
    most = max(worker_bytes(cell.members[:1]) for cell in of_members(study_plan))
    each = most + (0 if shares_data else data + LIBRARIES)
    return max(1, int((limit.size - data - LIBRARIES) / each))


def worker_bytes(members: Sequence[Member]) -> float:
    """Return the bytes a worker needs for a job: a training set before and after the view, one fit, all outputs."""
    data = members[0].data
    rows = NUMBER * prod(data.shape) * (2 * data.n_train + members[0].points)
    training = max(trainer_of(member).bytes(member) for member in members)
    return rows + training + COPIES_OF_OUTPUTS * output_bytes(members[0]) * len(members)


def shared_by_all(study_plan: Plan) -> float:
    """Return the bytes that all workers of a study share."""
    return max(shared_bytes(cell.members[0]) for cell in of_members(study_plan))


def shared_bytes(member: Member) -> float:
    """Return the bytes that the members of a cell share: the evaluation points, and the pool if there is one."""
    data = member.data
    pool = data.available() if member.resampling.has_pool else 0
    return NUMBER * prod(data.shape) * (data.n_eval + pool)
