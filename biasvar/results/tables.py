"""The table as files: ``results.csv``, and ``results.parquet`` with its data dictionary."""

import io
import json
from collections.abc import Iterable
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from biasvar.results.glossary import TERMS, Term, own_components
from biasvar.results.results import Results
from biasvar.study.store.disk import open_plain
from biasvar.study.store.files import write_whole
from biasvar.training.measures import MEASURES, ON_REQUEST


def described(terms: Iterable[Term]) -> dict[str, str]:
    """Return entries of the data dictionary."""
    return {term.name: f"{term.meaning}; {term.formula}" for term in terms}


DICTIONARY = {
    "cell": "number of the cell, in the order of the grid",
    "loss": "loss of the decomposition",
    "capacity_key": "configuration key that is the model's capacity, or parameters: their number is",
    "capacity": "value of that key, infinite where it is null: no limit; or number of parameters",
    "capacity_direction": "-1 where a larger value makes models less flexible: curves run from large to small",
    "parameters": "number of trained parameters",
    "parameters_per_label": "parameters over distinct training rows times outputs",
    "degrees_of_freedom": "exact training, trees: trace of the smoother, mean over models",
    "effective_parameters": "exact training, trees: effective parameters at 100 points (Curth et al. 2023): median",
    "training": "kind of training",
    "resampling": "scheme that draws training sets",
    "variance_means": "what the variance is over: training sets of that scheme, or what varies if they are fixed",
    "design": "joint: replicates draw everything that varies; crossed: every seed of a source with every other; "
    "nested: training sets from each of several fresh sets",
    "vary": "sources of randomness that vary: + joins those drawn together, × those that are crossed",
    "fixed": "active sources of randomness that are fixed: their variance is part of the bias",
    "reference": "what bias is measured against: distribution, injected label noise, CIFAR-10H votes, or labels",
    "inputs": "numbers in one input of the model",
    "outputs": "outputs of the model",
    "n_eval": "fixed evaluation points",
    "n_eval_effective": "equal points that weighted evaluation points count like: (sum of weights)^2 / sum of squares",
    "n_train": "rows in a training set",
    "n_distinct": "distinct rows in a training set, mean over replicates",
    "label_noise_rate": "share of distinct training rows whose label is not the clean one, mean over models",
    "n_ok": "models that the estimates rest on: replicates, all combinations of crossed seeds, or all nested ones",
    "n_planned": "models that were planned",
    "status": "ok; partial: some replicates diverged, failed or are not trained yet; missing: fewer than two are left, "
    "or their numbers cannot be computed; infinite: the risk is, under this loss",
    "gaps": "why replicates are not used; empty where all are",
    "constant_risk": "training risk of the best constant prediction, mean over models: tolerance is a share of it",
    "risk_median": "median of the risk over replicates, which share no seed, between order statistics: where tails are "
    "heavy the mean does not settle",
    "interval_method": "how intervals were made: gaussian (from second moments, those of risks from each "
    "model's own) or bootstrap",
    "resolution": "bias below resolution: its interval reaches zero; bias undecided: at over 5 % of points the classes "
    "with most votes lie within sampling error, and the interval allows for each; outside what can be: values below 0 "
    "where what is taken off for the finite number of models exceeds what is there",
}
DICTIONARY |= {name: f"{measure.MEANING}, mean over models" for name, measure in MEASURES.items() if name in ON_REQUEST}
DICTIONARY |= described(TERMS)
TEXTS = {"condition", "data", "loss", "name", "kind", "assumption", "rule", "shared", "quantity", "differ", "source"}
TEXTS |= {"id", "expected", "verdict", "note", "text", "rule"}
ENDS = {"_low": "lower end of its interval", "_high": "upper end of its interval", "_se": "its standard error"}


def write_tables(results: Results, folder: Path) -> None:
    """Write the table, one row per cell and loss: axes first, estimates with their intervals last."""
    write_csv(folder / "results.csv", in_order(results))
    write_parquet(folder / "results.parquet", with_dictionary(results))


def in_order(results: Results) -> pd.DataFrame:
    """Return the table with its axes first."""
    return results.table[[*results.axes, *(name for name in results.table.columns if name not in results.axes)]]


def with_dictionary(results: Results) -> pa.Table:
    """Return the table with its data dictionary."""
    arrow = pa.Table.from_pandas(in_order(results), preserve_index=False)
    interval = {"level": results.level, "over": results.over, "resamples": results.resamples}
    interval["n"] = "column n_ok, at n_eval points; the method is in the column interval_method"
    dictionary = DICTIONARY | described(own_components(results)) | {"ends": ENDS}
    about = {"dictionary": json.dumps(dictionary), "interval": json.dumps(interval)}
    return arrow.replace_schema_metadata((arrow.schema.metadata or {}) | {k: v.encode() for k, v in about.items()})


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a table as CSV."""
    write_whole(path, lambda stream: stream.write(table.to_csv(index=False).encode()))


def read_csv(path: Path) -> pd.DataFrame:
    """Read a table of numbers and names exactly; in ``TEXTS`` a missing name is an empty string."""
    with open_plain(path) as stream:
        table = pd.read_csv(stream, dtype=str, keep_default_na=False)
    names = [str(name) for name in table if name not in TEXTS]
    return table.assign(**{name: column_of(table[name]) for name in names})


def as_read(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose columns have the type that they are read back as, even if it has no rows."""
    types = {name: "str" if name in TEXTS else "float64" for name in table if name in TEXTS or table.empty}
    return table.astype(types)


def column_of(texts: Iterable[str]) -> list[Any]:
    """Return a column as numbers, or as strings if some are not numbers; missing values are NaN."""
    try:
        return [nan if text == "" else int(text) if text.isdigit() else float(text) for text in texts]
    except ValueError:
        return [text or nan for text in texts]


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write a table as parquet."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    write_whole(path, lambda stream: stream.write(buffer.getbuffer()))


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table as it was written."""
    # pyarrow itself accepts only UTF-8 file names. Its read_table starts threads, which a fork or a fast end may meet.
    with open_plain(path) as stream, pq.ParquetFile(stream) as file:
        return file.read(use_threads=False).to_pandas(use_threads=False)
