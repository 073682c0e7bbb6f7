"""Job arrays of a SLURM cluster: the settings and requirements."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, ClassVar

from biasvar.engines.engine import Engine, Running, Work
from biasvar.engines.slurm_arrays import Arrays
from biasvar.engines.slurm_commands import require_commands
from biasvar.settings import key


@dataclass(frozen=True)
class Slurm(Engine):
    """Job arrays of a SLURM cluster, `workers` tasks at a time; the nodes share the file system of the results."""

    kind: ClassVar[str] = "slurm"
    local: ClassVar[bool] = False
    partition: str | None = key(None, "partition to submit to; null: the cluster's own default", identity=False)
    account: str | None = key(None, "account that the time is charged to; null: your own default", identity=False)
    qos: str | None = key(None, "quality of service; null: your own default", identity=False)
    minutes: int = key(60, "time limit of a task, in minutes; a job must fit in", at_least=1, identity=False)
    memory_gb: float = key(4.0, "memory of a task, in GB", above=0, identity=False)
    cpus: int = key(1, "processors of a task", at_least=1, identity=False)
    gpus: int = key(0, "GPUs of a task", at_least=0, identity=False)

    def require(self) -> None:
        """Raise if submitit or SLURM's commands are missing."""
        if find_spec("submitit") is None:
            raise OSError("engine=slurm needs submitit: pip install 'biasvar[slurm]'")
        require_commands()

    def start(self, work: Work) -> Running:
        """Return the engine, ready for jobs; tasks left in the queue by an earlier run for this folder are cancelled.

        Raises
        ------
        OSError
            If submitit or a SLURM command is missing, no cluster answers, or SLURM cannot write logs in the folder.
        """
        self.require()
        require_plain(str(work.folder))
        return Arrays(work, self.parameters())

    def parameters(self) -> dict[str, Any]:
        """Return the options of sbatch, by submitit's names."""
        return {
            "partition": self.partition,
            "account": self.account,
            "qos": self.qos,
            "time": self.minutes,
            "mem": f"{round(self.memory_gb * 1024)}M",
            "cpus_per_task": self.cpus,
            "gpus_per_node": self.gpus or None,
        }


def require_plain(folder: str) -> None:
    """Raise for a folder whose name contains SLURM patterns or a line break.

    Raises
    ------
    OSError
        With the offending characters.
    """
    bad = sorted({character for character in folder if character in "%\\" or not character.isprintable()})
    if bad:
        found = ", ".join(map(repr, bad))
        raise OSError(f"engine=slurm cannot work in {folder!r}: SLURM has its own meaning for {found}; add --out DIR")
