"""Whether another process is still running."""

import os
import signal
from pathlib import Path

ENDED = "ZX"  # states of a process that has ended, but whose parent has not collected it


def is_running(pid: int) -> bool:
    """Return whether a process with this number runs here; zombies do not count.

    In a container whose first process does not reap orphans, a killed process stays a zombie forever.
    """
    if hasattr(signal, "CTRL_C_EVENT"):
        return True  # on Windows the check below would interrupt it; the free lock is better evidence
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # it exists, and belongs to another user
    try:
        # The name before the state is in brackets, and may contain any character.
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0].decode()
    except (OSError, IndexError):
        return True  # there is no /proc
    return state not in ENDED
