"""`kill -9` of the database or the broker: everything that was acknowledged is there again."""

import os
import signal
import threading
import time

import psycopg
import pytest
import redis

from kernel.embedded.postgres import USER, Postgres
from kernel.embedded.valkey import Valkey
from tests.faults.processes import var_folder

pytestmark = pytest.mark.fault
KILLS = 3


@pytest.fixture
def var():
    with var_folder() as var:
        yield var


class Writer(threading.Thread):
    """Writes numbers one by one and remembers those it was told are safe."""

    def __init__(self, write):
        super().__init__(daemon=True)
        self.write = write
        self.acknowledged = []
        self.stop = threading.Event()

    def run(self):
        number = 0
        while not self.stop.is_set():
            number += 1
            try:
                self.write(number)
            except (psycopg.Error, redis.RedisError, OSError):
                time.sleep(0.01)
            else:
                self.acknowledged.append(number)


def kill_thrice(server, write):
    """The numbers acknowledged while the server was killed and brought back three times."""
    writer = Writer(write)
    writer.start()
    for turn in range(KILLS):
        wanted = len(writer.acknowledged) + 50
        while len(writer.acknowledged) < wanted:
            time.sleep(0.01)
        os.kill(server.pid(), signal.SIGKILL)
        server.ensure()
        assert server.is_running(), turn
    writer.stop.set()
    writer.join(10)
    assert len(writer.acknowledged) >= 50 * KILLS
    return writer.acknowledged


def test_a_killed_database_keeps_every_acknowledged_row(var):
    server = Postgres(var)
    server.ensure(database="hub")
    host = str(server.sockets)
    line = {}

    def connect():
        return psycopg.connect(
            host=host, user=USER, dbname="hub", autocommit=True, connect_timeout=2
        )

    def write(number):
        if "open" not in line or line["open"].broken:
            line["open"] = connect()
        line["open"].execute("INSERT INTO fact VALUES (%s)", [number])

    with connect() as first:
        first.execute("CREATE TABLE fact (number int PRIMARY KEY)")
    acknowledged = kill_thrice(server, write)
    with connect() as last:
        kept = {number for (number,) in last.execute("SELECT number FROM fact")}
    assert set(acknowledged) <= kept


def test_a_killed_broker_keeps_every_acknowledged_message(var):
    server = Valkey(var)
    server.ensure()
    client = redis.Redis(unix_socket_path=str(server.socket), socket_timeout=2)
    acknowledged = kill_thrice(server, lambda number: client.rpush("queue", number))
    kept = {int(number) for number in client.lrange("queue", 0, -1)}
    assert set(acknowledged) <= kept
    client.close()
