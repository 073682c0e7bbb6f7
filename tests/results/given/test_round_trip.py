"""What a study predicted, written and read as predictions made elsewhere, gives that study's numbers again."""

import numpy as np
import pandas as pd
import pytest

import biasvar
from biasvar.cli.main import cli
from biasvar.decomposition.terms import TERMS
from tests.results.test_verification import Silent

CLASSES = ["data=gaussian_classes", "data.n_train=40", "data.n_eval=60", "data.classes=3", "model=mlp"]
SGD = [*CLASSES, "model.width=2,4", "training=sgd", "training.epochs=4", "replicates=5"]
STUDIES = {
    "u_curve": ["study=u_curve", "model.degree=1,2,5", "replicates=6", "data.n_eval=50"],
    "classes": SGD,
    "labels": [*SGD, "noise.reference=labels"],
    "crossed": [
        *("data=digits", "data.n_train=60", "data.n_eval=50", "resampling=bootstrap", "model=random_features"),
        *("model.features=20,40", "training=exact", "design=crossed", "design.seeds=4", "design.vary=[data,init]"),
    ],
}
WRITE = {
    "csv": lambda table, path: table.to_csv(path, index=False),
    "parquet": lambda table, path: table.to_parquet(path, index=False),
}
SAME = [name + end for name in TERMS if name != "residual" for end in ("", "_low", "_high")]
COUNTS = ["cell", "loss", "n_ok", "n_planned", "n_eval", "outputs", "status", "interval_method", "resolution", "design"]


def written(study, path):
    """Write the predictions of every cell of a study into one file."""
    table = pd.concat([study.predictions(cell) for cell in range(len(study.cells))])
    WRITE[path.suffix[1:]](table, path)


def reported(path, out, *overrides):
    """Report on the predictions in a file; return the table."""
    assert cli.main(["report", "--from", str(path), "--out", str(out), *overrides], standalone_mode=False) == 0
    return pd.read_parquet(out / "results.parquet")


@pytest.mark.slow
@pytest.mark.ci
@pytest.mark.parametrize("kind", STUDIES)
def test_the_predictions_of_a_study_give_its_numbers_again(tmp_path, kind):
    settings = ["interval.resamples=200", "seed=3"]
    study = biasvar.sweep([*STUDIES[kind], *settings], out=tmp_path / "study", progress=Silent())
    for ending in WRITE:
        path, out = tmp_path / f"again.{ending}", tmp_path / ending
        written(study, path)
        found = reported(path, out, *settings)
        pd.testing.assert_frame_equal(found[SAME], study.table[SAME], check_exact=True)
        pd.testing.assert_frame_equal(found[COUNTS], study.table[COUNTS])
        for name in ("committee.csv", "sensitivity.csv", "replicates.parquet"):
            assert (out / name).read_bytes() == (study.folder / name).read_bytes()
        figures, own = ({path.name for path in (one / "figures").iterdir()} for one in (study.folder, out))
        others = {name for name in figures if name.startswith(("double_descent", "hardest", "fits"))}
        assert figures - own <= others, "no training risk and no inputs are known"
        assert (out / "report.html").is_file() and (out / "points.parquet").is_file()


@pytest.mark.parametrize("ending", ["csv", pytest.param("parquet", marks=[pytest.mark.slow, pytest.mark.ci])])
def test_cells_that_lack_replicates_have_their_numbers_too(tmp_path, ending):
    generator = np.random.default_rng(0)
    arrays = {width: generator.standard_normal((replicates, 7)) for width, replicates in ((1, 5), (2, 3))}
    tables = [
        pd.DataFrame(
            [
                {"width": width, "replicate": 2 * r, "point": n, "prediction": value, "target": 0.0, "noise": 0.2}
                for (r, n), value in np.ndenumerate(predictions)
            ]
        )
        for width, predictions in arrays.items()
    ]
    path = tmp_path / f"uneven.{ending}"
    WRITE[ending](pd.concat(tables).sample(frac=1, random_state=0), path)
    found = reported(path, tmp_path / "report").set_index("width")
    for width, predictions in arrays.items():
        expected = biasvar.decompose(predictions, np.zeros(7), noise=0.2)
        assert found["risk"][width] == pytest.approx(expected.risk, rel=1e-12)
        assert found["bias_squared"][width] == pytest.approx(expected.bias_squared, rel=1e-12)
        assert found["n_ok"][width] == len(predictions)


@pytest.mark.slow
def test_arrays_in_a_file_are_those_in_python(tmp_path):
    generator = np.random.default_rng(0)
    logits = generator.standard_normal((5, 30, 3))
    counts, weights = generator.integers(1, 9, (30, 3)), generator.uniform(0, 1, 30)
    np.savez(tmp_path / "mine.npz", predictions=logits, counts=counts, weights=weights)
    found = reported(tmp_path / "mine.npz", tmp_path / "file", "outputs_are=logits", "interval.resamples=100")
    options = {"counts": counts, "weights": weights, "outputs_are": "logits", "overrides": ["interval.resamples=100"]}
    study = biasvar.from_predictions(logits, **options, out=tmp_path / "python")
    pd.testing.assert_frame_equal(study.table, found, check_exact=True)
    page = (tmp_path / "file" / "report.html").read_text()
    assert "<h1>mine</h1>" in page and "votes on each point" in page and "points (weighted, like" in page
