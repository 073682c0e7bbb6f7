"""Numbers of any type are read as what they are: whole ones exactly, sixteen bits with their rounding, tensors too."""

import numpy as np
import pandas as pd
import pytest
import torch

import biasvar
from biasvar.decomposition.reading.class_labels import in_one_type
from biasvar.decomposition.reading.plain_arrays import plain_array

BIG = 2**60
GENERATOR = np.random.default_rng(0)
LABELS = np.array([[BIG + 1, BIG], [BIG + 1, BIG + 1]])
SHARES = GENERATOR.dirichlet(np.ones(10), (5, 6))
CLASSES = np.arange(6)


def zero_one(predictions, target, **options):
    return biasvar.decompose(predictions, target, loss="zero_one", **options).risk


@pytest.mark.parametrize(
    ("predictions", "target"),
    [
        (LABELS.astype(np.uint64), np.array([BIG, BIG])),
        (LABELS, np.array([BIG, BIG], dtype=np.uint64)),
        (LABELS, np.array([BIG, BIG], dtype=float)),
        (LABELS, [np.uint64(BIG), np.int64(BIG)]),
        ([LABELS[0].astype(np.uint64), LABELS[1]], np.array([BIG, BIG])),
        (pd.DataFrame({0: LABELS[:, 0], 1: LABELS[:, 1].astype(np.uint64)}), np.array([BIG, BIG])),
    ],
)
def test_whole_numbers_of_two_types_do_not_meet_as_floats(predictions, target):
    assert zero_one(predictions, target) == zero_one(LABELS - BIG, np.zeros(2, int)) == 0.75
    assert zero_one(predictions, target, labels=[BIG, np.uint64(BIG + 1)]) == 0.75


def test_labels_that_no_type_of_whole_numbers_holds_are_distinct():
    high, low = np.array([[2**63 + 1, 2**63]], dtype=np.uint64), np.array([-1, -1])
    assert zero_one(np.vstack([high, high]), low) == 1
    assert [one.dtype for one in in_one_type(high, low)] == [object, object]
    assert [one.dtype for one in in_one_type(high, np.array([2.0]))] == [np.uint64, np.uint64]
    assert in_one_type(np.array([0.0]), np.array([1], np.float32))[1].dtype == np.float32


@pytest.mark.parametrize("to_array", [list, lambda labels: np.array(labels, dtype=object)])
@pytest.mark.parametrize("beside", [-1, 0.0, 2**70, np.float32(3)])
def test_whole_numbers_beside_others_in_lists_and_objects_are_told_apart(to_array, beside):
    predictions = [[2**63 + 1, beside], [2**63 + 3, beside]]
    assert zero_one(to_array(predictions), to_array([2**63 + 1, beside])) == 0.25


def test_numbers_that_no_type_holds_are_no_predictions_of_values():
    with pytest.raises(ValueError, match="predictions hold objects, and not numbers of 64 bits"):
        biasvar.decompose([[2**70, 1], [2**70 + 1, 2]], [0, 0])
    assert biasvar.decompose([[1e300, 1.0], [1e300, 2.0]], [1e300, 0.0]).variance == 0.25


def test_labels_in_bytes_are_texts():
    assert zero_one(np.array([[b"a", b"b"], [b"a", b"a"]]), np.array(["a", "b"])) == 0.25


@pytest.mark.parametrize(
    ("predictions", "target", "options"),
    [
        ([[1, 2], [1, 1]], [1, 2], {"labels": ["1", "2"]}),
        ([["1", "2"], ["1", "1"]], ["1", "2"], {"labels": [1, 2]}),
        (SHARES, np.array(list("abcdef")), {}),
    ],
)
def test_texts_beside_numbers_are_said_to_be_such(predictions, target, options):
    with pytest.raises(ValueError, match=r"labels are (texts|numbers) \(.+\) and the classes (numbers|texts) \("):
        zero_one(predictions, target, **options)


@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy", "zero_one"])
def test_probabilities_in_sixteen_bits_are_read(loss):
    bits16 = torch.tensor(SHARES).to(torch.bfloat16)
    exact = biasvar.decompose(SHARES, CLASSES, loss=loss).risk
    for shares, error in ((SHARES.astype(np.float16), 2e-3), (bits16, 2e-2), (bits16.float().numpy(), 2e-2)):
        assert biasvar.decompose(shares, CLASSES, loss=loss).risk == pytest.approx(exact, rel=error)
        assert biasvar.decompose(shares, CLASSES, loss=loss, outputs_are="probabilities").reference == "labels"
    law = SHARES[0].astype(np.float16)
    assert biasvar.decompose(SHARES, law, loss=loss).reference == "distribution"
    with pytest.raises(ValueError, match=r"sum to 0\.98"):
        biasvar.decompose((SHARES * 0.99).astype(np.float16), CLASSES, loss=loss, outputs_are="probabilities")


def test_probabilities_in_more_bits_are_held_to_them():
    off = (SHARES * (1 + 1e-3)).astype(np.float32)
    with pytest.raises(ValueError, match=r"sum to 1\.000"):
        biasvar.decompose(off, CLASSES, loss="cross_entropy")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16, torch.float64])
def test_tensors_are_read_with_or_without_gradients(dtype):
    plain = torch.tensor(GENERATOR.standard_normal((5, 6))).to(dtype)
    tensor, target = plain.clone().requires_grad_(), torch.zeros(6, dtype=dtype, requires_grad=True)
    wanted = biasvar.decompose(plain.double().numpy(), np.zeros(6), noise=0.5).risk
    noise = torch.full((6,), 0.5, dtype=dtype)
    assert biasvar.decompose(tensor, target, noise=noise).risk == pytest.approx(wanted, rel=1e-6)
    assert biasvar.decompose(list(tensor), target, noise=0.5).risk == pytest.approx(wanted, rel=1e-6)
    assert tensor.requires_grad and target.grad is None


def test_a_number_of_another_kind_stays_what_it_is():
    assert plain_array("x", [1e300, 2]).dtype == float
    assert plain_array("x", [2**54, 0.5]).dtype == float
    assert plain_array("x", [np.uint64(2**54), -1]).tolist() == [2**54, -1]
