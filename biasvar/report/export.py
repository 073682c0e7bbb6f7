"""The table as files: ``results.csv`` and ``results.parquet`` with its data dictionary."""

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from biasvar.report.results import Results
from biasvar.study.files import write_whole

DICTIONARY = {
    "cell": "number of the cell, in the order of the grid",
    "loss": "loss of the decomposition",
    "capacity_key": "configuration key that is the model's capacity",
    "capacity": "value of that key",
    "parameters": "number of trained parameters",
    "resampling": "scheme that draws training sets: it decides what variance means",
    "reference": "what bias is measured against: law (f* known), or labels (one label a point, noise not known)",
    "outputs": "outputs of the model",
    "n_eval": "fixed evaluation points",
    "n_train": "rows in a training set",
    "n_distinct": "distinct rows in a training set, mean over replicates",
    "n_ok": "replicates that the estimates rest on",
    "n_planned": "replicates that were planned",
    "status": "ok; partial: some replicates diverged, failed or are not trained yet; missing: fewer than two are left",
    "train_risk": "mean loss on the training rows",
    "risk": "expected loss at the evaluation points",
    "noise": "Bayes error",
    "net_noise": "zero-one loss: mean of c1 noise, the noise's share of the risk",
    "bias_squared": "squared bias, unbiased: may be negative",
    "bias_squared_plus_noise": "squared bias and noise together, where each point has one label only",
    "bias": "zero-one loss: share of points whose main prediction is not the optimal one",
    "variance": "variance over replicates, unbiased (divisor R - 1), summed over outputs",
    "net_variance": "zero-one loss: mean of c2 variance, the variance's share of the risk",
    "residual": "risk minus the sum of its parts: rounding",
}


def write_tables(results: Results, folder: Path) -> None:
    """Write the table, one row a cell and loss: axes first, estimates with their interval last."""
    columns = [*results.axes, *(name for name in results.table.columns if name not in results.axes)]
    table = results.table[columns]
    write_whole(folder / "results.csv", lambda stream: stream.write(table.to_csv(index=False).encode()))
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    interval = {"level": results.level, "resamples": results.resamples, "resampled": "replicates"}
    about = {"dictionary": json.dumps(DICTIONARY), "interval": json.dumps(interval)}
    arrow = arrow.replace_schema_metadata((arrow.schema.metadata or {}) | {k: v.encode() for k, v in about.items()})
    buffer = io.BytesIO()
    pq.write_table(arrow, buffer)
    write_whole(folder / "results.parquet", lambda stream: stream.write(buffer.getbuffer()))
