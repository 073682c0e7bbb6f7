"""Where the numbers of a page come from: what repeats them, what computed them, and from which data."""

from dataclasses import dataclass

from biasvar.results.cells import Cells
from biasvar.version import __version__


@dataclass(frozen=True)
class Provenance:
    """The command of a study, the seed, the versions and the data that its numbers depend on; empty if not known."""

    command: str = ""
    seed: str = ""
    versions: str = ""
    processor: str = ""
    data: tuple[str, ...] = ()

    @property
    def rows(self) -> dict[str, str]:
        """What is known, by its name."""
        found = {"Seed": self.seed, "Versions": self.versions, "Processor": self.processor}
        return {name: text for name, text in (found | {"Data": ", ".join(self.data)}).items() if text}

    @property
    def citation(self) -> str:
        """How to cite the numbers."""
        return f"The biasvar authors: biasvar {__version__}, software for experiments on bias and variance."


def provenance_of(cells: Cells) -> Provenance:
    """Return what is recorded of some cells: of those made elsewhere, only the version that estimated."""
    last = cells.environments[-1] if cells.environments else {"versions": {"biasvar": __version__}}
    versions = ", ".join(f"{name} {number}" for name, number in last["versions"].items())
    studies = [study for number in range(len(cells.values)) if (study := cells.study(number)) is not None]
    data = tuple(dict.fromkeys(study.data.fingerprint() for study in studies))
    return Provenance(cells.command, str(cells.head.seed), versions, str(last.get("processor", "")), data)
