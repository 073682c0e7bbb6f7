"""Generated studies of known risk: one file per kind, each with ``checks(seed)``, and one entry in ``KINDS``."""

from biasvar.theory.known_studies import (
    absolute_error,
    cross_entropy,
    crossed,
    intervals,
    squared_error,
    votes,
    zero_one,
)

KINDS = (squared_error, votes, crossed, zero_one, cross_entropy, absolute_error, intervals)
