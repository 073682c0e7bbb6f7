"""What is known of processes: who descends from whom, who is alive, and where they listen."""

import os
import time
from pathlib import Path

LOOPBACK = ("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000")  # as /proc writes them


def stat_of(pid):
    """Return the state of a process and its parent, or nothing where it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None


def descendants(pid):
    stats = {int(path.name): stat_of(path.name) for path in Path("/proc").glob("[0-9]*")}
    found, more = set(), {pid}
    while more:
        more = {child for child, stat in stats.items() if stat and int(stat[1]) in more and stat[0] != "Z"} - found
        found |= more
    return found


def alive_after(pids, seconds=10.0):
    """Return which of these processes still live when so much time has passed; sooner, when none does."""
    end = time.monotonic() + seconds
    while True:
        left = {pid for pid in pids if (stat_of(pid) or "Z")[0] != "Z"}
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.05)


def listening_beyond_loopback(pids):
    """Return the addresses other than loopback where these processes listen, and how many they listen at."""
    sockets = {os.readlink(link) for pid in pids for link in Path(f"/proc/{pid}/fd").glob("*") if os.path.lexists(link)}
    rows = [row.split() for name in ("tcp", "tcp6") for row in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    theirs = [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets]
    return [address for address in theirs if address.partition(":")[0] not in LOOPBACK], len(theirs)
