"""The compiled kernel's needs are known in advance."""

from biasvar.training.trainers import TRAINERS
from tests.training.test_stack import members_of


def test_memory_grows_with_the_epochs_to_be_read():
    (once,) = members_of(100, 1, "mlp", {}, epochs=200)
    (often,) = members_of(100, 1, "mlp", {}, epochs=200, evaluate_at=tuple(range(1, 201)))
    more = TRAINERS["kernel"]().bytes(often) - TRAINERS["kernel"]().bytes(once)
    assert more == 199 * 4 * once.model.parameters(once.data), "the network is kept as it is at each of them"
