"""Dropout of the inputs of a linear model, averaged over masks: ridge regression."""

from biasvar.models.linear import Linear as LinearModel
from biasvar.results.verification.form import TOO_SMALL, ClosedForm, parts_of
from biasvar.results.verification.forms import ridge
from biasvar.results.verification.forms.settings import drops_directions, has_plain_inputs
from biasvar.study.config import Study

FEWEST = 100  # rows, and a few of them for each feature: X'X has a diagonal near n
ERROR = 0.02


def form(study: Study, loss: str, epoch: int | None = None) -> ClosedForm | None:
    """Return the risk of dropout with rate p: the penalty p/(1-p) (X'X)_jj of weight j is near n p/(1-p)."""
    if not has_plain_inputs(study, loss) or not isinstance(study.model, LinearModel) or study.data.scales:
        return None
    exact = study.training.kind == "exact" and not drops_directions(study.training)
    if not exact or study.training.importance > 0 or study.resampling.kind != "fresh" or study.model.dropout == 0:
        return None
    rate, n = study.model.dropout, study.data.n_train
    risk = ridge.risk_of(study, n, study.training.weight_decay + 2 * rate / (1 - rate))
    doubt = TOO_SMALL if n < FEWEST else ""
    return ClosedForm(parts_of(risk), "input dropout as ridge", error_of_each=ERROR, not_tested=doubt)
