"""How training sets are drawn from a table of rows: the scheme and their size, validated."""

import warnings
from bisect import bisect

from biasvar.data.resampling import SCHEMES
from biasvar.data.resampling.scheme import Scheme
from biasvar.decomposition.reading.checks import check_integer
from biasvar.settings import SettingsError


def scheme_of(resampling: str | Scheme) -> Scheme:
    """Return a resampling scheme that draws rows of a table."""
    scheme = SCHEMES[resampling]() if isinstance(resampling, str) and resampling in SCHEMES else resampling
    choices = ", ".join(kind for kind, known in SCHEMES.items() if known.has_pool)
    if not isinstance(scheme, Scheme):
        raise ValueError(f"resampling = {resampling!r} is not known; choose one of {choices}")
    if not scheme.has_pool:
        raise ValueError(
            f"resampling = {scheme.kind!r} draws training sets anew from a known distribution, and a table of rows has "
            f"none; choose one of {choices}"
        )
    return scheme


def training_rows(scheme: Scheme, n_train: int | None, rows: int, replicates: int) -> int:
    """Return the size of a training set: as given, else the most the scheme allows (for subsamples, half the rows).

    Raises
    ------
    ValueError
        For too few rows, and for training sets whose variance is meaningless.

    Warns
    -----
    UserWarning
        If training sets overlap more than may be intended.
    """
    most = bisect(range(1, rows + 1), rows, key=lambda n: scheme.rows_needed(n, replicates))
    if n_train is None:
        n_train = scheme.usual_rows(most)
    else:
        check_integer("n_train", n_train, 1)
    if n_train < 1 or scheme.rows_needed(n_train, replicates) > rows:
        needed = scheme.rows_needed(max(n_train, 1), replicates)
        raise ValueError(
            f"resampling = {scheme.kind!r} needs {needed} rows for {replicates} training sets of {max(n_train, 1)}; "
            f"X has {rows}"
        )
    if problem := scheme.incompatibility(n_train):
        raise SettingsError([problem])
    if warning := scheme.warning(n_train, rows, replicates):
        warnings.warn(warning, stacklevel=3)
    return n_train
