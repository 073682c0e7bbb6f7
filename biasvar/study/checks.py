"""What the parts of a study require of each other. A rule returns a problem or None; ``RULES`` lists them all."""

from biasvar.settings import Problem
from biasvar.study.config import Study
from biasvar.training.train import losses_of


def fresh_needs_a_law(study: Study) -> Problem | None:
    """Fresh training sets can be drawn only where the law is known."""
    if study.resampling.kind != "fresh" or study.data.has_law:
        return None
    what = (
        f"resampling=fresh draws from a law, and data={study.data.kind} is a table of {study.data.available():,} rows"
    )
    return Problem("resampling", what, "resampling=bootstrap, subsample or disjoint")


def enough_rows(study: Study) -> Problem | None:
    """Schemes without replacement cannot use a row twice."""
    sets = {"subsample": 1, "disjoint": study.replicates}.get(study.resampling.kind, 0)
    available, needed = study.data.available(), sets * study.data.n_train
    if needed <= available:
        return None
    times = f" x replicates = {study.replicates}" if sets > 1 else ""
    what = f"data.n_train = {study.data.n_train}{times} needs {needed:,} rows, and the pool has {available:,}"
    return Problem("data.n_train", what, f"at most {available // sets}", "resampling=bootstrap draws with replacement")


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
    """A training set of n rows spans at most n - 1 directions about its mean."""
    if getattr(study.data, "view", None) != "pca" or study.data.components < study.data.n_train:
        return None
    what = f"data.components = {study.data.components} is not allowed"
    return Problem("data.components", what, f"below data.n_train = {study.data.n_train}")


def model_fits_data(study: Study) -> Problem | None:
    """Models say which inputs they refuse."""
    refusal = study.model.refuses(study.data)
    return Problem("model", refusal) if refusal else None


def training_fits_model(study: Study) -> Problem | None:
    """Trainings say which models they refuse."""
    refusal = study.training.refuses(study.model, study.data)
    return Problem("training", refusal) if refusal else None


def loss_fits_task(study: Study) -> Problem | None:
    """A loss belongs to a task."""
    allowed = losses_of(study.data.task)
    if study.loss in ("all", *allowed):
        return None
    what = f"loss = {study.loss} does not fit data={study.data.kind}, which is {study.data.task}"
    return Problem("loss", what, "one of " + ", ".join(["all", *allowed]))


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


RULES = (
    name_is_not_empty,
    fresh_needs_a_law,
    enough_rows,
    rows_to_draw_from,
    evaluation_points,
    components,
    model_fits_data,
    training_fits_model,
    loss_fits_task,
    device_name,
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


REMARKS = (batch_larger_than_set, every_label_flipped)


def remarks_on(study: Study) -> list[str]:
    """Return what is allowed but may not be meant."""
    return [text for remark in REMARKS if (text := remark(study))]


def problems_of(study: Study) -> list[Problem]:
    """Return every problem between the parts of a study."""
    return [problem for rule in RULES if (problem := rule(study))]
