"""Whether another process is still there."""

import os
import signal
from pathlib import Path

ENDED = "ZX"  # states of a process that has ended, and that its parent has not asked after


def is_running(pid: int) -> bool:
    """Say whether there is a process of this number here, and not only what is left of one.

    In a container whose first process looks after no orphans, what is left of a killed one stays for ever.
    """
    if hasattr(signal, "CTRL_C_EVENT"):
        return True  # on Windows the question below would interrupt it; that nobody holds the lock tells more
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # it is there, and somebody else's
    try:
        # The name before the state is in brackets, and may hold any letter.
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0].decode()
    except (OSError, IndexError):
        return True  # no /proc here
    return state not in ENDED
