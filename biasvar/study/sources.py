"""The active sources of variance of a cell, and which of them it fixes."""

from collections.abc import Collection
from typing import Any

from biasvar.study.config import Study
from biasvar.training.member import POOL
from biasvar.training.sources import SOURCES_OF_VARIANCE, active_sources


def inactive_source(study: Study, source: str) -> str:
    """Return why a source of variance is inactive in a cell, or an empty string if it is active."""
    return (
        "" if source == POOL else SOURCES_OF_VARIANCE[source](study.data, study.resampling, study.model, study.training)
    )


def sources_of(study: Study) -> tuple[str, ...]:
    """Return the sources of variance that are active in a cell."""
    return active_sources(study.data, study.resampling, study.model, study.training)


def fixed_sources(study: Study) -> tuple[str, ...]:
    """Return the active sources that a cell does not vary: their variance is part of bias squared."""
    return tuple(source for source in sources_of(study) if source not in study.design.varied)


def varied_groups(design: Any, active: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """Return the active sources that a design varies: those that are drawn together, one tuple per axis."""
    return tuple(tuple(source for source in group if source in (*active, POOL)) for group in design.groups)
