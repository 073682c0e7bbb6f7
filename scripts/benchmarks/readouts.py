"""What 20 readouts along the epochs cost beyond one: their own forward passes, and all else."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks.workload import shown

HEADER = ("20 readouts along training", "CPU s with one", "with 20", "19 passes", "beyond these, %")
READOUTS = 20
STUDIES = {  # enough epochs that training takes seconds
    "MLP of width 64, 1,000 rows": (
        *("data=gaussian_classes", "data.n_train=1000", "data.n_eval=1000", "model=mlp", "model.width=64"),
        *("training=sgd", "training.epochs=3000"),
    ),
    "CNN k = 4, 1,000 images 8 x 8": (
        *("data=digits", "data.view=images", "data.n_train=1000", "data.n_eval=500", "model=convnet", "model.width=4"),
        *("training=sgd", "training.epochs=20"),
    ),
}


def rows(studies: dict[str, Sequence[str]], repeats: int) -> list[list[str]]:
    """Return a row for each study: medians of CPU seconds, turn by turn."""
    return [row(name, texts, repeats) for name, texts in studies.items()]


def row(name: str, texts: Sequence[str], repeats: int) -> list[str]:
    """Return the row of one study, of one of its members."""
    from biasvar.training.tasks import task_of
    from biasvar.training.train import inputs_of
    from biasvar.training.trainers import trainer_of

    member = member_of(texts)
    task, trainer = task_of(member, inputs_of(member)), trainer_of(member)
    few = task._replace(config=replace(task.config, readouts=task.config.readouts[-1:]))
    works = [lambda: trainer.train(member, [few]), lambda: trainer.train(member, [task]), passes(member, task)]
    with threadpool_limits(1):
        for work in works:
            work()  # compiles, and allocates
        turns = [[cpu_seconds(work) for work in works] for _ in range(repeats)]
    one, many, forward = (median(values) for values in zip(*turns, strict=True))
    return [name, shown(one), shown(many), shown(forward), f"{100 * (many - one - forward) / one:.1f}"]


def member_of(texts: Sequence[str]) -> Any:
    """Return the first member of a study that is read at 20 epochs."""
    from biasvar.composition.compose import compose
    from biasvar.composition.planning import plan_of

    epochs = int(next(text for text in texts if text.startswith("training.epochs=")).partition("=")[2])
    read = ",".join(str(epochs * place // READOUTS) for place in range(1, READOUTS + 1))
    return plan_of(*compose([*texts, f"training.evaluate_at=[{read}]"], None, "config")).cells[0].members[0]


def passes(member: Any, task: Any) -> Callable[[], Any]:
    """Return the forward passes of 19 readouts over every set of rows, without anything else."""
    import numpy as np

    from biasvar.training.kernel import mlp
    from biasvar.training.readouts import EVALUATION
    from biasvar.training.stack.loop import Stack
    from biasvar.training.stack.trainer import filled_up
    from biasvar.training.tasks import layers_of

    if member.model.compiled:
        plan = mlp.plan_of(task.config, task.streams, len(task.x_nD))
        found = mlp.fit(
            plan._replace(epochs=0, read_E=np.array([0])),
            *(np.ascontiguousarray(values, task.config.dtype) for values in (task.x_nD, task.y_nK)),
            np.arange(len(task.x_nD), dtype=np.uint64),
        )
        sets = {name: np.ascontiguousarray(x_ND, task.config.dtype) for name, x_ND in task.rows.items()}
        once = [
            lambda x_ND=x_ND, name=name: mlp.pass_over(plan, found.parameters_EP[0], x_ND, name, EVALUATION, 0)
            for name, x_ND in sets.items()
        ]
    else:
        stack = Stack(layers_of(member), filled_up([task], member), "cpu")
        once = [lambda name=name: stack.predict(name, EVALUATION, 0) for name in stack.rows]
    return lambda: [work() for _ in range(READOUTS - 1) for work in once]


def cpu_seconds(work: Callable[[], Any]) -> float:
    """Return the seconds of CPU time that some work takes in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start
