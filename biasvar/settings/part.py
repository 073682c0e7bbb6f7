"""The interface of a part of a study (a data source, a model, a training, ...) for its rules on the whole study."""

from typing import Any, ClassVar, Protocol

from biasvar.settings.problems import Problem


class Parts(Protocol):
    """A study, as seen by the rules of its parts."""

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
        """The number of draws of every source that varies."""

    @property
    def device(self) -> str:
        """The device on which networks train."""


class Part:
    """A member of a family. Its rules are in its own file; by default there are none."""

    kind: ClassVar[str]

    @property
    def label(self) -> str:
        """What a study of this part is named after."""
        return self.kind

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of this part with the rest of the study."""
        return []

    def warnings(self, study: Parts) -> list[str]:
        """Return warnings on settings that are allowed but may not be intended."""
        return []

    def unused_keys(self, study: Parts) -> dict[str, str]:
        """Return the dotted keys that change nothing in this study, each with the reason."""
        return {}
