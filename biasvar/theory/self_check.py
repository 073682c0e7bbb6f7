"""``biasvar verify --self``: check estimates on generated studies with known truth, and that wrong ones are caught."""

from biasvar.theory.known_studies import KINDS
from biasvar.theory.known_studies.check import Check


def self_check(seed: int = 0) -> list[Check]:
    """Return every check of generated studies whose risk and parts are known; the same for the same seed.

    Estimates are compared with the truth in standard errors over many studies, or to rounding if arithmetic is exact.
    Controls are estimates known to be wrong, mostly plug-in ones; they pass if the same comparison detects them.
    """
    return [check for kind in KINDS for check in kind.checks(seed)]
