"""The broker inside a checkout, on a real server of its own."""

import os
import stat

import pytest
import redis

from kernel.embedded.valkey import Valkey
from tests.faults.processes import var_folder

pytestmark = pytest.mark.fault


@pytest.fixture(params=["var", "my shop, and yours", "deep" * 30], ids=["plain", "odd", "long"])
def server(request):
    with var_folder(name=request.param) as var:
        yield Valkey(var)


def test_it_starts_when_needed_private_and_off_the_network(server):
    assert not server.is_running()
    server.ensure()
    client = redis.Redis(unix_socket_path=str(server.socket))
    assert client.config_get("port") == {"port": "0"}
    assert client.config_get("appendfsync") == {"appendfsync": "always"}
    assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(os.stat(server.socket).st_mode) == 0o700
    client.close()


def test_what_it_was_told_is_there_after_a_stop(server):
    server.ensure()
    first = server.pid()
    server.ensure()
    assert server.pid() == first
    with redis.Redis(unix_socket_path=str(server.socket)) as client:
        client.set("word", "kept")
    assert server.stop()
    assert not server.stop()
    server.ensure()
    with redis.Redis(unix_socket_path=str(server.socket)) as client:
        assert client.get("word") == b"kept"


def test_a_number_that_belongs_to_somebody_else_now_is_not_its_own(server):
    server.ensure()
    server.stop()
    (server.home / "valkey.pid").write_text(f"{os.getpid()}\n")
    assert not server.is_running()
    server.ensure()
    assert server.answers()
