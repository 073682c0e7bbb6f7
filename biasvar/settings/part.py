"""What a part of a study (a data source, a model, a training, ...) allows of the study that it stands in."""

from typing import Any, Protocol

from biasvar.settings.problems import Problem


class Parts(Protocol):
    """A study, as the rules of one of its parts see it: beside it stand the others, each with what its family gives."""

    @property
    def data(self) -> Any:
        """The data source."""

    @property
    def resampling(self) -> Any:
        """The resampling scheme."""

    @property
    def model(self) -> Any:
        """The model."""

    @property
    def training(self) -> Any:
        """How the model is trained."""

    @property
    def design(self) -> Any:
        """Which sources of randomness vary."""

    @property
    def replicates(self) -> int:
        """Draws of every source that varies."""

    @property
    def device(self) -> str:
        """Where networks train."""


class Part:
    """A member of a family. Its rules stand in its own file; by default there is nothing to say."""

    def problems(self, study: Parts) -> list[Problem]:
        """Return what cannot be used of the study that this part stands in."""
        return []

    def warnings(self, study: Parts) -> list[str]:
        """Return what is allowed, but may not be meant."""
        return []

    def unused_keys(self, study: Parts) -> dict[str, str]:
        """Return the dotted keys that change nothing in this study, each with the reason."""
        return {}
