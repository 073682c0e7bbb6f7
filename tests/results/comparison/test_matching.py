"""Which cells belong together, and which studies have none."""

import pytest

from biasvar.results.comparison.matching import columns_of, matched
from biasvar.settings import SettingsError

NAMES = ("one", "other")


def cells(**axes):
    """The cells of a grid."""
    found = [{}]
    for key, values in axes.items():
        found = [cell | {key: value} for cell in found for value in values]
    return found


def test_cells_belong_together_by_their_common_axes():
    one, other = cells(width=[1, 2, 4]), cells(width=[4.0, 2.0, 8.0])
    assert matched((one, other), NAMES) == [(1, 1), (2, 0)]


def test_an_axis_of_one_study_alone_tells_its_cells_apart():
    one, other = cells(width=[1, 2]), cells(width=[1, 2], decay=[0.0, 0.1])
    assert matched((one, other), NAMES) == [(0, 0), (0, 1), (1, 2), (1, 3)]
    assert columns_of((one, other), (1, 3)) == {"width": 2, "decay_b": 0.1}
    assert columns_of((other, one), (3, 1)) == {"width": 2, "decay_a": 0.1}


def test_a_study_of_one_cell_is_beside_every_cell():
    assert matched((cells(), cells(width=[1, 2])), NAMES) == [(0, 0), (0, 1)]
    assert matched((cells(), cells()), NAMES) == [(0, 0)]


def test_no_value_is_a_value_and_texts_of_numbers_are_numbers():
    one, other = cells(depth=[None, 1]), cells(depth=[float("nan"), "1", "none"])
    assert matched((one, other), NAMES) == [(0, 0), (1, 1)]
    assert matched((cells(bias=[True, False]), cells(bias=[False])), NAMES) == [(1, 0)]


def test_other_axes_and_other_values_are_refused_with_what_there_is():
    with pytest.raises(SettingsError, match="one and other cannot be compared: no axis in common: width and decay"):
        matched((cells(width=[1, 2]), cells(decay=[0.1])), NAMES)
    with pytest.raises(SettingsError, match=r"no cell in common: width is 1, 2, 4, 8, 16, … and 3"):
        matched((cells(width=[1, 2, 4, 8, 16, 32]), cells(width=[3])), NAMES)
    with pytest.raises(SettingsError, match="no cell in common: decay is 0 and 1"):
        matched((cells(width=[1, 2], decay=[0]), cells(width=[1, 2], decay=[1])), NAMES)
