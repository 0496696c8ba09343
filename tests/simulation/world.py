"""One network, one clock, one pair of dice, and the story of what happened."""

import contextlib
import datetime as dt
import hashlib
import itertools
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from hubshops.shops.models import Shop
from kernel import clock, failpoints
from kernel.accounts.models import User
from kernel.refusals import Refusal
from payouts.providers.actions import connect_shop, refresh_account
from payouts.rates.actions import agree_rate
from payouts.rates.models import RateKind
from tests import factories
from tests.factories import make_member, make_shop, make_station
from tests.payouts.helpers import make_olga, make_pavel
from tests.simulation.stripe import Stripe

ZONE = ZoneInfo("America/Chicago")
FIRST = dt.date(2026, 10, 19)  # a Monday; the clocks change on November 1


class Killed(BaseException):
    """A process ends here. No code of ours may catch it."""


class DeadlyOs:
    """`os` as `kernel.failpoints` sees it: a kill is raised, so that the next process can be us."""

    def __init__(self) -> None:
        self.environ: dict[str, str] = {}

    getpid = staticmethod(os.getpid)

    def kill(self, _pid: int, _signal: int) -> None:
        """Die."""
        raise Killed


def numbers_from_the_start() -> None:
    """Every series of keys begins where the migrations left it, so that a seed tells the same story
    after any other. Rolled back with everything else."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s.oid::regclass, d.refobjid::regclass, a.attname FROM pg_class s
            LEFT JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
                AND d.refclassid = 'pg_class'::regclass
            LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE s.relkind = 'S' AND s.relnamespace = 'public'::regnamespace ORDER BY 1
            """
        )
        for series, table, column in cursor.fetchall():
            last = 0
            if table:
                cursor.execute(f'SELECT coalesce(max("{column}"), 0) FROM {table}')
                last = cursor.fetchone()[0]
            cursor.execute(f"ALTER SEQUENCE {series} RESTART WITH {last + 1}")


@dataclass
class World:
    """What all parts of the month share."""

    seed: int
    stripe: Stripe
    dice: random.Random = field(init=False)
    at: dt.datetime = field(init=False)
    shops: list[Shop] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)
    deadly: DeadlyOs = field(default_factory=DeadlyOs)
    kills: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        factories.numbers = itertools.count(1)
        failpoints.os = self.deadly
        numbers_from_the_start()
        self.it_is(FIRST, 0)
        self.stripe.begin(self.dice, self.at)
        self.found_network()
        self.stripe.faults.share = 0.2

    # --- Time --------------------------------------------------------------------------------

    def it_is(self, day: dt.date, hour: float) -> None:
        """Set the one clock: ours, Stripe's, and that of views."""
        start = clock.day_start(day, str(ZONE)).astimezone(dt.UTC)
        self.at = start + dt.timedelta(hours=hour)
        self.stripe.it_is(self.at)

    def later(self, minutes: float) -> None:
        """Some minutes go by."""
        self.at += dt.timedelta(minutes=minutes)
        self.stripe.it_is(self.at)

    @property
    def today(self) -> dt.date:
        """The day it is."""
        return clock.local_day(self.at, str(ZONE))

    # --- The story ---------------------------------------------------------------------------

    def note(self, *words: object) -> None:
        """One line of the story; the same seed tells the same one."""
        line = f"{self.at.astimezone(ZONE):%m-%d %H:%M} {' '.join(map(str, words))}"
        self.story.append(line)
        self.digest.update(line.encode())

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases."""
        return self.dice.random() < share

    def do(self, name: str, action: Callable[[], Any], *places: str, kill: float = 0.25) -> Any:
        """What an action answers, after its process was killed at one of these places, maybe, and
        the next one asked again. None when it was refused, which changes nothing."""
        if places and self.chance(kill):
            place = f"{self.dice.choice(places)}:{self.dice.choice((1, 1, 2))}"
            with self.death_at(place), contextlib.suppress(Refusal):
                action()
        try:
            answer = action()
        except Refusal as no:
            self.note(name, "refused:", no.code)
            return None
        self.note(name, answer if isinstance(answer, int | str | tuple) else "")
        return answer

    @contextlib.contextmanager
    def death_at(self, place: str) -> Iterator[None]:
        """Whoever comes by this failpoint dies there."""
        self.deadly.environ["FAILPOINT"] = place
        failpoints.seen.clear()
        try:
            yield
        except Killed:
            self.kills += 1
            self.note("killed at", place)
        finally:
            self.deadly.environ.clear()

    # --- The beginning -----------------------------------------------------------------------

    def found_network(self) -> None:
        """Stations, shops with their people and fees, and how each is paid."""
        self.olga, self.pavel = make_olga(), make_pavel()
        self.station = make_station()
        self.stations = [self.station]
        if self.chance(0.4):
            self.stations.append(make_station("DEN", name="Denver", zone="America/Denver"))
        if self.chance(0.4):  # one with which no fee is agreed yet
            self.stations.append(make_station("NEW", name="Newton"))
        many = self.seed % 5 == 0
        count = self.dice.randint(22, 50) if many else self.dice.randint(5, 12)
        for number in range(count):
            self.open_shop(number, self.stations[number % len(self.stations)])
        for station in self.stations:
            if station.code != "NEW":
                self.agree(station=station, cents=self.dice.randint(120, 220))
        tomorrow = FIRST + dt.timedelta(days=1)
        agree_rate(
            station=self.station,
            kind=RateKind.OVER_CAP,
            amount_cents=75,
            first_day=tomorrow,
            at=self.at,
        )
        self.note("opened", count, "shops")

    def open_shop(self, number: int, station) -> None:
        """One live shop: small cap, asked for more now and then, most of them paid by Stripe."""
        dice = self.dice
        shop = make_shop(
            f"Shop {number}",
            station=station,
            daily_cap=dice.randint(2, 4),
            takes_overflow=dice.random() < 0.8,
            latitude=station.latitude + dice.uniform(-0.01, 0.01),
            longitude=station.longitude + dice.uniform(-0.01, 0.01),
        )
        make_member(shop, "Rosa", email=f"rosa{number}@shop.test")
        make_member(shop, "Sam", "helper", email=f"sam{number}@shop.test")
        self.shops.append(shop)
        if station.code != "NEW" and dice.random() < 0.25:
            self.agree(shop=shop, cents=dice.randint(150, 260))
        if dice.random() < 0.75:
            account = connect_shop(shop=shop, by=None, at=self.at)
            self.stripe.wish("onboard", account=account.provider_reference)
            refresh_account(reference=account.provider_reference, at=self.at)

    def agree(self, *, cents: int, **card: Any) -> Any:
        """A plain fee: from the beginning when it is the first one, else from tomorrow."""
        first_day = self.today + dt.timedelta(days=1)
        return self.do(
            "agree_rate",
            lambda: agree_rate(
                amount_cents=cents, first_day=first_day, at=self.at, by=self.olga, **card
            )[1],
        )

    def people_of(self, shop: Shop) -> list[User]:
        """Rosa and Sam."""
        members = shop.memberships.select_related("user").order_by("pk")
        return [one.user for one in members]
