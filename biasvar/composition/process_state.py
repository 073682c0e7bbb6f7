"""What Hydra and OmegaConf keep for the whole process: borrowed for a while, and given back as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf
from omegaconf.basecontainer import BaseContainer

OUTSIDE = ("oc.env", "oc.deprecated", "now", "hydra", "python_version")  # resolvers that read something else
LOCK = RLock()


class ReadsOutside(Exception):
    """An interpolation asks for what is no key of the configuration."""


@contextmanager
def borrowed() -> Iterator[None]:
    """Take the one Hydra of the process, which another program or thread may be using, and its resolvers.

    No interpolation then reads the environment, whose secrets a study's files would keep, nor the clock.
    """
    with LOCK:
        hydra, resolvers = GlobalHydra.instance().hydra, dict(BaseContainer._resolvers)
        GlobalHydra.instance().hydra = None
        for name in OUTSIDE:
            OmegaConf.register_new_resolver(name, reader_of(name), replace=True)
        try:
            yield
        finally:
            GlobalHydra.instance().hydra = hydra
            BaseContainer._resolvers.clear()
            BaseContainer._resolvers.update(resolvers)


def reader_of(name: str) -> Any:
    """Return a resolver that refuses."""

    def refuse(*_: Any) -> None:
        raise ReadsOutside(name)

    return refuse
