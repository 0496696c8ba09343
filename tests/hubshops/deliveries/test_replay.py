"""Whatever people tap, however their phones bundle it: one story, and the rows agree with it."""

import datetime as dt
import itertools
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.models import Delivery
from hubshops.deliveries.rules import Act, ActKind, replay
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from payouts.statements.queries.books import count_gaps
from tests.factories import MORNING, make_member, make_packages, make_shop

pytestmark = [pytest.mark.django_db, pytest.mark.long]

SAID = st.one_of(
    st.tuples(st.sampled_from(["receive", "load", "return"]), st.just(""), st.just("")),
    st.tuples(st.just("deliver"), st.sampled_from(["front_door", "neighbour", ""]), st.just("")),
    st.tuples(
        st.sampled_from(["attempt", "amend"]),
        st.just(""),
        st.sampled_from(["NOT_HOME", "REFUSED", "MISSING", "KEYING_ERROR", "NONSENSE", ""]),
    ),
    st.tuples(st.just("amend"), st.sampled_from(["mail_room", "safe_place"]), st.just("")),
)
STORY = st.lists(st.tuples(st.integers(0, 2), SAID, st.integers(0, 40)), min_size=1, max_size=14)
CUTS = st.lists(st.integers(0, 14), max_size=4)


def acts_of(story, packages, salt: str) -> list[Act]:
    """The story told about these packages; a number repeats the id of an earlier act."""
    acts: list[Act] = []
    for minute, (which, (kind, outcome, reason), again) in enumerate(story):
        if again < len(acts):
            acts.append(acts[again])
            continue
        acts.append(
            Act(
                id=uuid.uuid5(uuid.NAMESPACE_OID, f"{salt}{minute}"),
                act=ActKind(kind),
                tracking_id=packages[which].tracking_id,
                happened_at=MORNING + dt.timedelta(minutes=minute),
                outcome=outcome,
                reason=reason,
            )
        )
    return acts


def told(shop, by, batches: list[list[Act]]) -> list[tuple[str, str, str]]:
    answers = []
    for acts in batches:
        receipts = record_acts(shop=shop, by=by, acts=acts, at=MORNING + dt.timedelta(hours=1))
        answers += [(receipt.result, receipt.reason, receipt.message) for receipt in receipts]
    return answers


def ended(packages) -> list[tuple]:
    """All that became of packages, in words that don't depend on keys."""
    rows = []
    for package in Package.objects.filter(pk__in=[p.pk for p in packages]).order_by("pk"):
        places = {event.pk: n for n, event in enumerate(package.events.order_by("pk"))}
        events = [
            (e.kind, e.from_state, e.to_state, e.counted_at, e.outcome, places.get(e.amends_id))
            for e in package.events.order_by("pk")
        ]
        deliveries = [
            (d.outcome, d.delivered_at, places[d.event_id], places.get(d.voided_by_id))
            for d in package.deliveries.order_by("pk")
        ]
        rows.append((package.state, package.attempts, package.last_event_at, events, deliveries))
    return rows


@how(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STORY, CUTS)
def test_any_bundling_ends_like_one_act_at_a_time(transactionless_shop, story, cuts):
    shop, rosa = transactionless_shop
    one, other = (make_packages(3, shop=shop, state=State.MANIFESTED) for _ in "ab")
    slow = acts_of(story, one, uuid.uuid4().hex)
    fast = acts_of(story, other, uuid.uuid4().hex)
    edges = [0, *sorted({cut for cut in cuts if cut < len(fast)}), len(fast)]
    bundles = [fast[start:end] for start, end in itertools.pairwise(edges)]
    assert told(shop, rosa, [[act] for act in slow]) == told(shop, rosa, bundles)
    assert ended(one) == ended(other)
    for package in Package.objects.filter(pk__in=[p.pk for p in (*one, *other)]):
        agrees_with_its_events(package)
    assert count_gaps() == []


@pytest.fixture
def transactionless_shop(db):
    """One shop for all examples: every example has packages of its own."""
    shop = make_shop()
    return shop, make_member(shop)


def agrees_with_its_events(package: Package) -> None:
    """The row is what its events say, every event starts where the one before ended, and there is a
    standing delivery exactly when the package is delivered."""
    events = list(package.events.order_by("pk"))
    standing = replay(events)
    assert (standing.state, standing.attempts) == (package.state, package.attempts)
    for before, after in itertools.pairwise(events):
        assert after.from_state == before.to_state
    standing_deliveries = Delivery.objects.standing().filter(package=package)
    assert standing_deliveries.count() == (package.state == State.DELIVERED)
    zone = ZoneInfo(package.station.zone)
    for delivery in package.deliveries.all():
        assert delivery.delivered_on == delivery.delivered_at.astimezone(zone).date()
    assert package.attempts <= settings.MOST_ATTEMPTS or package.state != State.ATTEMPTED
    assert not PackageEvent.objects.filter(package=package, shop=None, kind="delivered").exists()
