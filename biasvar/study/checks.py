"""What the parts of a study require of each other. A rule returns a problem or None; ``RULES`` lists them all."""

from bisect import bisect_right
from math import exp

from biasvar.decomposition import LOSSES
from biasvar.settings import Problem
from biasvar.study.config import Study
from biasvar.study.designs import fixed_sources, inactive_source
from biasvar.training.measures import MEASURES, ON_REQUEST
from biasvar.training.member import VARIED, Draws
from biasvar.training.outputs import outputs_are
from biasvar.training.train import losses_of
from biasvar.training.trainers import trainer_of

SELDOM = 0.05  # share of training sets without some class from which on it is said


def fresh_needs_a_distribution(study: Study) -> Problem | None:
    """Fresh training sets can be drawn only where the law is known."""
    if study.resampling.kind != "fresh" or study.data.has_distribution:
        return None
    what = (
        f"resampling=fresh draws from a law, and data={study.data.kind} is a table of {study.data.available():,} rows"
    )
    return Problem("resampling", what, "resampling=bootstrap, subsample, disjoint or kfold")


def enough_rows(study: Study) -> Problem | None:
    """Schemes without replacement cannot use a row twice."""
    rows, scheme = study.data.n_train, study.resampling
    draws = study.design.sizes(study)[0] if "data" in study.design.varied else 1
    available, needed = study.data.available(), scheme.rows_needed(rows, draws)
    if needed <= available:
        return None
    source = "replicates" if study.design.kind == "joint" else "design.seeds"
    times = f" x {source} = {draws}" if needed > scheme.rows_needed(rows, 1) else ""
    what = f"data.n_train = {rows}{times} needs {needed:,} rows, and the pool has {available:,}"
    most = bisect_right(range(min(rows, available + 1)), available, key=lambda n: scheme.rows_needed(n, draws)) - 1
    needs = f"at most {most}" if most >= 2 else f"fewer rows for each of {draws} {source}"
    return Problem("data.n_train", what, needs, "resampling=bootstrap draws with replacement")


def folds_that_rows_fill(study: Study) -> Problem | None:
    """With as many folds as rows each holds one: more than leave-one-out cannot be."""
    folds, rows = getattr(study.resampling, "folds", 2), study.data.n_train
    if folds <= rows + 1:
        return None
    what = (
        f"resampling.folds = {folds} is more than the {rows + 1} rows that a training set of {rows} leaves one out of"
    )
    return Problem("resampling.folds", what, f"at most {rows + 1}: leave-one-out")


def rows_to_draw_from(study: Study) -> Problem | None:
    """A pool must be left when evaluation rows are held out."""
    if study.data.available() >= 2:
        return None
    return Problem("data.n_eval", f"data.n_eval = {study.data.n_eval} leaves no rows to train on", "fewer rows")


def evaluation_points(study: Study) -> Problem | None:
    """The linear law's evaluation points are whitened, which needs as many as there are dimensions."""
    if study.data.kind != "linear" or study.data.n_eval >= study.data.dimension:
        return None
    return Problem(
        "data.n_eval",
        f"data.n_eval = {study.data.n_eval} is not allowed",
        f"at least data.dimension = {study.data.dimension}",
    )


def components(study: Study) -> Problem | None:
    """A training set of n distinct rows spans at most n - 1 directions about its mean."""
    if getattr(study.data, "view", None) != "pca":
        return None
    rows = study.data.n_train
    distinct = study.resampling.expected_distinct(rows, study.data.available())
    if study.data.components < distinct:
        return None
    what = f"data.components = {study.data.components} is not allowed"
    of_them = "" if distinct == rows else f", of which about {distinct:.0f} are distinct under {study.resampling.kind}"
    return Problem("data.components", what, f"below the rows of a training set: data.n_train = {rows}{of_them}")


def model_fits_data(study: Study) -> Problem | None:
    """Models say which inputs they refuse."""
    refusal = study.model.incompatibility(study.data)
    return Problem("model", refusal) if refusal else None


def trainer_fits_member(study: Study) -> Problem | None:
    """Trainers say which members they refuse."""
    member = study.member(Draws())
    return trainer_of(member).incompatibility(member)


def pool_is_there(study: Study) -> Problem | None:
    """Rows of the pool can be predicted where there is one."""
    if study.resampling.kind != "fresh" or "pool" not in study.training.rows:
        return None
    what = "training.rows has pool, and resampling=fresh draws from no pool"
    return Problem(
        "training.rows", what, "[evaluation]", "resampling=bootstrap, subsample, disjoint and kfold have one"
    )


def measures_are_known(study: Study) -> Problem | None:
    """A measure needs something of the fitted model, which not every trainer gives."""
    gives = trainer_of(study.member(Draws())).gives
    unknown = [name for name in study.training.measures if MEASURES[name].NEEDS not in gives]
    if not unknown:
        return None
    what = f"training.measures: {', '.join(unknown)} cannot be known of models with training={study.training.kind}"
    return Problem("training.measures", what, "among " + ", ".join(n for n in ON_REQUEST if MEASURES[n].NEEDS in gives))


def loss_fits_task(study: Study) -> Problem | None:
    """A loss belongs to a task, and cross-entropy to models whose outputs are probabilities."""
    allowed = losses_of(study.data.task, outputs_are(study.data, study.training))
    if study.loss in ("all", *allowed):
        return None
    how = f"data={study.data.kind}, which is {study.data.task}, with training={study.training.kind}"
    needs = "one of " + ", ".join(["all", *allowed])
    hint = "training=sgd trains with cross-entropy" if "classification" in LOSSES[study.loss].TASKS else ""
    hint = hint if study.data.task == "classification" else ""
    return Problem("loss", f"loss = {study.loss} does not fit {how}", needs, hint)


