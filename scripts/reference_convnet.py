"""Compare a sweep over convolutional networks on CIFAR-10 with one plain torch loop.

    python scripts/reference_convnet.py ROOT [widths=1,4,16] [replicates=8] [epochs=60]

Sweeps ``study=cifar10_convnet`` at some widths into a temporary folder, and trains as many networks here, on the same
training sets: modules and optimiser are torch's, seeds are its global generator's. Of the package, the loop uses the
images and the draws of training sets. ROOT holds cifar-10-batches-py. The script prints the test error of both with
their 95 % intervals over replicates, and exits with 3 where a difference is outside of that of the two.
"""

import sys
import tempfile

import numpy as np
import torch
from scipy.stats import t
from torch import nn

import biasvar
from biasvar.data import SOURCES
from biasvar.data.resampling import SCHEMES
from biasvar.data.training_set import evaluation_of, training_set

BATCH, RATE, CLASSES, LOSS = 50, 0.003, 10, "zero_one"
DATA = {"view": "images", "n_train": 500, "n_eval": 1000, "label_noise": 0.2}


def network(k: int) -> nn.Module:
    """Return the five-layer network of Nakkiran et al. (2019) of width k, newly initialised."""
    layers: list[nn.Module] = []
    below = 3
    for above, pool in ((k, 1), (2 * k, 2), (4 * k, 2), (8 * k, 8)):
        layers += [nn.Conv2d(below, above, 3, padding=1), nn.BatchNorm2d(above), nn.ReLU(), nn.MaxPool2d(pool)]
        below = above
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(below, CLASSES))


def test_error(k: int, x, y, x_test, y_test, epochs: int) -> float:
    """Train a network on a training set and return its share of wrong labels."""
    net = network(k).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters(), RATE)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        return float((net.eval()(x_test).argmax(dim=1) != y_test).double().mean())


def drawn(root: str, replicate: int):
    """Return a replicate's training images and labels, and the evaluation points."""
    data = SOURCES["cifar10"](root=root, **DATA)
    rows, points = training_set(data, SCHEMES["disjoint"](), 0, replicate, replicate), evaluation_of(data, 0)
    x, x_test = data.fit_view(rows.x_nD, rows.counts_n, points.x_ND)
    images = (torch.tensor(part, dtype=torch.float32) for part in (x, x_test))
    return *images, torch.tensor(rows.y_n), torch.tensor(points.target)


def main(root: str, widths: str = "1,4,16", replicates: str = "8", epochs: str = "60") -> int:
    """Train both ways and print the comparison."""
    torch.manual_seed(1)
    torch.set_num_threads(1)
    study = ["study=cifar10_convnet", f"data.root={root}", f"model.width={widths}", f"training.epochs={epochs}"]
    with tempfile.TemporaryDirectory() as folder:
        found = biasvar.sweep([*study, f"replicates={replicates}", "seed=0"], out=folder).results.of_loss(LOSS)
    apart = False
    print(f"{'width':>5} {'sweep':>24} {'one loop':>24} {'difference':>11}")
    for k in map(int, widths.split(",")):
        row = found[found["model.width"] == k].iloc[0]
        errors = []
        for replicate in range(int(replicates)):
            x, x_test, y, y_test = drawn(root, replicate)
            errors.append(test_error(k, x, y, x_test, y_test, int(epochs)))
        mean, half = np.mean(errors), t.ppf(0.975, len(errors) - 1) * np.std(errors, ddof=1) / np.sqrt(len(errors))
        difference, own_half = mean - row["risk"], (row["risk_high"] - row["risk_low"]) / 2
        apart |= not abs(difference) <= np.hypot(half, own_half)
        print(f"{k:>5} {shown(row['risk'], own_half):>24} {shown(mean, half):>24} {difference:>+11.4f}", flush=True)
    return 3 if apart else 0


def shown(mean: float, half: float) -> str:
    """Return a mean with its interval."""
    return f"{mean:.4f} ({mean - half:.4f}, {mean + half:.4f})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], **dict(option.split("=", 1) for option in sys.argv[2:])))
