"""The risk as a single training set can estimate it: by validation, cross-validation, and leave-one-out.

All are mean squared errors at rows that the fit has not seen, summed over outputs. Repeated rows stay together, and
count as often as they occur.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from biasvar.training.measures.fitted_model import FittedModel


@dataclass(frozen=True)
class CrossValidation:
    """k fits, each without a fold of the rows at which it is judged (Stone 1974)."""

    NEEDS: ClassVar[str] = "refit"

    folds: int

    @property
    def MEANING(self) -> str:  # as in every measure's file
        """The meaning of the column."""
        return f"squared error by {self.folds}-fold cross-validation on the training rows"

    def of(self, model: FittedModel) -> float:
        """Return the mean over all rows of the error of the fit without their fold: rows i, i + k, i + 2k, ..."""
        assert model.refit is not None
        counts_n = model.refit.counts_n
        total = sum(error_without(model, np.arange(len(counts_n)) % self.folds == fold) for fold in range(self.folds))
        return float(total / counts_n.sum())


@dataclass(frozen=True)
class Validation:
    """One fit, judged at a share of the rows that it has not seen."""

    NEEDS: ClassVar[str] = "refit"

    share: int

    @property
    def MEANING(self) -> str:  # as in every measure's file
        """The meaning of the column."""
        return f"squared error at 1/{self.share} of the training rows, of a fit to the others"

    def of(self, model: FittedModel) -> float:
        """Return the mean error at every ``share``-th row."""
        assert model.refit is not None
        counts_n = model.refit.counts_n
        left_out_n = np.arange(len(counts_n)) % self.share == 0
        return float(error_without(model, left_out_n) / counts_n[left_out_n].sum())


@dataclass(frozen=True)
class LeaveOneOut:
    """As many fits as rows, in closed form."""

    NEEDS: ClassVar[str] = "refit"
    MEANING: ClassVar[str] = "squared error by leave-one-out cross-validation, in closed form"

    def of(self, model: FittedModel) -> float:
        """Return the mean over rows of the error at each, of the fit without it."""
        assert model.refit is not None
        return float(np.average(model.refit.leave_one_out(), weights=model.refit.counts_n))


def error_without(model: FittedModel, left_out_n: np.ndarray) -> float:
    """Return the sum of squared errors at some rows, of the fit without them."""
    assert model.refit is not None
    if not left_out_n.any():
        return 0.0
    return float(model.refit.squared_errors(left_out_n) @ model.refit.counts_n[left_out_n])