def device_name(study: Study) -> Problem | None:
    """Devices have torch's names."""
    name, _, number = study.device.partition(":")
    if study.device == "cpu" or (name == "cuda" and (number.isdigit() or study.device == "cuda")):
        return None
    return Problem("device", f"device = {study.device} is not allowed", "cpu, cuda or cuda:N")


def name_is_not_empty(study: Study) -> Problem | None:
    """A study's name is that of its folder."""
    return (
        None if study.name.strip() else Problem("name", "name is empty", "a text: the study's folder is named after it")
    )


def something_varies(study: Study) -> Problem | None:
    """Of the sources that are drawn together at least one must be there in the cell."""
    told = []
    for group in study.design.groups:
        reasons = {source: inactive_source(study, source) for source in group}
        if all(reasons.values()):
            told += [f"design.vary: {source} has nothing to vary in {where}" for source, where in reasons.items()]
    if not told:
        return None
    there = ", ".join(source for source in VARIED if not inactive_source(study, source))
    return Problem("design.vary", "; ".join(told), "sources that the cell has", f"design.vary=[{there}]")


def reference_is_there(study: Study) -> Problem | None:
    """Injected noise and people's votes are references of data that has them."""
    data, reference = study.data, study.noise.reference
    what = f"noise.reference = {reference} does not fit data={data.kind}"
    if reference == "injected" and getattr(data, "label_noise", 0.0) <= 0:
        has = "data.label_noise = 0" if hasattr(data, "label_noise") else "whose labels are numbers"
        return Problem("noise.reference", f"{what}, {has}", "class labels with data.label_noise above 0")
    if reference == "cifar10h" and data.kind != "cifar10":
        return Problem("noise.reference", f"{what}: people labelled CIFAR-10's test images", "data=cifar10")
    return None


def name_is_text(study: Study) -> Problem | None:
    """A study's name is written into files."""
    try:
        study.name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return Problem("name", f"name = {study.name!a} has half a character", "a text that UTF-8 can say")
    return None


RULES = (
    name_is_not_empty,
    name_is_text,
    fresh_needs_a_distribution,
    enough_rows,
    folds_that_rows_fill,
    rows_to_draw_from,
    evaluation_points,
    components,
    model_fits_data,
    trainer_fits_member,
    pool_is_there,
    measures_are_known,
    loss_fits_task,
    device_name,
    something_varies,
    reference_is_there,
)


def batch_larger_than_set(study: Study) -> str:
    """A batch cannot hold more rows than there are."""
    size = getattr(study.training, "batch_size", 0)
    larger = size > study.data.n_train
    return (
        f"training.batch_size = {size} is more than data.n_train = {study.data.n_train}: full batches" if larger else ""
    )


def every_label_flipped(study: Study) -> str:
    """Label noise of 1 leaves no right label."""
    return "data.label_noise = 1 flips every training label" if getattr(study.data, "label_noise", 0) == 1 else ""


def bootstrap_of_more(study: Study) -> str:
    """A bootstrap sample can be larger than its pool."""
    rows, available = study.data.n_train, study.data.available()
    if study.resampling.kind != "bootstrap" or rows <= available:
        return ""
    return f"data.n_train = {rows} is more than the {available:,} rows of the pool: every bootstrap sample repeats rows"


def classes_left_out(study: Study) -> str:
    """A training set that lacks a class says nothing of it."""
    if study.data.task != "classification":
        return ""
    rows, classes = study.data.n_train, study.data.outputs
    # The number of classes that are not drawn, each as frequent as any other, is about a Poisson one.
    lacking = 1 - exp(-classes * (1 - 1 / classes) ** rows)
    if lacking < SELDOM:
        return ""
    return (
        f"data.n_train = {rows} rows of {classes} classes: about {100 * lacking:.0f} % of training sets lack a class, "
        "as no resampling stratifies; more rows hold every class"
    )


def fixed(study: Study) -> str:
    """A source of randomness that is there and not varied."""
    sources = fixed_sources(study)
    one = len(sources) == 1
    names, verb, whose = ", ".join(sources), "is" if one else "are", "its" if one else "their"
    return f"{names} {verb} held: {whose} variance sits in bias squared" if sources else ""


WARNINGS = (batch_larger_than_set, every_label_flipped, bootstrap_of_more, classes_left_out, fixed)


def warnings_on(study: Study) -> list[str]:
    """Return what is allowed but may not be meant."""
    return [text for warning in WARNINGS if (text := warning(study))]


def problems_of(study: Study) -> list[Problem]:
    """Return every problem between the parts of a study."""
    return [problem for rule in RULES if (problem := rule(study))]


def unused_key(study: Study, key: str) -> str:
    """Return why a key that a study has changes nothing of it, or an empty text."""
    training, data = study.training, study.data
    return {
        "replicates": f"design={study.design.kind} has design.seeds" if study.design.kind == "crossed" else "",
        "data.n_pool": f"resampling={study.resampling.kind} has no pool" if study.resampling.kind == "fresh" else "",
        "data.components": "" if getattr(data, "view", "pca") == "pca" else "data.view=pca uses it",
        "training.momentum": "Adam has its own" if getattr(training, "optimizer", "") == "adam" else "",
    }.get(key, "")
