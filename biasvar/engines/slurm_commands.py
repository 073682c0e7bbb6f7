"""SLURM's own commands: what the queue says of tasks, and cancelling them. Accounting may be off, and is not asked."""

import os
import re
import shutil
import subprocess
import time

COMMANDS = ("sbatch", "squeue", "scancel", "srun")  # srun is never run: its absence tells submitit of no cluster
SLOWEST = 30.0  # seconds that a command may take
EVERY = 2.0  # seconds between two questions to the queue
PATIENCE = 600.0  # seconds without an answer, after which the run ends

ENDED = {
    *("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED"),
    *("NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT"),
}
WAITING = {"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT"}


class Watch:
    """What the queue last said of the tasks that have a name: their states in SLURM's words.

    Tasks that ended stay in the queue for a while, some minutes as a rule.
    """

    def __init__(self, name: str):
        self.name = name
        self.states: dict[str, str] = {}
        self.asked = float("-inf")
        self.answered = float("-inf")
        self.silent_since: float | None = None

    def look(self, at_once: bool = False) -> None:
        """Ask the queue, if it was not asked just now; an answer that fails leaves what was known.

        Raises
        ------
        OSError
            Where it has failed for ten minutes.
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
    """Refuse a machine from which no job can be submitted.

    Raises
    ------
    OSError
        With the commands that are not there.
    """
    absent = [command for command in COMMANDS if shutil.which(command) is None]
    if absent:
        raise OSError(f"engine=slurm needs a machine that submits to SLURM: there is no {', '.join(absent)} here")


def queue_of(name: str) -> str:
    """Return a line ``array|index|state`` for each task that has a name, and for those that ended lately."""
    return answer("squeue", "--noheader", "--array", "--states=all", *ours(name), "--format=%F|%K|%T")


def states_in(text: str) -> dict[str, str]:
    """Return the state of each task by the name that SLURM gives it: ``12_3``, or ``12`` of a job that is no array."""
    states = {}
    for line in text.splitlines():
        array, index, state = line.strip().split("|")
        states[f"{array}_{index}" if index.isdecimal() else array] = state
    return states


def cancel(name: str, *only: str) -> None:
    """Cancel the tasks that have a name; ``only`` can narrow that down, as ``--state=PENDING`` does.

    Raises
    ------
    OSError
        Where SLURM does not answer.
    """
    answer("scancel", "--quiet", *ours(name), *only)


def max_array_size() -> int | None:
    """Return how many tasks an array may have on this cluster; None where that is not said."""
    try:
        found = re.search(r"^MaxArraySize\s*=\s*(\d+)\s*$", answer("scontrol", "show", "config"), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) if found else None


def ours(name: str) -> tuple[str, str]:
    """Return the options that choose this user's jobs of a name."""
    return f"--user={os.getuid()}", f"--name={name}"


def answer(*command: str) -> str:
    """Run a command and return what it prints.

    Raises
    ------
    OSError
        Where it fails, with what it says.
    """
    # What people set to shape their own lists (SQUEUE_STATES and the like) must not hide tasks.
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
            start_new_session=True,  # Ctrl-C is the driver's
        )
    except subprocess.TimeoutExpired as error:
        raise OSError(f"{command[0]} did not answer in {SLOWEST:.0f} seconds") from error
    if done.returncode:
        raise OSError(f"{command[0]} failed: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout
