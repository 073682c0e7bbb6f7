"""Pre-activation residual blocks (He et al. 2016)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from biasvar.models.layers.layer import Layer, run_layers, shapes, share_of


@dataclass(frozen=True)
class Residual(Layer):
    """y = x + body(before(x)); with a projection, which changes the shape, y = projection(before(x)) + body(before(x)).

    ``before`` is the pre-activation: norm and nonlinearity, which keep the shape.
    """

    before: tuple[Layer, ...]
    body: tuple[Layer, ...]
    projection: tuple[Layer, ...] = ()

    @property
    def inner(self) -> Sequence[Layer]:
        """The pre-activation, the body and the projection."""
        return (*self.before, *self.body, *self.projection)

    def after(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row after the block."""
        for layer in self.body:
            shape = layer.after(shape)
        return shape

    def shapes(self, shape: tuple[int, ...]) -> Iterator[tuple[Layer, tuple[int, ...]]]:
        """Yield the block and its inner layers with the shape of a row after each; body and projection run abreast."""
        yield self, self.after(shape)
        for part in (self.before, self.body, self.projection):
            yield from shapes(part, shape)

    def forward(self, values, weights, run):
        """Return the sum of the shortcut and the body."""
        (first, masks), (second, more_masks) = map(share_of, (self.before, self.body))
        # Without a projection the shortcut still needs the input, which an activation would overwrite.
        seen = run_layers(self.before, values if self.projection else values.clone(), weights, run)
        shortcut = values
        if self.projection:
            later = replace(run, place=run.place + masks + more_masks)
            shortcut = run_layers(self.projection, seen, weights[first + second :], later)
        return run_layers(self.body, seen, weights[first:], replace(run, place=run.place + masks)) + shortcut
