"""``spread.csv`` and ``outliers.csv``: which cells, losses and pairs they hold, and that they are read back."""

from types import SimpleNamespace

import numpy as np
import pytest

from biasvar.decomposition import decompose
from biasvar.results.kept_cells import MOST_CELLS, read_kept
from biasvar.results.spread.outlying import OutlierCollector
from biasvar.results.spread.spreads import COLUMNS, SpreadCollector
from biasvar.results.tables import write_csv

POINTS = 40
LOSSES = ("squared_error", "zero_one", "cross_entropy")


def outputs_of(number, sizes, classes=3):
    """Logits of one cell, better the larger its number is; and labels."""
    generator = np.random.default_rng(number)
    labels = generator.integers(0, classes, POINTS)
    return (0.2 + number) * np.eye(classes)[labels] + generator.standard_normal((*sizes, POINTS, classes)), labels


def collected(collector, sizes=(12,), sources=("replicate",), cells=2, losses=LOSSES, change=None, **options):
    """Let a collector see some cells; return its table."""
    for number in range(cells):
        outputs, labels = outputs_of(number, sizes, options.get("classes", 3))
        if change:
            change(outputs)
        names = {"sources": sources} if len(sizes) > 1 else {}
        design = "crossed" if len(sizes) > 1 else "joint"
        parts = {
            loss: decompose(outputs, labels, loss=loss, outputs_are="logits", design=design, resamples=2, **names)
            for loss in losses
        }
        kept = tuple(tuple(range(10, 10 + size)) for size in sizes)
        about = {"number": number, "axes": {"model.width": 2**number}, "sources": sources, "kept": kept}
        collector.collect(SimpleNamespace(interval=SimpleNamespace(level=0.9), **about), parts)
    warnings = []
    table = collector.table(warnings.append)
    assert not warnings
    return table


def test_every_cell_of_classes_has_a_row(tmp_path):
    table = collected(SpreadCollector(2))
    assert list(table.columns) == ["model.width", *COLUMNS]
    assert list(table["cell"]) == [0, 1]
    assert set(table["loss"]) == {"zero_one"}
    assert set(table["differ"]) == {"all"}
    assert table["calibrated_sd"].isna().all(), "of three classes"
    assert (table["sd"] ** 2).to_numpy() == pytest.approx((table["of_points"] + table["between_points"]).to_numpy())
    for name in ("between_points", "over_distribution", "disagreement", "correlation"):
        assert table[name].between(table[f"{name}_low"], table[f"{name}_high"]).all()
    write_csv(tmp_path / "spread.csv", table)
    back = read_kept(tmp_path / "spread.csv", [{"model.width": 1}, {"model.width": 2}])
    assert back.equals(table)


def test_two_classes_have_the_calibrated_spread_beside_it():
    table = collected(SpreadCollector(2), classes=2, losses=("zero_one",))
    assert table["calibrated_sd"].between(0.01, 0.1).all()


def test_a_crossed_design_has_a_row_for_each_way_to_differ():
    table = collected(SpreadCollector(1), sizes=(4, 5), sources=("data", "init"), cells=1)
    assert list(table["differ"]) == ["data", "init", "all"]
    assert table["correlation"].notna().all()


def test_numbers_have_no_accuracy():
    collector = SpreadCollector(1)
    parts = {"squared_error": decompose(np.random.default_rng(0).standard_normal((5, 9)), np.zeros(9))}
    collector.collect(SimpleNamespace(number=0, axes={}, interval=SimpleNamespace(level=0.9)), parts)
    assert collector.table(pytest.fail).empty


def spoil_third(outputs):
    """Make the third replicate guess."""
    outputs[2] = 30 * np.random.default_rng(1).standard_normal(outputs[2].shape)


def test_an_outlying_replicate_is_named_by_its_number_under_each_loss_and_stays_in_the_risk():
    plain, spoilt = (collected(OutlierCollector(2), change=change) for change in (None, spoil_third))
    assert len(plain) < len(spoilt)
    last = spoilt[(spoilt["cell"] == 1) & (spoilt["loss"] == "cross_entropy") & (spoilt["seed"] == 12)]
    assert len(last) == 1
    assert set(spoilt["source"]) == {"replicate"}
    assert (spoilt["distance"] > 3).all()


def test_a_crossed_design_names_the_source_and_its_seed():
    table = collected(OutlierCollector(1), (6, 5), ("data", "init"), cells=1, losses=LOSSES[2:], change=spoil_third)
    assert ("data", 12) in set(zip(table["source"], table["seed"], strict=True))


def test_large_studies_keep_every_cell():
    number = MOST_CELLS + 3
    assert len(collected(SpreadCollector(number), (4,), cells=number, losses=("zero_one",))) == number
