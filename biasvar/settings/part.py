"""The interface of a part of a study (a data source, a model, a training, ...) for its rules on the whole study."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from biasvar.settings.problems import Problem

if TYPE_CHECKING:
    from biasvar.settings.plugins import Plugin


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
    def seed(self) -> int:
        """The study seed."""

    @property
    def replicates(self) -> int:
        """The number of draws of every source that varies."""

    @property
    def device(self) -> str:
        """The device on which networks train."""


class Part:
    """A member of a family. Its rules are in its own file; by default there are none."""

    kind: ClassVar[str]
    names_own: ClassVar[bool] = False  # whether it names files or code of the user's, whose facts are looked up
    looks_at_data: ClassVar[bool] = False  # whether these facts depend on the shape and the outputs of the study's data

    def looked_up(self, plugins: "Sequence[Plugin]") -> Self:
        """Return this part with the facts about the file or code that it names; by default unchanged.

        Called once for each distinct configuration of a class that ``names_own``, before the study is planned.
        ``plugins`` is the code that the user has named.

        Raises
        ------
        SettingsError
            With every problem of the file or code.
        """
        return self

    @property
    def label(self) -> str:
        """What a study of this part is named after."""
        return self.kind

    def looked_up_for(self, data: Any, plugins: "Sequence[Plugin]") -> Self:
        """Return this part with its facts, some of which depend on the study's data, if it ``looks_at_data``."""
        return self.looked_up(plugins)

    @property
    def packages(self) -> tuple[str, ...]:
        """The installed packages whose code the user has named, with their versions: "lightgbm 4.6.0"."""
        return ()

    def code_of(self, name: str) -> str:
        """Return the name of the user's code whose source is the fact of a name; empty for other facts and keys."""
        return ""

    def problems(self, study: Parts) -> list[Problem]:
        """Return the problems of this part with the rest of the study."""
        return []

    def warnings(self, study: Parts) -> list[str]:
        """Return warnings on settings that are allowed but may not be intended."""
        return []

    def unused_keys(self, study: Parts) -> dict[str, str]:
        """Return the dotted keys that change nothing in this study, each with the reason."""
        return {}
