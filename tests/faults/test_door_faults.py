"""Phones send while processes are killed and lines are bad: what was acknowledged is there, and
nothing is there twice. `make campaign` does the same with larger numbers."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid

import pytest

from kernel.embedded.postgres import Postgres
from tests.faults.door_process import RATE_CENTS
from tests.faults.phones import LATER, BadLine, Phone, act
from tests.faults.processes import (
    ROOT,
    environment,
    eventually,
    free_port,
    processes_of,
    started,
    var_folder,
)
from tests.faults.test_supervisor import command, is_ready

pytestmark = pytest.mark.fault
ROUNDS = int(os.environ.get("DOOR_ROUNDS", "1"))
PHONES, PACKAGES = 4, 24
SLOW = dt.timedelta(minutes=47)
AWAY = dt.timedelta(hours=8)


@pytest.fixture(scope="module")
def var():
    with var_folder() as var:
        yield var


@pytest.fixture(scope="module")
def port(var):
    """A whole portal, as `manage.py serve` runs it."""
    port = free_port()
    with started("manage.py", "serve", "--port", str(port), var=var) as (_supervisor, said):
        assert eventually(lambda: "Ready:" in said.read_text(), 300), said.read_text()
        yield port


def portal(var, *words: object) -> dict:
    """What `door_process` says."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.door_process", *map(str, words)],
        cwd=ROOT,
        env=environment(var),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def phones_of(made: dict, port: int, **fields) -> list[Phone]:
    """The phones of a shop, each with two acts a package to send."""
    return [
        Phone(
            port,
            one["session"],
            one["token"],
            [
                item
                for tracking_id in one["tracking_ids"]
                for item in (
                    act("load", tracking_id, now()),
                    act("deliver", tracking_id, now(), outcome="front_door"),
                )
            ],
            **fields,
        )
        for one in made["phones"]
    ]


def check(phones: list[Phone], found: dict) -> None:
    """Everything was acknowledged, each act is one event, each package one delivery and one fee."""
    acts = [item for phone in phones for item in phone.acts]
    assert not [item for phone in phones for item in phone.waiting]
    assert set.union(*(phone.results() for phone in phones)) <= {"recorded", "already_recorded"}
    assert sorted(event["act"] for event in found["events"]) == sorted(one["id"] for one in acts)
    delivered = sum(one["act"] == "deliver" for one in acts)
    assert found["deliveries"] == delivered == len(found["fees"])
    assert found["most_deliveries"] == found["most_fees"] == 1
    assert set(found["fees"]) == {RATE_CENTS}
    assert found["books"] is None


# --- (a) kill -9 ---------------------------------------------------------------------------------


def web_workers(var) -> list[int]:
    """The processes that answer, without the one that starts them."""
    web = [pid for pid in processes_of(var) if "-m granian " in command(pid)]
    parents = {parent_of(pid) for pid in web}
    return [pid for pid in web if pid not in parents]


def parent_of(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rpartition(")")[2].split()[1])


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_web_worker_and_database_are_killed_while_phones_send(var, port, turn):
    made = portal(var, "make_phones", f"Kill{turn}", PHONES, PACKAGES, 1)
    phones = phones_of(made, port, a_call=3)

    def acknowledged() -> int:
        return sum(len(phone.receipts) for phone in phones)

    threads = [threading.Thread(target=phone.send_all) for phone in phones]
    for thread in threads:
        thread.start()
    for wanted, victim in ((15, "web"), (60, "database"), (110, "both")):
        assert eventually(lambda wanted=wanted: acknowledged() >= wanted, 60)
        if victim in ("web", "both"):
            os.kill(web_workers(var)[0], signal.SIGKILL)
        if victim in ("database", "both"):
            os.kill(Postgres(var).pid(), signal.SIGKILL)
        before, killed_at = acknowledged(), time.monotonic()
        assert eventually(lambda before=before: acknowledged() > before, 60), victim
        sys.stdout.write(f"{victim}: back after {time.monotonic() - killed_at:.1f} s\n")
    for thread in threads:
        thread.join(180)
    assert eventually(lambda: is_ready(f"http://127.0.0.1:{port}"), 60)
    statuses = {one for phone in phones for one in phone.heard if isinstance(one, int)}
    assert statuses <= {200} | LATER, "nobody is told to give up"
    check(phones, portal(var, "look", made["shop"]))


# --- (b) a bad line ------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_third_of_all_calls_and_answers_is_lost(var, port, turn):
    made = portal(var, "make_phones", f"Line{turn}", 2, PACKAGES, 1)
    with BadLine(port, seed=turn) as line:
        phones = phones_of(made, line.port, a_call=4, pause=0.01)
        threads = [threading.Thread(target=phone.send_all) for phone in phones]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(180)
    assert line.cuts["answer"] and line.cuts["half"] and line.cuts["call"], line.cuts
    results = set.union(*(phone.results() for phone in phones))
    assert "already_recorded" in results, "an answer was lost after its acts were committed"
    check(phones, portal(var, "look", made["shop"]))


# --- (c) a long day without a signal --------------------------------------------------------------


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_slow_phone_comes_back_after_eight_hours_and_three_lives(var, port, tmp_path, turn):
    made = portal(var, "make_phones", f"Away{turn}", 1, 120, 9)
    [one] = made["phones"]
    storage, started_at = tmp_path / "phone.json", now() - AWAY
    for life in range(3):
        live(storage, life, one["tracking_ids"], started_at)
    kept = json.loads(storage.read_text())
    with BadLine(port, seed=turn) as line:
        phone = Phone(
            line.port,
            one["session"],
            one["token"],
            kept["acts"],
            a_call=10,
            pause=0.01,
            slow=SLOW,
            device=kept["device"],
        )
        phone.send_all()
    assert sum(line.cuts.values())
    found = portal(var, "look", made["shop"])
    check([phone], found)
    told = {item["id"]: item for item in phone.acts}
    for event in found["events"]:
        item = told[event["act"]]
        happened, counted, received = (
            dt.datetime.fromisoformat(event[name])
            for name in ("happened_at", "counted_at", "received_at")
        )
        assert happened == dt.datetime.fromisoformat(item["happened_at"]), "kept as told"
        assert abs(counted - happened - SLOW) < dt.timedelta(minutes=1), "counts as it was"
        assert received - started_at >= AWAY
        assert event["sequence"] == item["sequence"]
    states = sorted(found["states"].values())
    assert states == ["ATTEMPTED"] * 12 + ["DELIVERED"] * 108


def live(storage, life: int, tracking_ids: list[str], started_at: dt.datetime) -> None:
    """One life of the application: it finds what it kept, adds forty doors, and is killed."""
    kept = {"device": str(uuid.uuid4()), "acts": []}
    if storage.exists():
        kept = json.loads(storage.read_text())
    for number in range(40 * life, 40 * life + 40):
        at = started_at + number * AWAY / 120 - SLOW
        if number % 10 == 9:
            item = act("attempt", tracking_ids[number], at, reason="NOT_HOME")
        else:
            item = act("deliver", tracking_ids[number], at, outcome="front_door")
        kept["acts"].append(item | {"sequence": len(kept["acts"]) + 1})
    storage.write_text(json.dumps(kept))
