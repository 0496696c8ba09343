"""Two hundred phones send fifty acts each: spread over ten seconds, and all at once.

The server is the one that `manage.py serve` starts, with its two workers; the phones run on the
same machine, each with a session and a token of its own. Three of ten calls are sent again, as
after an answer that got lost.
"""

import contextlib
import dataclasses
import http.client
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string

from benchmarks.door_sync_50 import PACKAGES, act, numbers
from benchmarks.harness import Figure
from hubshops.deliveries.models import Delivery, Device
from hubshops.packages.models import PackageEvent
from hubshops.shops.models import MemberRole, Membership, Shop
from kernel import clock
from kernel.accounts.models import User
from kernel.embedded.management.commands.serve import programs
from kernel.embedded.postgres import Postgres
from kernel.embedded.valkey import Valkey
from tests.factories import MORNING, make_batch, make_shop

PHONES, ACTS, JITTER_S, AGAIN = 200, 50, 10.0, 0.3
SHOPS, PATIENCE_S = 20, 90
MOST_P95_MS, MOST_P99_MS, MOST_P95_AT_ONCE_MS = 300, 800, 2500
PORT = 8741


@dataclasses.dataclass
class Phone:
    """One phone: who works with it, and the acts it holds."""

    cookies: str
    token: str
    device: str
    items: list[dict[str, Any]]


@dataclasses.dataclass
class Heard:
    """What the phones heard: how long each answer took, and what was no receipt."""

    times_ms: list[float] = dataclasses.field(default_factory=list)
    results: Counter[str] = dataclasses.field(default_factory=Counter)
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def note(self, took_s: float, *results: str) -> None:
        """One answer."""
        with self.lock:
            self.times_ms.append(took_s * 1000)
            self.results.update(results)

    def percentile(self, percent: int) -> float:
        """The time within which so many of a hundred answers came."""
        return round(statistics.quantiles(self.times_ms, n=100)[percent - 1])


def measure() -> Figure:
    """The spread load is the figure; the storm after a mast comes back stands in the note."""
    shops = [make_shop(f"Shop {number}", daily_cap=10_000) for number in range(SHOPS)]
    people = people_of(shops)
    with served() as port:
        warm_up(phones_of(shops, people, 2), port)
        spread = send_all(phones_of(shops, people, ACTS), port, JITTER_S)
        storm = send_all(phones_of(shops, people, ACTS), port, 0)
    sent = PHONES * (2 * ACTS + 2)
    kept = PackageEvent.objects.filter(kind="delivered").count()
    doubled = PackageEvent.objects.filter(kind="delivered_again").count()
    doubled += Delivery.objects.count() - kept
    if sent != kept or doubled:
        raise SystemExit(f"{sent - kept} acts lost, {doubled} doubled")
    errors = [key for key in spread.results + storm.results if key.startswith(("error", "status"))]
    return Figure(
        name="door_load_200",
        unit="ms p95",
        ours=spread.percentile(95),
        limit=MOST_P95_MS,
        peers={},
        is_more_better=False,
        note=(
            f"200 phones × 50 acts within 10 s, 30 % sent again, {len(spread.times_ms)} calls:"
            f" p50 {spread.percentile(50):.0f}, p95 {spread.percentile(95):.0f}, p99"
            f" {spread.percentile(99):.0f} ms ({MOST_P99_MS} agreed); all at once:"
            f" p50 {storm.percentile(50):.0f}, p95 {storm.percentile(95):.0f} ms"
            f" ({MOST_P95_AT_ONCE_MS} agreed), {storm.results['later']} told to come later;"
            f" lost 0, doubled {doubled}, errors {errors or 0}; {Device.objects.count()} phones,"
            f" real sessions and tokens, 2 workers, phones on the same machine; limit: what was"
            f" agreed"
        ),
    )


def people_of(shops: list[Shop]) -> list[tuple[User, Shop]]:
    """A helper for each phone, ten a shop."""
    users = User.objects.bulk_create(
        User(email=f"phone{number}@shop.test", name=f"Phone {number}", password="!")
        for number in range(PHONES)
    )
    pairs = [(user, shops[number % SHOPS]) for number, user in enumerate(users)]
    Membership.objects.bulk_create(
        Membership(shop=shop, user=user, role=MemberRole.HELPER, started_at=MORNING)
        for user, shop in pairs
    )
    return pairs


