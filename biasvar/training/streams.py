"""Which random bits a weight, a shuffle step, a mask element and an image get. The kernel compiles these functions.

A counter is (draw, element): the upper and the lower 32 bits of the number given to ``seeds.draw_bits``.

============== ==================== ================================== ==========================================
stream         draw                 element                            use of the 64 bits
============== ==================== ================================== ==========================================
initialisation layer                row-major weight, then bias        upper 53: a uniform number
batch_order    epoch                position of Fisher-Yates           upper 32: the position to swap with
dropout        step * hidden layers (feature * rows of batch + row)//4 16 for each of four elements, lowest first
               + hidden layer
dropout in     sample * hidden      (row * features + feature)//4      16 for each of four elements, lowest first
prediction     layers + hidden layer
augmentation   epoch                distinct row of the training set   upper 32: the shift; lowest: whether to flip
============== ==================== ================================== ==========================================

Dropout in prediction has a key of its own for each set of rows, where rows are numbered whatever is predicted together.
Layers, epochs and steps count from 0; a block's inner layers come before the layers after it. No draw depends on the
working precision. Copies of a row in a training set are one image, which is changed once an epoch. An alternating flip
starts with the bit of epoch 0.
"""

import numpy as np

from biasvar.seeds import draw_bits

RESOLUTION = 65536  # of a dropout rate: 16 bits per element
LAST_DRAW = 2**32 - 1
SETS_OF_ROWS = ("training", "evaluation", "pool")  # numbered from 0; a new one is appended


def counter(draw, element):
    """Return the uint64 counter of an element (a number or an array) of a draw."""
    return (np.uint64(draw) << np.uint64(32)) + np.uint64(element)


def bounded(bits, bound):
    """Return an integer in [0, bound) from random bits (Lemire 2019); its bias is below bound / 2**32."""
    return ((bits >> np.uint64(32)) * np.uint64(bound)) >> np.uint64(32)


def prediction_key(dropout: np.uint64, rows: str) -> np.uint64:
    """Return the key of the masks in prediction at a set of rows, from that of dropout in training.

    It is a draw of the latter that training would reach after four billion steps.
    """
    element = SETS_OF_ROWS.index(rows)
    return draw_bits(dropout, counter(LAST_DRAW, np.array([element], np.uint64)))[0]


def dropout_threshold(rate: float) -> int:
    """Return the integer below which 16 random bits mean "zero this element"."""
    return min(round(rate * RESOLUTION), RESOLUTION - 1)
