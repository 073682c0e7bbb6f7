"""SLURM's own commands, to query the queue and to cancel tasks. Accounting is not used, as it may be off."""

import os
import re
import shutil
import subprocess
import time

COMMANDS = ("sbatch", "squeue", "scancel", "srun")  # submitit needs srun to see a cluster
SLOWEST = 30.0  # seconds that a command may take
EVERY = 2.0  # seconds between two queries of the queue
PATIENCE = 600.0  # seconds without an answer after which the run ends

ENDED = {
    *("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED"),
    *("NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT"),
}
WAITING = {"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT"}


class Watch:
    """The last known states of the tasks under a name, as SLURM calls them.

    Ended tasks stay in the queue for a while, usually some minutes.
    """

    def __init__(self, name: str):
        self.name = name
        self.states: dict[str, str] = {}
        self.asked = float("-inf")
        self.answered = float("-inf")
        self.silent_since: float | None = None

    def look(self, at_once: bool = False) -> None:
        """Query the queue, unless it was queried just now; on failure the known states are kept.

        Raises
        ------
        OSError
            If it has failed for ten minutes.
        """
        now = time.monotonic()
        if now - self.asked < EVERY and not at_once:
            return
        self.asked = now
        try:
            self.states = states_in(queue_of(self.name))
            self.answered, self.silent_since = now, None
        except OSError as error:
            self.silent_since = now if self.silent_since is None else self.silent_since
            if now - self.silent_since > PATIENCE:
                raise OSError(f"SLURM has not answered for {PATIENCE / 60:.0f} minutes: {error}") from error


def require_commands() -> None:
    """Raise on a machine from which no job can be submitted.

    Raises
    ------
    OSError
        With the missing commands.
    """
    absent = [command for command in COMMANDS if shutil.which(command) is None]
    if absent:
        raise OSError(f"engine=slurm needs a machine that submits to SLURM: there is no {', '.join(absent)} here")


def queue_of(name: str) -> str:
    """Return a line ``array|index|state`` for each task under a name, including recently ended ones."""
    return answer("squeue", "--noheader", "--array", "--states=all", *ours(name), "--format=%F|%K|%T")


def states_in(text: str) -> dict[str, str]:
    """Return the state of each task by SLURM's name for it: ``12_3``, or ``12`` for a job without array."""
    states = {}
    for line in text.splitlines():
        array, index, state = line.strip().split("|")
        states[f"{array}_{index}" if index.isdecimal() else array] = state
    return states


def cancel(name: str, *only: str) -> None:
    """Cancel the tasks under a name; ``only`` can restrict them, such as ``--state=PENDING``.

    Raises
    ------
    OSError
        If SLURM does not answer.
    """
    answer("scancel", "--quiet", *ours(name), *only)


def max_array_size() -> int | None:
    """Return how many tasks an array may have on this cluster; None if it does not say."""
    try:
        found = re.search(r"^MaxArraySize\s*=\s*(\d+)\s*$", answer("scontrol", "show", "config"), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) if found else None


def ours(name: str) -> tuple[str, str]:
    """Return the options that choose this user's jobs of a name."""
    return f"--user={os.getuid()}", f"--name={name}"


def answer(*command: str) -> str:
    """Run a command and return its output.

    Raises
    ------
    OSError
        If it fails, with its message.
    """
    # Variables that shape users' own lists (SQUEUE_STATES and the like) must not hide tasks.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("SQUEUE_", "SCANCEL_"))}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SLOWEST,
            env=environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the driver
        )
    except subprocess.TimeoutExpired as error:
        raise OSError(f"{command[0]} did not answer in {SLOWEST:.0f} seconds") from error
    if done.returncode:
        raise OSError(f"{command[0]} failed: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout
