"""What is said where there is no Ray: at once, and with what to do."""

import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from biasvar.engines.ray import Ray
from biasvar.engines.ray_session import token_hint
from tests.engines.jobs import work_in

CHECKOUT = Path(__file__).parents[2]


def refusal(tmp_path, **keys):
    """Return what is said of an engine that cannot start, and check that it leaves nothing."""
    with pytest.raises(OSError) as caught:
        Ray(**keys).start(work_in(tmp_path / "work"))
    assert list((tmp_path / "work").iterdir()) == []
    return str(caught.value)


def test_a_ray_that_is_not_installed_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert refusal(tmp_path) == "engine=ray needs ray: pip install 'biasvar[ray]'"


@pytest.mark.parametrize(
    "address", ["foo", "host:", ":6379", "host:port", "ray://host:10001", "http://host:80", "", "a b:c"]
)
def test_an_address_that_is_none_says_what_is_allowed(tmp_path, address):
    text = refusal(tmp_path, address=address)
    assert text.startswith(f"engine.address = {address} is not allowed: needs host:port of a Ray's head, auto")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_an_address_where_nobody_listens_is_refused_at_once(tmp_path, host):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert f"engine.address = {host}:{port}: no Ray answers there (" in refusal(tmp_path, address=f"{host}:{port}")


def test_a_port_that_is_too_large_is_refused(tmp_path):
    assert "no Ray answers there" in refusal(tmp_path, address="127.0.0.1:99999")


def test_gpus_are_a_fraction_or_whole(tmp_path):
    assert "engine.gpus = 1.5 is not allowed" in refusal(tmp_path, gpus=1.5)


def test_a_node_has_room_for_what_its_cores_and_gpus_allow():
    assert Ray(cpus=2).room({"CPU": 5.0}) == 2
    assert Ray(gpus=0.5).room({"CPU": 8.0, "GPU": 1.0}) == 2
    assert Ray(gpus=1.0).room({"CPU": 8.0}) == 0
    assert Ray().local and not Ray("auto").local


@pytest.mark.ray
@pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed: pip install 'biasvar[ray]'")
@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("address=sys.argv[1]", "engine=ray: no Ray at engine.address = 127.0.0.1:"),
        ("address='auto'", "engine=ray: no Ray at engine.address = auto: Could not find any running Ray instance"),
        ("cpus=100000", "engine=ray: this machine has no room for a job of engine.cpus = 100000 and engine.gpus = 0"),
    ],
)
def test_a_ray_that_cannot_be_used_is_refused_in_bounded_time(tmp_path, keys, words):
    script = (
        "import sys; from pathlib import Path; from biasvar.engines.ray import Ray; "
        "from tests.engines.jobs import work_in\n"
        f"try: Ray({keys}).start(work_in(Path(sys.argv[2])))\n"
        "except OSError as error: print(error)"
    )
    with socket.create_server(("127.0.0.1", 0)) as mute:  # takes connections, and never says a word
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        ended = subprocess.run(
            [sys.executable, "-c", script, address, str(tmp_path / "work")],
            cwd=CHECKOUT, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert ended.stdout.startswith(words) and "Traceback" not in ended.stderr and ended.returncode == 0


@pytest.mark.parametrize(
    ("address", "mode", "hinted"),
    [("127.0.0.1:6379", None, True), ("127.0.0.1:6379", "token", False), ("auto", None, False), (None, None, False)],
)
def test_an_address_that_refuses_is_told_with_the_token_that_it_may_ask_for(monkeypatch, address, mode, hinted):
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    if mode:
        monkeypatch.setenv("RAY_AUTH_MODE", mode)
    assert ("RAY_AUTH_MODE=token" in token_hint(address)) == hinted
