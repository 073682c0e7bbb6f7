"""The end of a worker's log, which is reported when the worker is lost."""

from pathlib import Path

LONGEST = 4000  # characters that are reported
NOISE = "Extension modules: "  # faulthandler's


def log_end(log: Path) -> str:
    """Return the end of a log, or an empty string.

    The list of compiled modules that a crash leaves below its stack is left out: it is longer than the report.
    """
    if not log.exists():
        return ""
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join(line for line in lines if not line.startswith(NOISE))[-LONGEST:].strip()
