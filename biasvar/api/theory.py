"""``biasvar verify --theory``: exact results of the field beside fresh sweeps of the studies ``theory/NAME``."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from biasvar.decomposition import Decomposition
from biasvar.results.stored.stored_cells import cells_in
from biasvar.results.verification.comparisons import Comparison, comparison_of
from biasvar.results.verification.estimates import Estimate, averaged, estimate_of
from biasvar.results.verification.form import ClosedForm, Quantity
from biasvar.results.verification.forms import closed_forms
from biasvar.study.plan import Cell, Plan, read_at

if TYPE_CHECKING:
    from biasvar.study.scheduler import Progress

LEVEL = 0.99  # of all numbers together
PRECISION = 0.03  # largest half-width of an interval, and largest error of an asymptotic form, over the value
LOSS = "squared_error"
PARTS = ("bias_squared", "variance")


@dataclass(frozen=True)
class Family:
    """A closed form, the study that tests it, and the quantities that are compared; ``()``: all that it knows."""

    source: str
    study: str
    form: str
    quantities: tuple[Quantity, ...] = ()

    def form_of(self, cell: Cell) -> ClosedForm:
        """Return the closed form of a cell."""
        return next(one for one in closed_forms(cell.study, LOSS, read_at(cell, "epoch")) if one.source == self.form)


FAMILIES = (
    Family("Belkin, Hsu, Xu 2019", "minimum_norm", "minimum norm", PARTS),
    Family("Hastie, Montanari, Rosset, Tibshirani 2022", "ridge", "ridge", PARTS),
    Family("Nakkiran, Venkat, Kakade, Ma 2021", "optimal_ridge", "optimal ridge"),
    Family("Heckel, Yilmaz 2021", "gradient_descent", "gradient descent"),
    Family("Srivastava et al. 2014, section 9.1", "input_dropout", "input dropout as ridge", PARTS),
    Family("Stone 1974; Belkin, Hsu, Xu 2019", "rows_left_out", "rows left out"),
    Family("Patil, Du, Kuchibhotla 2023", "subagging", "subagging"),
    Family("Bellec, Du, Koriyama, Patil, Tan 2023", "cross_validated_committees", "cross-validated committees"),
    Family("bootstrap means", "bagged_mean", "bagged mean"),
    Family("Mei, Montanari 2022", "random_features", "random features", ("excess",)),
    Family(
        "Lin, Dobriban 2021",
        "two_layer",
        "two-layer linear network",
        (
            "bias_squared",
            "variance_data",
            "variance_init",
            "variance_data_init",
            "variance_data_label_noise",
            "variance_data_label_noise_init",
        ),
    ),
)


@dataclass(frozen=True)
class Number:
    """A number of the theory beside its estimate."""

    family: Family
    comparison: Comparison

    @property
    def precise(self) -> bool:
        """Whether half-width and allowance are each at most 3 % of the value."""
        most = PRECISION * abs(self.comparison.truth)
        return self.comparison.half_width <= most and self.comparison.error <= most

    @property
    def agrees(self) -> bool:
        """Whether the value lies in an interval that is narrow enough to say so."""
        return self.precise and self.comparison.holds is True


@dataclass
class Place:
    """The cells that differ in nothing but the seed, and what each says of the quantities of their closed form."""

    name: str
    form: ClosedForm
    estimates: dict[Quantity, list[Estimate]]
    parts: Decomposition | None = None

    def comparisons(self, level: float) -> Iterator[Comparison]:
        """Yield each quantity, averaged over seeds, beside the closed form."""
        assert self.parts is not None  # a cell that has no estimate would have stopped the study
        for quantity, found in self.estimates.items():
            yield comparison_of(self.name, self.parts, self.form, quantity, averaged(found), level)


@dataclass
class TheoryStudy:
    """A family, the plan of its study, and the places of that plan by their names."""

    family: Family
    plan: Plan
    places: dict[str, Place]

    def numbers(self, level: float) -> Iterator[Number]:
        """Yield its numbers once they are measured, with intervals of a level."""
        for place in self.places.values():
            yield from (Number(self.family, one) for one in place.comparisons(level))


def theory_numbers(progress: "Progress") -> Iterator[Number]:
    """Train every study of the theory in a folder that is removed, and yield its numbers as soon as they are known.

    Raises
    ------
    OSError
        If the machine lacks memory, or the disk refuses.
    """
    studies = theory_studies()
    for study in studies:
        measure(study, progress)
        yield from study.numbers(level_of(studies))


def theory_studies() -> list[TheoryStudy]:
    """Return the studies of the theory; nothing is trained yet."""
    from biasvar.composition.compose import plan_study

    plans = [plan_study([f"study=theory/{family.study}"], ignored) for family in FAMILIES]
    return [TheoryStudy(family, plan, places_of(family, plan)) for family, plan in zip(FAMILIES, plans, strict=True)]


def level_of(studies: Sequence[TheoryStudy]) -> float:
    """Return the level of each interval: each errs with a probability of 1 % over the number of all (Bonferroni)."""
    count = sum(len(place.estimates) for study in studies for place in study.places.values())
    return 1 - (1 - LEVEL) / count


def ignored(warning: str) -> None:
    """Do nothing: the studies of the theory are meant as they are."""


def places_of(family: Family, plan: Plan) -> dict[str, Place]:
    """Return the places of a plan by their names, with the quantities that are compared there."""
    found: dict[str, Place] = {}
    for cell in plan.cells:
        form = family.form_of(cell)
        name = name_of(cell)
        found[name] = Place(name, form, {quantity: [] for quantity in family.quantities or form.truths})
    return found


def name_of(cell: Cell) -> str:
    """Return the axes of a cell in words, without the seed."""
    axes = {key.split(".")[-1]: value for key, value in cell.axes.items() if key != "seed"}
    return ", ".join(f"{key}={value}" for key, value in axes.items())


def measure(study: TheoryStudy, progress: "Progress") -> None:
    """Train the models of a study in a folder that is removed, and add what each cell says to its place."""
    from biasvar.study.run import run
    from biasvar.study.workers import workers_of

    plan = study.plan
    with tempfile.TemporaryDirectory(prefix="biasvar-") as aside:
        run(Path(aside), plan, workers_of(plan, progress.warn), progress)
        for ensemble in cells_in(Path(aside)).ensembles():
            place = study.places[name_of(plan.cells[ensemble.number])]
            with threadpool_limits(1):  # the same bits on any number of cores
                place.parts = ensemble.decompose([LOSS])[LOSS]
                for quantity, found in place.estimates.items():
                    estimate = estimate_of(quantity, place.parts, ensemble)
                    assert estimate is not None, f"{quantity} is not a quantity of {place.name}"
                    found.append(estimate)
