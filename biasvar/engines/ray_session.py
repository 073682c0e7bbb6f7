"""Connecting to a Ray, or starting a private one on this machine; and disconnecting."""

import logging
import os
import re
import secrets
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from biasvar.engines.signals import signals_held_back

AGENTS_END = 1.0  # seconds for them to end by themselves
ANSWER = 5.0  # seconds for the head of a cluster to answer
STORE = 80 * 2**20  # bytes of a local Ray's object store: near the minimum, as results are files
LONGEST = 40  # characters of a path below which Ray's sockets fit
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS_SKIP_REGEX": "^",  # Ray reports lost workers on stdout; the engine has messages of its own
}
# Read when Ray is imported. Ray only listens on loopback where it assumes that there cannot be other nodes, as on a
# Mac; given the address 127.0.0.1 it uses that of the machine instead.
LOOPBACK = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "token"}
IMPATIENT = {"RAY_NUM_REDIS_GET_RETRIES": "1", "RAY_py_gcs_connect_timeout_s": f"{ANSWER:.0f}"}


def join(address: str | None) -> Path | None:
    """Connect this process to a Ray; without an address, start one and return its folder.

    Raises
    ------
    OSError
        If Ray is not installed, does not start, or does not answer.
    """
    if address not in (None, "auto"):
        require_answer(address)
    set_environment(address)
    try:
        import ray
    except ImportError as error:
        raise OSError("engine=ray needs ray: pip install 'biasvar[ray]'") from error
    folder = new_folder() if address is None else None
    keys = {"address": address} if folder is None else local_keys(folder)
    try:
        with kept_signals():
            ray.init(log_to_driver=False, logging_level=logging.CRITICAL, **keys)
    except Exception as error:  # Ray raises exceptions of any type
        leave(folder)
        where = "on this machine" if folder else f"at engine.address = {address}"
        raise OSError(f"engine=ray: no Ray {where}: {plain(str(error))}{token_hint(address)}") from error
    return folder


def token_hint(address: str | None) -> str:
    """Return a hint on authentication: to an explicit address, Ray only sends its token if configured to."""
    if address in (None, "auto") or "RAY_AUTH_MODE" in os.environ:
        return ""
    return " (does it ask for a token? then set RAY_AUTH_MODE=token, with the cluster's ~/.ray/auth_token here)"


def leave(folder: Path | None) -> None:
    """Disconnect, end this process's tasks, and remove the folder of a Ray that was started for it."""
    import ray
    from psutil import wait_procs  # a dependency of Ray

    agents = own_agents() if folder is not None else []
    ray.shutdown()
    # A raylet's agents look for their head for a minute if it ends before they do.
    for agent in wait_procs(agents, AGENTS_END)[1]:
        with suppress(Exception):  # it has just ended by itself
            agent.kill()
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def own_agents() -> list[Any]:
    """Return the processes started by the raylet of a Ray on this machine."""
    from psutil import NoSuchProcess, Process

    found: list[Any] = []
    for child in Process().children():
        with suppress(NoSuchProcess):
            found += child.children(recursive=True) if child.name() in ("raylet", "gcs_server") else []
    return found


def require_answer(address: str) -> None:
    """Raise for an invalid address, or one where nothing answers: Ray itself would retry for minutes."""
    host, _, port = address.rpartition(":")
    if not re.fullmatch(r"[^/:]+|\[[0-9a-fA-F:]+\]", host) or not re.fullmatch(r"[0-9]{1,5}", port):
        raise OSError(
            f"engine.address = {address} is not allowed: needs host:port of a Ray's head, auto (the Ray that this "
            "machine is a node of), or null (one on this machine)"
        )
    try:
        socket.create_connection((host.strip("[]"), int(port)), ANSWER).close()
    except (OSError, OverflowError) as error:
        raise OSError(f"engine.address = {address}: no Ray answers there ({error})") from error


def set_environment(address: str | None) -> None:
    """Set the environment variables of Ray, except those already set."""
    for name, value in (QUIET | (LOOPBACK if address is None else IMPATIENT)).items():
        os.environ.setdefault(name, value)
    if address is None:  # otherwise Ray would leave a secret in the home folder
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


def new_folder() -> Path:
    """Return a new folder that only this user can enter: Ray makes its own accessible to everyone."""
    short = len(tempfile.gettempdir()) <= LONGEST
    return Path(tempfile.mkdtemp(prefix="biasvar-ray-", dir=None if short else "/tmp"))


def local_keys(folder: Path) -> dict[str, object]:
    """Return the options for starting a local Ray."""
    return {
        "address": "local",
        "include_dashboard": False,
        "object_store_memory": STORE,
        "_temp_dir": str(folder / "ray"),
    }


@contextmanager
def kept_signals() -> Iterator[None]:
    """Restore this process's handling of SIGTERM, which Ray changes.

    The processes of a local Ray never receive it, nor Ctrl-C and the like.
    """
    handler = signal.getsignal(signal.SIGTERM)
    with signals_held_back():
        try:
            yield
        finally:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, handler)


def plain(text: str) -> str:
    """Return a text without Ray's colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).strip()
