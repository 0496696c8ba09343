"""Packages come, are given to shops, and go to doors; phones tell of it as phones do."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from hubshops.assignment.actions import answer_overflow, lapse_offers, offer_overflow, plan_day
from hubshops.assignment.models import OverflowOffer
from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.rules import Act, ActKind, Phone, Receipt, Result
from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package
from hubshops.packages.rules import EventKind, Move, State
from hubshops.shops.models import Shop
from kernel.accounts.models import User
from tests.factories import make_packages
from tests.simulation.world import Killed, World

OUTCOMES = ("front_door", "neighbour", "handed_to_resident", "safe_place")
AT_SHOPS = [State.AT_SHOP, State.OUT_FOR_DELIVERY, State.ATTEMPTED, State.RETURN_PENDING]


@dataclass
class Handset:
    """A phone in somebody's hand: what it holds until a receipt comes, and how wrong its clock
    is."""

    shop: Shop
    person: User
    key: uuid.UUID
    ahead: dt.timedelta
    tells_clock: bool
    held: list[Act] = field(default_factory=list)
    acts: int = 0
    dead_days: int = 0


class Doors:
    """All that happens between the feed and the doors."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.heard: set[uuid.UUID] = set()  # acts for which a phone has a receipt
        self.phones = {
            shop.pk: [self.handset(shop, person) for person in world.people_of(shop)]
            for shop in world.shops
        }

    def new_id(self) -> uuid.UUID:
        """An id as a phone draws it."""
        return uuid.UUID(int=self.world.dice.getrandbits(128), version=4)

    def handset(self, shop: Shop, person: User) -> Handset:
        """A phone; one in eight has a wrong clock."""
        dice = self.world.dice
        hours = dice.choice((-30, -3, 2, 26)) if dice.random() < 0.12 else 0
        ahead = dt.timedelta(hours=hours)
        return Handset(shop, person, self.new_id(), ahead, tells_clock=dice.random() < 0.8)

    # --- Morning -----------------------------------------------------------------------------

    def plan(self) -> None:
        """The feed of each station comes, shops are asked for more, the day is planned."""
        world = self.world
        for station in world.stations:
            count = world.dice.randint(2, 9) if world.dice.random() < 0.85 else 0
            if not count:
                continue
            make_packages(count, station=station, day=world.today, at=world.at)
            for _turn in range(2):
                plan = plan_day(station=station, service_day=world.today, at=world.at)
                if not plan.unplaced or not self.ask_for_more(station):
                    break
            world.note(station.code, count, "packages,", len(plan.unplaced), "left over")
        lapse_offers(at=world.at)

    def ask_for_more(self, station) -> int:
        """Shops are asked beyond their cap; how many said yes."""
        world, yes = self.world, 0
        for shop in [one for one in world.shops if one.station_id == station.pk][:4]:
            extra = world.dice.randint(1, 2)
            world.do(
                "offer",
                lambda shop=shop, extra=extra: (
                    offer_overflow(
                        shop=shop, service_day=world.today, extra=extra, at=world.at, by=world.olga
                    ).extra
                ),
            )
        for offer in OverflowOffer.objects.filter(
            service_day=world.today, answer="", shop__station=station
        ).order_by("pk"):
            if world.chance(0.75):
                is_yes = world.chance(0.7)
                rosa = self.phones[offer.shop_id][0].person
                answer_overflow(
                    shop=offer.shop, offer_id=offer.pk, is_yes=is_yes, at=world.at, by=rosa
                )
                yes += is_yes
        return yes

    def drop(self) -> None:
        """The van has been at every shop."""
        packages = Package.objects.filter(state=State.ASSIGNED, service_day=self.world.today)
        moves = [
            Move(
                package_id=one.pk,
                kind=EventKind.MANIFESTED,
                to_state=State.MANIFESTED,
                shop_id=one.shop_id,
                happened_at=self.world.at,
            )
            for one in packages.order_by("pk").select_for_update()
        ]
        move_custody(moves=moves, at=self.world.at)

    # --- The day -----------------------------------------------------------------------------

    def deliver(self) -> None:
        """Every shop with packages works on them; in the evening phones tell, or don't."""
        world = self.world
        todo = Package.objects.filter(state__in=[State.MANIFESTED, *AT_SHOPS])
        by_shop: dict[int, list[Package]] = {}
        for package in todo.order_by("pk"):
            if package.state == State.MANIFESTED or world.chance(0.6):
                by_shop.setdefault(package.shop_id, []).append(package)
        for shop in world.shops:
            self.work(self.phones[shop.pk], by_shop.get(shop.pk, []))
            for phone in self.phones[shop.pk]:
                self.tell(phone)

    def work(self, phones: Sequence[Handset], packages: list[Package]) -> None:
        """One shop's day: most of it on one phone, some things told by both."""
        dice = self.world.dice
        sam = phones[dice.random() < 0.6]
        other = phones[0] if sam is phones[1] else phones[1]
        for minute, package in enumerate(packages):
            if package.state == State.MANIFESTED:
                self.act(sam, ActKind.RECEIVE, package, minute)
                if dice.random() < 0.05:
                    self.act(other, ActKind.RECEIVE, package, minute + 1)
            if package.state == State.RETURN_PENDING:
                self.act(sam, ActKind.RETURN, package, minute)
                continue
            self.at_the_door(sam, other, package, 60 + 7 * minute)
        self.correct(sam)

    def at_the_door(self, sam: Handset, other: Handset, package: Package, minute: int) -> None:
        """Delivered, tried, or left on the shelf; sometimes both phones say so, or one twice."""
        dice, fate = self.world.dice, self.world.dice.random()
        if fate < 0.08:
            return
        if fate < 0.2:
            self.act(sam, ActKind.ATTEMPT, package, minute, reason="NOT_HOME")
        else:
            self.act(sam, ActKind.DELIVER, package, minute, outcome=dice.choice(OUTCOMES))
        if dice.random() < 0.08:  # the same thing once more, as a new act
            self.act(sam, ActKind.DELIVER, package, minute + 1, outcome="front_door")
        if dice.random() < 0.08:  # the other phone claims it, too
            shift = dice.choice((-20, 3))
            self.act(other, ActKind.DELIVER, package, minute + shift, outcome="front_door")

    def correct(self, phone: Handset) -> None:
        """Something of the last days was not so."""
        dice = self.world.dice
        if dice.random() < 0.75:
            return
        known = Package.objects.filter(shop=phone.shop, state=State.DELIVERED)
        package = known.order_by("-pk")[: dice.randint(1, 12)]
        for one in list(package)[-1:]:
            said = dice.choice(
                ({"reason": "KEYING_ERROR"}, {"reason": "NOT_HOME"}, {"outcome": "neighbour"})
            )
            self.act(phone, ActKind.AMEND, one, 300, **said)

    def act(
        self, phone: Handset, kind: ActKind, package: Package, minute: int, **said: str
    ) -> None:
        """One act on a phone, by its own clock."""
        phone.acts += 1
        happened_at = self.world.at + dt.timedelta(minutes=minute) + phone.ahead
        phone.held.append(
            Act(
                self.new_id(),
                kind,
                package.tracking_id,
                happened_at,
                sequence=phone.acts,
                **said,
            )
        )

    # --- Evening: phones tell ----------------------------------------------------------------

    def tell(self, phone: Handset) -> None:
        """A phone sends what it holds, unless it is dead; what it gets no answer for it keeps."""
        dice = self.world.dice
        if phone.dead_days:
            phone.dead_days -= 1
            return
        if not phone.held:
            return
        if dice.random() < 0.07:
            phone.dead_days = dice.randint(1, 3)
            return
        fate = dice.random()
        if fate < 0.06:
            self.killed_call(phone)
            return
        self.send(phone, is_heard=fate > 0.14)
        if fate > 0.94:
            self.send(phone, is_heard=True)

    def send(self, phone: Handset, *, is_heard: bool) -> list[Receipt]:
        """One call. An answer that is lost leaves everything on the phone, for another time."""
        world, acts = self.world, list(phone.held)
        if not acts:
            return []
        at = world.at + dt.timedelta(hours=11)
        sent_at = at + phone.ahead if phone.tells_clock else None
        receipts = record_acts(
            shop=phone.shop,
            by=phone.person,
            acts=acts,
            at=at,
            phone=Phone(phone.key, phone.person.name, sent_at=sent_at),
        )
        assert len(receipts) == len(acts)
        world.note(phone.shop.slug, phone.person.name, [str(one.result) for one in receipts])
        if is_heard:
            self.heard |= {
                act.id
                for act, one in zip(acts, receipts, strict=True)
                if one.result != Result.REFUSED
            }
            phone.held.clear()
        return receipts

    def killed_call(self, phone: Handset) -> None:
        """Our process dies before it can commit what the phone told."""
        try:
            with transaction.atomic():
                self.send(phone, is_heard=False)
                raise Killed
        except Killed:
            self.world.note("killed while recording acts")
