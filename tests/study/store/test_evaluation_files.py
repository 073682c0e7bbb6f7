"""A byte of the evaluation points would change every number: they are sealed."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from biasvar.data.rows import Evaluation
from biasvar.study.store.evaluation_files import checksum_file_of, keep_evaluation, read_evaluation


@pytest.fixture
def kept(tmp_path):
    evaluation = Evaluation(x_ND=np.arange(12.0).reshape(6, 2), target=np.arange(6.0), noise_N=np.ones(6))
    keep_evaluation(tmp_path / "a.npz", evaluation)
    return tmp_path / "a.npz", evaluation


def test_what_was_kept_is_read_back(kept):
    path, evaluation = kept
    again = read_evaluation(path)
    assert all(
        np.array_equal(value, vars(again)[name]) for name, value in vars(evaluation).items() if value is not None
    )


def test_any_flipped_byte_is_damage_and_the_next_sweep_makes_the_file_again(kept):
    path, evaluation = kept
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x80]) + whole[place + 1 :])
        with pytest.raises(OSError, match="is damaged"):
            read_evaluation(path)
    keep_evaluation(path, evaluation)
    assert path.read_bytes() == whole


def test_the_points_of_other_data_and_a_lost_seal_are_damage(kept, tmp_path):
    path, evaluation = kept
    other = tmp_path / "b.npz"
    keep_evaluation(other, Evaluation(x_ND=evaluation.x_ND + 1, target=evaluation.target))
    shutil.copy(other, path)
    shutil.copy(checksum_file_of(other), checksum_file_of(path))
    with pytest.raises(OSError, match="is damaged"):
        read_evaluation(path)
    checksum_file_of(other).unlink()
    with pytest.raises(OSError, match="is missing: the same sweep rebuilds it"):
        read_evaluation(other)


def test_whole_files_of_other_points_are_made_again_and_those_of_another_machine_are_kept(kept):
    path, evaluation = kept
    whole = path.read_bytes()
    for change in ({"target": evaluation.target[::-1]}, {"x_ND": evaluation.x_ND[:3]}, {"noise_N": None}):
        path.unlink()
        keep_evaluation(path, replace(evaluation, **change))
        assert path.read_bytes() != whole
        keep_evaluation(path, evaluation)
        assert path.read_bytes() == whole
    keep_evaluation(path, replace(evaluation, target=evaluation.target * (1 + 1e-15)))
    assert path.read_bytes() == whole
