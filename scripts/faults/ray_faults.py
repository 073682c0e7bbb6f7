"""A study on a Ray of two nodes, of which one is taken away while it is at a job."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from faults.clusters import Faults, at_work, shards, since_start, wait_until
from faults.record import committed
from faults.sweeps import finish, kill_process, start_sweep


@contextmanager
def ray_of_two_nodes() -> Iterator[Any]:
    """Start a Ray on loopback whose nodes run a job each; yield its cluster, and end it."""
    from biasvar.engines.ray_session import set_environment

    set_environment(None)  # what Ray reads while it is imported, here and in the sweeps that join
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
        yield cluster
    finally:
        cluster.shutdown()


def disturb_on_ray(study: tuple[str, ...], reference: Path, folder: Path, cluster: Any) -> Faults:
    """Take a node away once some shards are there and each node is at a job."""
    arguments = (*study, "engine=ray", f"engine.address={cluster.address}", "workers=2")
    log, faults = folder.with_suffix(".log"), Faults()
    sweep = start_sweep(arguments, folder, log)
    wait_until(lambda: shards(folder) >= 2 and at_work(since_start(folder, 1)) == 2, sweep, log)
    kept = committed(folder)
    lose(next(iter(cluster.worker_nodes)), cluster)
    faults.injected.append("node removed")
    finish(sweep, log)
    faults.hold_against(reference, folder, kept)
    return faults


def lose(node: Any, cluster: Any) -> None:
    """Take a node away as if its power had gone: no process of it does anything from one moment on."""
    [raylet] = node.all_processes["raylet"]
    workers = children_of(raylet.process.pid)
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)  # they would finish their jobs before they notice
    cluster.remove_node(node, allow_graceful=False)
    for pid in workers:
        kill_process(pid)


def children_of(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    stats = {int(path.name): path / "stat" for path in Path("/proc").glob("[0-9]*")}
    return [pid for pid, stat in stats.items() if parent_in(stat) == parent]


def parent_in(stat: Path) -> int:
    """Return the parent of a process, or 0 where it has ended meanwhile."""
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
