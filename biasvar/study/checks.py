"""The rules between the parts of a study; the rules of a single part are in its own file."""

from collections.abc import Iterator, Sequence
from itertools import chain

from biasvar.data import SOURCES
from biasvar.data.references import REFERENCES
from biasvar.data.resampling import SCHEMES
from biasvar.decomposition import LOSSES
from biasvar.settings import Part, Problem
from biasvar.study.config import Study
from biasvar.study.sources import fixed_sources, inactive_source
from biasvar.training.measures import MEASURES, ON_REQUEST
from biasvar.training.member import Draws
from biasvar.training.outputs import outputs_are
from biasvar.training.readouts import EVALUATION
from biasvar.training.sources import SOURCES_OF_VARIANCE
from biasvar.training.train import losses_of
from biasvar.training.trainers import trainer_of


def parts_of(study: Study) -> list[Part]:
    """Return the parts of a study that have rules."""
    return [study.data, study.resampling, study.model, study.training, REFERENCES[study.noise.reference]()]


def name_is_a_file_name(study: Study) -> Iterator[Problem]:
    """A study's name is its folder's name, and is written into files."""
    if study.name is not None and not study.name.strip():
        yield Problem("name", "name is empty", "a text: the study's folder is named after it")


def device_is_one_of_torchs(study: Study) -> Iterator[Problem]:
    """Devices must have names that torch knows."""
    name, _, number = study.device.partition(":")
    if study.device != "cpu" and not (name == "cuda" and (number.isdigit() or study.device == "cuda")):
        yield Problem("device", f"device = {study.device} is not allowed", "cpu, cuda or cuda:N")


def loss_fits_task(study: Study) -> Iterator[Problem]:
    """A loss must fit the task, and cross-entropy needs a model with probabilities."""
    allowed = losses_of(study.data.task, outputs_are(study.data, study.model, study.training))
    if study.loss in ("all", *allowed):
        return
    how = f"data={study.data.kind}, which is {study.data.task}, with training={study.training.kind}"
    needs = "one of " + ", ".join(["all", *allowed])
    hint = "training=sgd trains with cross-entropy" if "classification" in LOSSES[study.loss].TASKS else ""
    hint = hint if study.data.task == "classification" else ""
    yield Problem("loss", f"loss = {study.loss} does not fit {how}", needs, hint)


def trainer_fits_member(study: Study) -> Iterator[Problem]:
    """Trainers report which members they cannot train."""
    member = study.member(Draws())
    if problem := trainer_of(member).incompatibility(member):
        yield problem


def pool_is_there(study: Study) -> Iterator[Problem]:
    """Rows of the pool can be predicted only if there is a pool."""
    if "pool" in study.training.rows and not study.resampling.has_pool:
        what = f"training.rows has pool, and resampling={study.resampling.kind} draws from no pool"
        schemes = [name for name, scheme in SCHEMES.items() if scheme.has_pool]
        hint = f"resampling={', '.join(schemes[:-1])} and {schemes[-1]} have one"
        yield Problem("training.rows", what, "[evaluation]", hint)


def measures_are_known(study: Study) -> Iterator[Problem]:
    """A measure needs an input from the fitted model that not every trainer provides."""
    member = study.member(Draws())
    gives = trainer_of(member).gives(member)
    unknown = [name for name in study.training.measures if MEASURES[name].NEEDS not in gives]
    if unknown:
        what = f"training.measures: {', '.join(unknown)} is not available with training={study.training.kind}"
        needs = "among " + ", ".join(name for name in ON_REQUEST if MEASURES[name].NEEDS in gives)
        yield Problem("training.measures", what, needs)


def something_varies(study: Study) -> Iterator[Problem]:
    """Of the sources that are drawn together, at least one must be active in the cell."""
    details = []
    for group in study.design.groups:
        reasons = {source: inactive_source(study, source) for source in group}
        if all(reasons.values()):
            details += [f"design.vary: {source} has nothing to vary in {where}" for source, where in reasons.items()]
    if details:
        there = ", ".join(source for source in SOURCES_OF_VARIANCE if not inactive_source(study, source))
        yield Problem("design.vary", "; ".join(details), "sources that the cell has", f"design.vary=[{there}]")


def outer_sets_are_fresh(study: Study) -> Iterator[Problem]:
    """A nested design draws outer sets from the distribution, and training sets from these."""
    if study.design.kind != "nested":
        return
    if not study.data.has_distribution:
        what = f"design=nested draws outer sets from a distribution, and data={study.data.kind} is a table"
        known = [kind for kind, source in SOURCES.items() if source.has_distribution]
        yield Problem("design", what, f"data={', '.join(known[:-1])} or {known[-1]}", "design=joint resamples a table")
    elif not study.resampling.has_pool:
        what = f"design=nested resamples each outer set, and resampling={study.resampling.kind} does not"
        yield Problem("resampling", what, "resampling=bootstrap, subsample or kfold")


RULES = (
    name_is_a_file_name,
    device_is_one_of_torchs,
    trainer_fits_member,
    pool_is_there,
    measures_are_known,
    loss_fits_task,
    something_varies,
    outer_sets_are_fresh,
)


def something_is_dropped(studies: Sequence[Study]) -> Iterator[Problem]:
    """Modes of prediction differ only where some cell has dropout."""
    asked = dict.fromkeys(one.prediction for study in studies for one in study.training.of_cells)
    others = ", ".join(mode for mode in asked if mode != EVALUATION.prediction)
    if others and all(study.model.no_dropout for study in studies):
        why = " and ".join(dict.fromkeys(study.model.no_dropout for study in studies))
        what = f"training.predict has {others}, and no cell has dropout: {why}"
        yield Problem("training.predict", what, "[deterministic]", "model.dropout=0.5 of model=mlp is a rate of it")


def problems_of(study: Study) -> list[Problem]:
    """Return every problem between the parts of a study."""
    of_parts = [problem for part in parts_of(study) for problem in part.problems(study)]
    return [*of_parts, *chain.from_iterable(rule(study) for rule in RULES)]


def batch_larger_than_set(study: Study) -> str:
    """A batch cannot hold more rows than there are."""
    size = getattr(study.training, "batch_size", 0)
    larger = size > study.data.n_train
    return (
        f"training.batch_size = {size} is more than data.n_train = {study.data.n_train}: full batches" if larger else ""
    )


def fixed(study: Study) -> str:
    """A source of randomness that is active but not varied."""
    sources = fixed_sources(study)
    one = len(sources) == 1
    names, verb, whose = ", ".join(sources), "is" if one else "are", "its" if one else "their"
    return f"{names} {verb} fixed: {whose} variance is part of bias squared" if sources else ""


def warnings_on(study: Study) -> list[str]:
    """Return warnings on settings that are allowed but may not be intended."""
    of_parts = [warning for part in parts_of(study) for warning in part.warnings(study)]
    return [*of_parts, *filter(None, (batch_larger_than_set(study), fixed(study)))]


def unused_key(study: Study, key: str) -> str:
    """Return why a key of a study has no effect, or an empty string."""
    unused = {
        "replicates": f"design={study.design.kind} has design.seeds" if study.design.kind == "crossed" else "",
        "training.momentum": "Adam has its own" if getattr(study.training, "optimizer", "").startswith("adam") else "",
    }
    for part in parts_of(study):
        unused |= part.unused_keys(study)
    return unused.get(key, "")
