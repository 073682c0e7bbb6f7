"""``data=table``: a table of the user's, from a file or a data frame."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from biasvar.data.label_noise import LABEL_NOISE
from biasvar.data.own_table.encoding import encode
from biasvar.data.own_table.frames import FRAMES, keep_copy
from biasvar.data.own_table.parsing import Parsed, parsed
from biasvar.data.own_table.reading import Reading
from biasvar.data.own_table.splitting import chosen_rows, note_on_groups, number_of_points, usual
from biasvar.data.own_table.target import classes_of, counted_classes, problems_of_target, task_of
from biasvar.data.own_table.words import warnings_on_rows
from biasvar.data.resampling.scheme import Scheme
from biasvar.data.rows import Evaluation, Rows
from biasvar.data.source import Source
from biasvar.settings import Parts, Problem, SettingsError, fact, key

if TYPE_CHECKING:
    from biasvar.settings.plugins import Plugin

FORMATS = "csv, tsv, parquet, feather or npz"


@dataclass(frozen=True, kw_only=True)
class OwnTable(Source):
    """A table of yours: a column to predict, and numbers, truth values and categories as inputs.

    Replicates resample the rows that are not held out. What is learnt of inputs (means, scales, categories) comes from
    each training set alone.
    """

    kind: ClassVar[str] = "table"
    numerics: ClassVar[int] = 1
    has_distribution: ClassVar[bool] = False
    has_holes: ClassVar[bool] = True
    names_own: ClassVar[bool] = True

    path: str = key("", f"file: {FORMATS}", identity=False)
    target: str = key("", "column to predict")
    task: str | None = key(  # type: ignore[assignment]  # known once the file has been looked into
        None,
        "what the target is; null: classes if it has texts, truth values or whole numbers that count from 0 or 1",
        choices=("regression", "classification"),
    )
    drop: tuple[str, ...] = key((), "columns that are no inputs", neutral=())
    missing: str = key(
        "mean",
        "holes in inputs: the mean of the training set for numbers and no category for categories, or leave out the "
        "rows, or refuse the table",
        choices=("mean", "drop", "refuse"),
    )
    categories: str = key(
        "onehot", "a column of 0 and 1 for each category, or one with its rank", choices=("onehot", "ordinal")
    )
    eval_path: str | None = key(
        None, "file with the evaluation points; null: data.n_eval rows of data.path are held out", identity=False
    )
    n_eval: int | None = key(  # type: ignore[assignment]
        None, "rows held out as fixed evaluation points; null: a fifth, at most 10,000", at_least=2
    )
    n_train: int | None = key(  # type: ignore[assignment]
        None, "rows in a training set; null: as many as resampling allows, under subsample half of them", at_least=2
    )
    stratify: bool | None = key(None, "hold out the same share of every class; null: if there are classes")
    group: str | None = key(None, "column of groups, which are held out as a whole", neutral=None)
    weight: str | None = key(
        None, "column that says how much each evaluation point counts; training ignores it", neutral=None
    )
    label_noise: float = LABEL_NOISE

    content: str = fact("", identity=False)
    rows: int = fact(0, identity=False)
    n_eval_asked: int | None = fact(None, identity=False)
    categories_C: tuple[int, ...] = fact((), identity=False)
    class_names: tuple[str, ...] = fact((), identity=False)
    class_rows: tuple[int, ...] = fact((), identity=False)
    notes: tuple[str, ...] = fact((), identity=False)

    @property
    def label(self) -> str:
        """What a study of this table is named after: the file."""
        return self.kind if self.path in FRAMES else Path(self.path).stem

    @property
    def outputs(self) -> int:
        """K: 1, or the number of classes."""
        return len(self.class_names) or 1

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of inputs as models see them."""
        return (sum(max(1, count) if self.categories == "onehot" else 1 for count in self.categories_C),)

    @property
    def reading(self) -> Reading:
        """What determines how the table is read."""
        return Reading(self.path, self.eval_path, self.target, self.drop, self.missing, self.group, self.weight)

    def looked_up(self, plugins: "Sequence[Plugin]") -> Self:
        """Return this table with its number of rows, its layout and its classes."""
        lacking = [name for name in ("path", "target") if not getattr(self, name)]
        if lacking:
            needs = {"path": f"a file: {FORMATS}", "target": "the column to predict"}
            raise SettingsError([Problem(f"data.{name}", f"data.{name} is not set", needs[name]) for name in lacking])
        eval_path = self.eval_path and absolute(self.eval_path)
        drop = tuple(sorted(set(self.drop)))
        here = replace(self, path=absolute(self.path), eval_path=eval_path, drop=drop)
        table = parsed(here.reading.now())
        fitting, note = task_of(table.target)
        task = self.task or fitting
        if problems := problems_of_target(table.target, task, table.own):
            raise SettingsError(problems)
        classes, rows_k = counted_classes(table.target) if task == "classification" else ((), ())
        n_eval = number_of_points(self.n_eval, table)
        notes = [note] if self.task is None else []
        notes += [note_on_groups(self.group, n_eval, table)] if self.group else []
        return replace(
            here,
            task=task,
            n_eval=n_eval,
            n_eval_asked=self.n_eval,
            stratify=bool(classes) and not self.group if self.stratify is None else self.stratify,
            content=table.content,
            rows=table.own,
            categories_C=table.categories_C,
            class_names=classes,
            class_rows=rows_k,
            notes=tuple(notes) + table.notes,
        )

    def resampled_by(self, scheme: Scheme) -> Self:
        """Return this table with the scheme's usual size of a training set, if none is set."""
        return self if self.n_train is not None else replace(self, n_train=self.usual_rows(scheme))

    def as_asked_with(self, scheme: Scheme) -> Self:
        """Return this table with null in place of numbers of rows that null would give."""
        n_train = None if self.n_train == self.usual_rows(scheme) else self.n_train
        return replace(self, n_train=n_train, n_eval=None if self.n_eval == usual(self.rows) else self.n_eval_asked)

    def usual_rows(self, scheme: Scheme) -> int:
        """Return the size of a training set unless one is set."""
        return scheme.usual_training_set(self.available())

    def parsed(self) -> Parsed:
        """Return the parsed table.

        Raises
        ------
        OSError
            If the file has changed since the study was planned.
        """
        found = parsed(self.reading.now())
        if found.content != self.content:
            raise OSError(f"{self.path} has changed since this study was planned: {self.content} -> {found.content}")
        return found

    def pool(self, seed: int) -> Rows:
        """Return the rows that replicates are drawn from: numbers, codes of categories, NaN for holes."""
        return split(replace(self, n_train=None), seed)[1]

    def evaluation(self, seed: int) -> Evaluation:
        """Return the evaluation points; each has one label, so the noise is not known."""
        return split(replace(self, n_train=None), seed)[0]

    def available(self) -> int:
        """Return how many rows the pool has."""
        return self.rows if self.eval_path else self.rows - (self.n_eval or 0)

    def fingerprint(self) -> str:
        """Return the identity of the data: the checksum of its parsed columns."""
        return f"sha256:{self.content}"

    def fit_view(self, x_nD: np.ndarray, counts_n: np.ndarray, x_ND: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return training and evaluation inputs as models see them; see ``encode``."""
        return encode(x_nD, counts_n, x_ND, self.categories_C, self.categories == "ordinal")

    def complete(self, points: Evaluation) -> Evaluation:
        """Return evaluation points as reports compare them: encoded by themselves, without holes."""
        once_N = np.ones(len(points.x_ND))
        return replace(points, x_ND=self.fit_view(points.x_ND, once_N, points.x_ND)[1])

    def kept_in(self, folder: Path) -> Self:
        """Return this table, read from a copy in the study's folder if it is a data frame, which is written now."""
        return replace(self, path=str(keep_copy(self.path, folder).resolve())) if self.path in FRAMES else self

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of a pool without rows, and of keys that exclude each other."""
        problems = []
        if self.available() < 2:
            what = f"data.n_eval = {self.n_eval} leaves {max(self.available(), 0)} of {self.rows:,} rows to train on"
            problems.append(Problem("data.n_eval", what, "fewer rows"))
        if self.stratify and not self.class_names:
            problems.append(Problem("data.stratify", "data.stratify = true, and the target has no classes", "false"))
        if self.stratify and self.group:
            what = "data.stratify = true splits groups, which data.group holds out as a whole"
            problems.append(Problem("data.stratify", what, "one of the two"))
        if self.label_noise and not self.class_names:
            problems.append(
                Problem("data.label_noise", "data.label_noise changes classes, and the target has none", "0")
            )
        return problems

    def warnings(self, study: Parts) -> list[str]:
        """Return what is to be known of the table, and of its rows on both sides of the split."""
        points, pool = split(replace(self, n_train=None), study.seed)
        return [
            *self.notes,
            *super().warnings(study),
            *warnings_on_rows(points, pool, self.class_names, self.categories_C),
        ]

    def frequencies(self) -> tuple[float, ...]:
        """Return the share of each class among the rows."""
        return tuple(count / sum(self.class_rows) for count in self.class_rows)


def absolute(path: str) -> str:
    """Return a path that other folders' processes understand; the name of a data frame unchanged."""
    return path if path in FRAMES else str(Path(path).expanduser().absolute())


@lru_cache(maxsize=4)
def split(data: OwnTable, seed: int) -> tuple[Evaluation, Rows]:
    """Return the evaluation points and the pool of a table, the same arrays for every size of training sets.

    Raises
    ------
    OSError
        If no evaluation point has a weight above 0.
    """
    table = data.parsed()
    y_n = classes_of(table.target)[1] if data.class_names else table.target.values_n
    chosen = chosen_rows(table, data.n_eval or 0, y_n if data.stratify else None, seed)
    kept = np.delete(np.arange(len(y_n)), chosen)
    weights_N = None if table.weight_n is None else table.weight_n[chosen]
    if weights_N is not None and not weights_N.any():
        raise OSError(f"data.weight = {data.weight} is 0 at each of the {len(chosen):,} evaluation points")
    points = Evaluation(table.x_nC[chosen], y_n[chosen], weights_N=weights_N)
    return points, Rows(table.x_nC[kept], y_n[kept])
