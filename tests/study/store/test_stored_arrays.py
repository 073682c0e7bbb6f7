"""Parts of arrays in npz files: the same numbers as the whole, and files that are something else are refused."""

import numpy as np
import pytest

from biasvar.study.store.stored_arrays import find_array


@pytest.mark.parametrize("kind", ["<f4", "<f8", ">f8"])
def test_parts_are_those_of_the_whole(tmp_path, kind):
    outputs = np.random.default_rng(0).standard_normal((5, 7, 3)).astype(kind)
    np.savez(tmp_path / "a.npz", before=np.arange(11), outputs_MNK=outputs)
    array = find_array(tmp_path / "a.npz", "outputs_MNK")
    assert array.shape == outputs.shape and array.dtype == outputs.dtype
    for points in (slice(None), slice(2, 5), slice(6, 99), slice(3, 3)):
        for rows in ([4, 0, 2], [1, 2, 3], range(5), [3]):
            assert np.array_equal(array.read(rows, points), outputs[list(rows), points])


def test_arrays_that_cannot_be_read_in_parts_are_refused(tmp_path):
    outputs = np.zeros((2, 3, 1))
    np.savez_compressed(tmp_path / "small.npz", outputs_MNK=outputs)
    np.savez(tmp_path / "turned.npz", outputs_MNK=np.asfortranarray(np.zeros((2, 3, 2))))
    np.savez(tmp_path / "objects.npz", outputs_MNK=np.array([print], dtype=object))
    for name in ("small", "turned", "objects"):
        with pytest.raises(ValueError, match=f"{name}.npz: outputs_MNK .* expected numbers in C order"):
            find_array(tmp_path / f"{name}.npz", "outputs_MNK")


def test_a_file_that_ends_too_early_is_an_error(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, outputs_MNK=np.zeros((2, 300, 1)))
    array = find_array(path, "outputs_MNK")
    path.write_bytes(path.read_bytes()[:3000])
    assert np.array_equal(array.read([0], slice(None)), np.zeros((1, 300, 1)))
    with pytest.raises(OSError, match="ends within its row 1"):
        array.read([1], slice(None))
