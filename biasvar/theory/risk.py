"""The result of a closed form: the risk under squared error and its parts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Risk:
    """Expected squared error and its parts, over fresh training sets, random weights if any, and x."""

    noise: float
    bias_squared: float
    variance: float

    @property
    def risk(self) -> float:
        """The sum of the parts."""
        return self.noise + self.bias_squared + self.variance


def split_beta(beta_D, p: int) -> tuple[float, float]:
    """Return |beta_1..p|^2 and |beta_p+1..D|^2: the signal in the features that are used, and in the others.

    Raises
    ------
    ValueError
        If p is not between 0 and D.
    """
    if not 0 <= p <= len(beta_D):
        raise ValueError(f"p = {p} is not between 0 and the {len(beta_D)} features of beta")
    return float((beta_D[:p] ** 2).sum()), float((beta_D[p:] ** 2).sum())
