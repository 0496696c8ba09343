"""Thirty days, an evening's check after each, and what comes due afterwards."""

import datetime as dt
import itertools

from django.db import transaction

from hubshops.packages.models import Package
from payouts.adjustments.actions import end_holds, settle_disputes
from payouts.ledger.models import Entry
from payouts.payruns.models import Transfer
from tests.simulation.door import Doors
from tests.simulation.office import Office
from tests.simulation.payday import Payday
from tests.simulation.promises import check_promises
from tests.simulation.stripe import Stripe
from tests.simulation.world import FIRST, World

DAYS = 30
AFTERWARDS = 40  # days on which the last objections and holds have run out


class Broken(AssertionError):
    """A promise was broken: which, on which day, after what, and how to see it again."""


class Month:
    """One seed's month."""

    def __init__(self, seed: int, stripe: Stripe) -> None:
        self.seed = seed
        self.world = World(seed, stripe)
        self.doors, self.office = Doors(self.world), Office(self.world)
        self.payday = Payday(self.world)

    def live(self, days: int = DAYS) -> str:
        """All days; the digest of the story."""
        for number in range(days):
            self.guarded(FIRST + dt.timedelta(days=number), self.day)
        self.guarded(FIRST + dt.timedelta(days=days + AFTERWARDS), self.afterwards)
        return self.digest()

    def guarded(self, day: dt.date, live) -> None:
        """One day; what breaks is told with the last lines of the story."""
        try:
            live(day)
        except Exception as problem:
            last = "\n  ".join(self.world.story[-30:])
            words = f"{type(problem).__name__}: {problem}"
            raise Broken(
                f"seed {self.seed}, {day}: {words}\n  {last}\nAgain: make simulate SEED={self.seed}"
            ) from problem

    def day(self, day: dt.date) -> None:
        """From the feed to the check of the books."""
        world = self.world
        world.it_is(day, 4)
        self.payday.let_go_on()
        self.doors.plan()
        world.it_is(day, 6.5)
        self.doors.drop()
        world.it_is(day, 9)
        self.doors.deliver()
        world.it_is(day, 20.25)
        self.payday.sweep()
        self.office.work()
        if day.isoweekday() == 1:
            self.payday.weekly()
        self.payday.send_all()
        world.it_is(day, 23.75)
        self.payday.night()
        check_promises(world, self.doors, self.office, self.payday)

    def afterwards(self, day: dt.date) -> None:
        """Everything that waits comes to its end: silence grants, holds run out, all is paid."""
        world = self.world
        world.stripe.faults.share = 0.0
        world.it_is(day, 20)
        self.payday.let_go_on()
        for account in self.office.restricted:
            world.stripe.wish("capability", account=account, status="active")
        self.office.agree_new_station()
        world.do("settle_disputes", lambda: settle_disputes(at=world.at))
        world.do("end_holds", lambda: end_holds(at=world.at))
        self.payday.night()
        self.payday.let_go_on()
        self.payday.weekly()
        self.payday.send_all()
        world.it_is(day + dt.timedelta(days=1), 23)
        self.payday.night()
        check_promises(world, self.doors, self.office, self.payday)

    def digest(self) -> str:
        """The story, and where packages, transfers and books ended, as one number."""
        entries = Entry.objects.order_by("pk").values_list(
            "source_type", "source_key", "shop_id", "booked_on", "postings__amount_cents"
        )
        transfers = Transfer.objects.order_by("pk").values_list("key", "status", "amount_cents")
        packages = Package.objects.order_by("pk").values_list("tracking_id", "state", "shop_id")
        for row in itertools.chain(entries, transfers, packages):
            self.world.digest.update(repr(row).encode())
        return self.world.digest.hexdigest()


class Rollback(Exception):
    """Takes a whole month back."""


def live_once(seed: int, stripe: Stripe, days: int = DAYS) -> Month:
    """One seed's month, of which nothing stays but its story."""
    month = None
    try:
        with transaction.atomic():
            month = Month(seed, stripe)
            month.told = month.live(days)
            raise Rollback
    except Rollback:
        pass
    return month
