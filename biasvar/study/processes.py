"""Whether another process is still there."""

import os


def is_running(pid: int) -> bool:
    """Say whether there is a process of this number here."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # it is there, and somebody else's
    return True
