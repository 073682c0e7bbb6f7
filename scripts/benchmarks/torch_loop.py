"""The loop that people write in torch: one ``nn.Module`` after the other, batches from a DataLoader or by index."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from biasvar import seeds
from biasvar.data.training_set import evaluation_of


def train_one_by_one(train_member: Callable, shape: Any, draw_batches: Callable, threads: int, numbers: Sequence[int]):
    """Train the members with these numbers; return how many units of work that was."""
    import torch

    torch.set_num_threads(threads)
    for number in numbers:
        train_member(shape, draw_batches, number)
    return len(numbers) * shape.units


def fit_and_predict(network, optimizer, loss_of: Callable, batches: Iterator, x_eval):
    """Take a step a batch, and return the outputs on the evaluation points."""
    import torch

    network.train()
    for x, y in batches:
        optimizer.zero_grad()
        loss_of(network(x), y).backward()
        optimizer.step()
    network.eval()
    with torch.no_grad():
        return network(x_eval)


def loaded(x, y, size: int, epochs: int) -> Iterator:
    """Yield the full batches of every epoch from a DataLoader."""
    from torch.utils.data import DataLoader, TensorDataset

    loader = DataLoader(TensorDataset(x, y), batch_size=size, shuffle=True, drop_last=True)
    for _ in range(epochs):
        yield from loader


def indexed(x, y, size: int, epochs: int) -> Iterator:
    """Yield the full batches of every epoch by index tensors."""
    import torch

    for _ in range(epochs):
        order = torch.randperm(len(x))
        for start in range(0, len(x) - size + 1, size):
            rows = order[start : start + size]
            yield x[rows], y[rows]


@cache
def tensors(data: Any, number: int):
    """Return a training set and the evaluation points; drawn once, which the baselines have for nothing."""
    import torch

    drawn = data.draw(seeds.sequence(0, "rows", number), seeds.sequence(0, "label_noise", number), data.n_train)
    x, x_eval = (torch.tensor(values, dtype=torch.float32) for values in (drawn.x_nD, evaluation_of(data, 0).x_ND))
    y = drawn.y_n if data.task == "classification" else drawn.y_n[:, None].astype("float32")
    return x, torch.tensor(y), x_eval