def phones_of(shops: list[Shop], people: list[tuple[User, Shop]], acts: int) -> list[Phone]:
    """A phone for each person, with acts on packages that wait at her shop."""
    at, waiting = clock.now(), {}
    each = acts * PHONES // SHOPS
    for shop in shops:
        first = next(numbers) * 10_000
        day = clock.local_day(at, shop.zone)
        facts = {"station": shop.station_id, "day": day, "shop": shop.pk, "at": at}
        facts |= {"batch": make_batch(shop.station, day).pk}
        with connection.cursor() as cursor:
            cursor.execute(PACKAGES, facts | {"first": first, "last": first + each - 1})
        waiting[shop.pk] = iter(range(first, first + each))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [
        phone_of(user, [act(f"TBA{next(waiting[shop.pk]):09d}", at) for _ in range(acts)])
        for user, shop in people
    ]


def phone_of(user: User, items: list[dict[str, Any]]) -> Phone:
    """A phone that signed in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    token = _get_new_csrf_string()
    cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; csrftoken={token}"
    return Phone(cookies, token, str(uuid.uuid4()), items)


@contextlib.contextmanager
def served() -> Iterator[int]:
    """The web as `manage.py serve` starts it, on this figure's database."""
    Valkey(settings.VAR_DIR).ensure()
    place = f"{Postgres(settings.VAR_DIR).sockets}/{connection.settings_dict['NAME']}"
    web = next(child for child in programs(PORT) if child.name == "web")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
        "DATABASE_URL": f"postgres://hub@/{place}",
        "SECRET_KEY": settings.SECRET_KEY,
        "LOG_LEVEL": "WARNING",
    }
    server = subprocess.Popen(web.words, env=environment, stdout=sys.stderr, start_new_session=True)
    try:
        wait_until_live()
        yield PORT
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def wait_until_live() -> None:
    """Return once the server answers."""
    for _ in range(300):
        with contextlib.suppress(OSError):
            line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
            line.request("GET", "/healthz/live")
            if line.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise SystemExit("the server did not start")


def warm_up(phones: list[Phone], port: int) -> None:
    """Every worker has loaded what it needs, as on any morning."""
    heard = send_all(phones, port, 3)
    if heard.results["recorded"] < 2 * PHONES:
        raise SystemExit(f"not served: {heard.results}")


def send_all(phones: list[Phone], port: int, jitter_s: float) -> Heard:
    """All phones send what they hold, each at a moment of its own within the jitter."""
    heard, roll = Heard(), random.Random(4)
    start = threading.Barrier(len(phones))
    threads = [
        threading.Thread(
            target=send,
            args=(phone, port, heard, start, roll.random() * jitter_s, roll.random() < AGAIN),
        )
        for phone in phones
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return heard


def send(
    phone: Phone,
    port: int,
    heard: Heard,
    start: threading.Barrier,
    wait_s: float,
    again: bool,
) -> None:
    """One phone's call, and the same once more when its answer is said to be lost. *Later* is
    obeyed."""
    start.wait()
    time.sleep(wait_s)
    calls, gives_up_at = 2 if again else 1, time.monotonic() + PATIENCE_S
    while calls and time.monotonic() < gives_up_at:
        began = time.perf_counter()
        try:
            status, body, later_s = call(phone, port)
        except OSError as problem:
            heard.note(time.perf_counter() - began, f"error {type(problem).__name__}")
            return
        took = time.perf_counter() - began
        if status == 503 and later_s:
            heard.note(took, "later")
            time.sleep(float(later_s))
            continue
        if status != 200:
            heard.note(took, f"status {status}")
            return
        heard.note(took, *(one["result"] for one in json.loads(body)["receipts"]))
        calls -= 1


def call(phone: Phone, port: int) -> tuple[int, bytes, str | None]:
    """One call on a connection of its own: its status, what came, and when to come back."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    sent = {
        "protocol": 3,
        "device": phone.device,
        "name": "Android · Chrome",
        "sent_at": clock.now().isoformat(),
        "unsent": 0,
        "items": phone.items,
    }
    headers = {
        "Content-Type": "application/json",
        "Cookie": phone.cookies,
        "X-CSRFToken": phone.token,
    }
    line.request("POST", "/api/v1/door/sync", json.dumps(sent), headers)
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer.status, body, answer.headers["Retry-After"]
