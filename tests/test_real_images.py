"""A study of convolutional networks on the published images of CIFAR-10, from the command to its table."""

import numpy as np
import pytest

import biasvar

STUDY = ("study=cifar10_convnet", "seed=0", "replicates=3", "model.width=1,2,4", "training.epochs=2")


@pytest.mark.ci
@pytest.mark.slow
def test_three_widths_by_three_replicates_by_two_epochs_on_real_images(tmp_path, cifar10_root):
    study = biasvar.sweep([*STUDY, f"data.root={cifar10_root}", "engine=serial"], out=tmp_path / "study")
    assert study.results.models == (9, 9)
    errors, squares = (study.results.of_loss(loss) for loss in ("zero_one", "squared_error"))
    assert errors["model.width"].tolist() == [1, 2, 4] and (errors["n_ok"] == 3).all()
    assert errors["risk"].between(0.5, 0.95).all(), "two epochs on 500 images teach a little, and no more"
    parts = squares["bias_squared_plus_noise"] + squares["variance"]  # of each image there is one label
    assert np.allclose(squares["risk"], parts, rtol=0, atol=1e-6)
    again = biasvar.load(study.folder).results.of_loss("zero_one")
    assert again["risk"].tolist() == pytest.approx(errors["risk"].tolist(), abs=0)
