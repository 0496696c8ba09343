"""What phones told that does not fit together: kept, never by silence."""

import datetime as dt
import uuid

import pytest
from django.db import connection

from hubshops.deliveries import queries
from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.models import Conflict, Delivery, Device, Proof, ProofKind, StrayAct
from hubshops.deliveries.rules import Act, ActKind, Phone, replay
from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import EventKind, Move, State
from hubshops.shops.models import Membership
from kernel.audit.models import Decision
from payouts.statements.queries.books import count_gaps
from tests.factories import MORNING, make_member, make_package, make_packages, make_shop

pytestmark = pytest.mark.django_db
NOON = MORNING + dt.timedelta(hours=3)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def sam(shop):
    return make_member(shop, "Sam", "helper")


@pytest.fixture
def ana(shop):
    return make_member(shop, "Ana", "helper")


def act(kind: str, package: Package | str, minutes: int = 0, **facts: object) -> Act:
    tracking_id = package if isinstance(package, str) else package.tracking_id
    words = {"deliver": {"outcome": "front_door"}, "attempt": {"reason": "NOT_HOME"}}
    facts = {"id": uuid.uuid4(), **words.get(kind, {})} | facts
    moment = NOON + minutes * MINUTE
    return Act(act=ActKind(kind), tracking_id=tracking_id, happened_at=moment, **facts)


def send(shop, by, *acts: Act, at=NOON + 60 * MINUTE, phone=None):
    phone = phone or Phone(key=uuid.uuid5(uuid.NAMESPACE_OID, str(by.pk)), protocol=3)
    return record_acts(shop=shop, by=by, acts=acts, at=at, phone=phone)


def said(receipts) -> list[tuple[str, str]]:
    return [(receipt.result, receipt.reason) for receipt in receipts]


def is_whole() -> None:
    """Rows and events tell one story, and at most one delivery stands."""
    for package in Package.objects.all():
        standing = replay(package.events.order_by("pk"))
        assert (standing.state, standing.attempts) == (package.state, package.attempts)
        count = Delivery.objects.standing().filter(package=package).count()
        assert count == (package.state == State.DELIVERED)
    assert count_gaps() == []


# --- Two phones at one door ----------------------------------------------------------------------


def test_two_people_deliver_one_package(shop, sam, ana):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    send(shop, sam, act("deliver", package))
    assert said(send(shop, ana, act("deliver", package, 5))) == [("recorded", "delivered_again")]
    conflict = Conflict.objects.get()
    assert (conflict.kind, conflict.package, conflict.shop) == ("delivered_again", package, shop)
    assert (conflict.stands.kind, conflict.contradicts.kind) == ("delivered", "delivered_again")
    assert Delivery.objects.get().event == conflict.stands
    is_whole()


def test_a_second_tap_on_one_phone_is_no_conflict(shop, sam):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    send(shop, sam, act("deliver", package), act("deliver", package, 1))
    assert not Conflict.objects.exists()


def test_one_person_with_two_phones_is_a_conflict(shop, sam):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    for _ in range(2):
        send(shop, sam, act("deliver", package), phone=Phone(key=uuid.uuid4(), protocol=3))
    assert Conflict.objects.count() == 1


def test_a_try_that_came_late_is_kept_beside_the_delivery(shop, sam, ana):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    send(shop, sam, act("deliver", package))
    early = act("attempt", package, -30)
    first = send(shop, ana, early)
    assert said(first) == [("recorded", "attempted_too")]
    event = PackageEvent.objects.get(kind="attempted_too")
    assert (event.reason, event.to_state, event.by) == ("NOT_HOME", State.DELIVERED, ana)
    assert event.amends.kind == "delivered"
    again = send(shop, ana, early)
    assert said(again) == [("already_recorded", "attempted_too")]
    assert again[0].message == first[0].message
    assert not Conflict.objects.exists()
    is_whole()


def test_a_try_after_anothers_delivery_is_a_conflict_and_the_delivery_stands(shop, sam, ana):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    send(shop, sam, act("deliver", package))
    send(shop, ana, act("attempt", package, 10))
    conflict = Conflict.objects.get()
    assert (conflict.kind, conflict.stands.kind) == ("attempted_too", "delivered")
    assert conflict.contradicts.kind == "attempted_too"
    is_whole()


@pytest.mark.parametrize("reason", ["NOT_HOME", "REFUSED", "MISSING"])
def test_a_delivery_before_anothers_recorded_try_is_taken_and_a_conflict(shop, sam, ana, reason):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    send(shop, ana, act("attempt", package, 10, reason=reason))
    assert said(send(shop, sam, act("deliver", package))) == [("recorded", "")]
    conflict = Conflict.objects.get()
    assert (conflict.stands.kind, conflict.contradicts.kind) == ("delivered", "attempted")
    assert Delivery.objects.get().delivered_at == NOON
    is_whole()


def test_a_delivery_after_a_try_is_what_it_is(shop, sam, ana):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    send(shop, ana, act("attempt", package, -10))
    send(shop, sam, act("load", package, -5), act("deliver", package))
    assert not Conflict.objects.exists()


def test_a_try_that_was_taken_back_contradicts_nothing(shop, sam, ana):
    package = make_package(shop=shop, state=State.ATTEMPTED)
    send(shop, ana, act("attempt", package, 10))
    send(shop, ana, act("amend", package, 11, reason="KEYING_ERROR"))
    send(shop, sam, act("deliver", package))
    assert not Conflict.objects.exists()
    is_whole()


def test_both_orders_in_one_call_by_two_people(shop, sam, ana):
    one, two = make_packages(2, shop=shop, state=State.OUT_FOR_DELIVERY)
    send(
        shop,
        sam,
        act("deliver", one),
        act("attempt", one, 5, by_id=ana.pk),
        act("attempt", two, 5, by_id=ana.pk),
        act("deliver", two),
    )
    assert Conflict.objects.count() == 2
    for conflict in Conflict.objects.all():
        assert conflict.stands.kind == "delivered"
        assert conflict.stands.package_id == conflict.contradicts.package_id == conflict.package_id
    is_whole()


def test_who_corrects_her_own_late_word_leaves_anothers_delivery_alone(shop, sam, ana):
    one, two = make_packages(2, shop=shop, state=State.OUT_FOR_DELIVERY)
    send(shop, sam, act("deliver", one), act("deliver", two))
    send(shop, ana, act("attempt", one, 5), act("amend", one, 6, reason="KEYING_ERROR"))
    send(shop, ana, act("deliver", two, 5))
    send(shop, ana, act("amend", two, 6, reason="KEYING_ERROR"))
    assert Delivery.objects.standing().count() == 2
    for amendment in PackageEvent.objects.filter(kind="amended"):
        assert amendment.amends.kind in ("attempted_too", "delivered_again")
    is_whole()
    hour_later = NOON + 120 * MINUTE
    assert Conflict.objects.count() == 2
    assert not queries.undecided_conflicts(at=hour_later).exists()
    send(shop, sam, act("amend", one, 9, outcome="neighbour"))
    assert Delivery.objects.get(package=one).outcome == "neighbour"
    is_whole()


# --- What decides a conflict ---------------------------------------------------------------------


@pytest.fixture
def conflict(shop, sam, ana):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    send(shop, sam, act("deliver", package, proof=uuid.uuid4()))
    send(shop, ana, act("attempt", package, 10))
    return Conflict.objects.get()


def proof(shop, by, act_id: uuid.UUID, kind: str = ProofKind.PHOTO, **facts) -> None:
    picture = {"fingerprint": "f" * 64, "file": "x", "width": 1, "height": 1, "size": 1}
    facts = (picture if kind != ProofKind.CODE else {}) | facts
    Proof.objects.create(shop=shop, act_id=act_id, kind=kind, by=by, received_at=NOON, **facts)


def undecided(minutes: int = 90) -> list[Conflict]:
    return list(queries.undecided_conflicts(at=NOON + minutes * MINUTE))


def test_a_conflict_waits_half_an_hour_for_photos(conflict):
    assert undecided(89) == []
    assert undecided(90) == [conflict]


def test_a_conflict_comes_with_package_and_shop_in_one_query(conflict, django_assert_num_queries):
    with django_assert_num_queries(1):
        [found] = undecided()
        assert found.package.tracking_id
        assert found.shop.name


@pytest.mark.parametrize("kind", [ProofKind.PHOTO, ProofKind.SIGNATURE])
def test_a_picture_of_the_delivery_decides(conflict, shop, sam, kind):
    proof(shop, sam, conflict.stands.act_id, kind)
    assert undecided() == []


def test_a_photo_shared_by_a_door_decides(conflict, shop, sam):
    proof(shop, sam, conflict.stands.proof_id)
    assert undecided() == []


def test_a_right_code_decides_and_a_wrong_one_does_not(conflict, shop, sam):
    proof(shop, sam, conflict.stands.act_id, ProofKind.CODE, is_good=False, said="1")
    assert undecided() == [conflict]
    proof(shop, sam, conflict.stands.proof_id, ProofKind.CODE, is_good=True, said="2")
    assert undecided() == []


def test_a_photo_of_the_try_and_one_of_another_shop_decide_nothing(conflict, shop, ana):
    proof(shop, ana, conflict.contradicts.act_id)
    proof(make_shop("Zed's Florist"), ana, conflict.stands.act_id)
    assert undecided() == [conflict]


def test_a_photo_of_either_delivery_decides_between_two(shop, sam, ana):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    send(shop, sam, act("deliver", package))
    send(shop, ana, act("deliver", package))
    assert len(undecided()) == 1
    proof(shop, ana, PackageEvent.objects.get(kind="delivered_again").act_id)
    assert undecided() == []
    send(shop, sam, act("amend", package, 20, reason="KEYING_ERROR"))
    assert len(undecided()) == 1, "nothing stands any more, so somebody has to look"


def test_a_right_and_a_wrong_code_are_kept_with_their_acts(shop, sam):
    one, two = make_packages(2, shop=shop, state=State.OUT_FOR_DELIVERY)
    right, wrong = queries.recipient_code(one), "000000"
    acts = [act("deliver", one, code=right), act("deliver", two, code=wrong)]
    send(shop, sam, *acts)
    send(shop, sam, *acts)
    kept = Proof.objects.order_by("pk").values_list("act_id", "kind", "said", "is_good", "by")
    assert list(kept) == [
        (acts[0].id, "code", right, True, sam.pk),
        (acts[1].id, "code", wrong, False, sam.pk),
    ]


def test_a_code_sent_under_an_earlier_secret_is_right(shop, sam, settings):
    package = make_package(shop=shop, state=State.OUT_FOR_DELIVERY)
    code = queries.recipient_code(package)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60
    assert queries.recipient_code(package) != code
    send(shop, sam, act("deliver", package, code=code))
    assert Proof.objects.get().is_good


# --- Moved or withdrawn meanwhile ----------------------------------------------------------------


def move_away(package: Package, to_shop, minutes: int = 0) -> None:
    """The station gives it to another shop, or takes it off the list."""
    move_custody(
        moves=[
            Move(
                package_id=package.pk,
                kind=EventKind.ASSIGNED if to_shop else EventKind.WITHDRAWN,
                to_state=State.ASSIGNED if to_shop else State.CANCELLED,
                shop_id=to_shop.pk if to_shop else package.shop_id,
                happened_at=NOON + minutes * MINUTE,
            )
        ],
        at=NOON + minutes * MINUTE,
    )


@pytest.fixture(params=["moved", "withdrawn"])
def gone(request, shop):
    """A package of Rosa's manifest that left her list at noon."""
    package = make_package(shop=shop, state=State.MANIFESTED)
    move_away(package, make_shop("Zed's Florist") if request.param == "moved" else None)
    return package


def test_counted_in_before_it_was_moved_is_a_fact(shop, sam, gone):
    receipts = send(
        shop, sam, act("receive", gone, -20), act("load", gone, -10), act("deliver", gone, 15)
    )
    assert said(receipts) == [("recorded", "")] * 3
    gone.refresh_from_db()
    assert (gone.state, gone.shop) == (State.DELIVERED, shop)
    assert Delivery.objects.get().shop == shop
    assert not StrayAct.objects.exists()
    is_whole()


def test_by_the_moment_that_counts_not_by_a_wrong_clock(shop, sam, gone):
    """A phone that is an hour slow says 11:30, which is 12:30 by our clock: too late."""
    sent_at = NOON
    slow = Phone(key=uuid.uuid4(), protocol=3, sent_at=sent_at)
    [receipt] = send(shop, sam, act("receive", gone, -30), phone=slow)
    assert receipt.reason == "under_review"


def test_work_on_a_package_that_had_left_is_kept_apart(shop, sam, gone):
    acts = [act("receive", gone, 5, note="on the shelf"), act("deliver", gone, 15)]
    before = list(Package.objects.values_list("state", "shop", "last_event_at"))
    events = PackageEvent.objects.count()
    first = send(shop, sam, *acts)
    assert said(first) == [("recorded", "under_review")] * 2
    assert "look into it" in first[0].message
    again = send(shop, sam, *acts)
    assert said(again) == [("already_recorded", "under_review")] * 2
    assert again[0].message == first[0].message
    assert list(Package.objects.values_list("state", "shop", "last_event_at")) == before
    assert PackageEvent.objects.count() == events
    stray, delivered = queries.stray_acts()
    assert (stray.act, stray.note, stray.by, stray.package) == (
        "receive",
        "on the shelf",
        sam,
        gone,
    )
    gone = Package.objects.get(pk=gone.pk)
    assert stray.cause == ("withdrawn" if gone.state == State.CANCELLED else "moved")
    assert (delivered.act, delivered.outcome) == ("deliver", "front_door")
    assert delivered.happened_at == NOON + 15 * MINUTE


def test_an_id_that_was_kept_apart_is_no_other_act(shop, sam, gone):
    once = act("receive", gone, 5)
    send(shop, sam, once)
    other = make_package(shop=shop, state=State.MANIFESTED)
    receipts = send(shop, sam, act("receive", other, id=once.id), act("load", gone, id=once.id))
    assert said(receipts) == [("refused", "id_used")] * 2


def test_an_act_twice_in_one_call_is_kept_apart_once(shop, sam, gone):
    once = act("deliver", gone, 5)
    assert said(send(shop, sam, once, once)) == [
        ("recorded", "under_review"),
        ("already_recorded", "under_review"),
    ]
    assert StrayAct.objects.count() == 1


def test_what_another_shop_counted_in_is_no_fact_here(shop, sam):
    package, zeds = make_package(shop=shop, state=State.MANIFESTED), make_shop("Zed's Florist")
    move_away(package, zeds)
    send(zeds, make_member(zeds, "Zed"), act("receive", package, 5))
    assert said(send(shop, sam, act("receive", package, -20))) == [("recorded", "under_review")]
    assert StrayAct.objects.get().cause == "held_by_another"
    package.refresh_from_db()
    assert (package.state, package.shop) == (State.AT_SHOP, zeds)


def test_a_package_that_came_back_is_ones_own_again(shop, sam):
    package, zeds = make_package(shop=shop, state=State.MANIFESTED), make_shop("Zed's Florist")
    move_away(package, zeds)
    move_away(package, shop, 10)
    assert said(send(shop, sam, act("receive", package, 20))) == [("recorded", "")]


def test_a_package_that_never_was_on_the_list_is_not_told_apart_from_none(shop, sam):
    zeds = make_package(shop=make_shop("Zed's Florist"), state=State.AT_SHOP)
    receipts = send(shop, sam, act("receive", zeds), act("receive", "TBA-none"))
    assert said(receipts) == [("refused", "not_on_your_list")] * 2
    assert not StrayAct.objects.exists()


@pytest.mark.parametrize("change", ["UPDATE stray_act SET note = 'x'", "DELETE FROM stray_act"])
def test_law_what_was_kept_apart_is_never_changed(shop, sam, gone, change):
    send(shop, sam, act("deliver", gone, 5))
    with pytest.raises(Exception, match="append-only"), connection.cursor() as sql:
        sql.execute(change)


# --- Phones --------------------------------------------------------------------------------------


def test_acts_are_judged_in_the_order_of_their_phone_and_answered_as_sent(shop, sam):
    package = make_package(shop=shop, state=State.MANIFESTED)
    receipts = send(
        shop,
        sam,
        act("deliver", package, sequence=3),
        act("receive", package, sequence=1),
        act("load", package, sequence=2),
    )
    assert [receipt.message for receipt in receipts] == [
        "Delivered.",
        "Counted in.",
        "Taken along.",
    ]


def test_an_event_tells_its_phone_its_number_and_its_photo(shop, sam):
    package, door = make_package(shop=shop, state=State.AT_SHOP), uuid.uuid4()
    phone = Phone(key=uuid.uuid4(), protocol=3)
    send(shop, sam, act("deliver", package, sequence=118, proof=door), phone=phone)
    event = PackageEvent.objects.get(kind="delivered")
    assert (event.device_id, event.device_sequence, event.proof_id) == (phone.key, 118, door)


def test_where_a_person_stood_is_kept_to_some_metres(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    send(shop, sam, act("deliver", package, latitude=36.0822519, longitude=-94.1719234))
    event = PackageEvent.objects.get(kind="delivered")
    assert (event.latitude, event.longitude) == (36.0823, -94.1719)


def test_a_slow_clock_is_put_right(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    slow = Phone(key=uuid.uuid4(), protocol=3, sent_at=NOON + 13 * MINUTE)  # 47 minutes slow
    send(shop, sam, act("deliver", package), phone=slow)
    event = PackageEvent.objects.get(kind="delivered")
    assert (event.happened_at, event.counted_at) == (NOON, NOON + 47 * MINUTE)
    assert Device.objects.get().skew_s == -47 * 60


def test_a_phone_is_known_by_what_it_told_last(shop, sam, ana):
    key, oldest = uuid.uuid4(), NOON - 60 * MINUTE
    package = make_package(shop=shop, state=State.AT_SHOP)
    told = Phone(key, "Android", 2, NOON, unsent=12, unsent_photos=3, oldest_unsent_at=oldest)
    send(shop, sam, act("load", package, sequence=9), at=NOON, phone=told)
    device = Device.objects.get()
    assert (device.shop, device.user, device.name, device.protocol) == (shop, sam, "Android", 2)
    assert (device.unsent, device.unsent_photos, device.oldest_unsent_at) == (12, 3, oldest)
    assert (device.last_sequence, device.first_seen_at) == (9, NOON)
    silent, later = Phone(key, protocol=3), NOON + 5 * MINUTE
    send(shop, ana, at=later, phone=silent)
    device.refresh_from_db()
    assert (device.user, device.name, device.unsent, device.protocol) == (ana, "Android", 12, 3)
    assert (device.first_seen_at, device.last_seen_at) == (NOON, later)
    assert (device.last_sequence, device.oldest_unsent_at) == (9, oldest)
    send(shop, sam, at=later, phone=Phone(key, protocol=3, unsent=0, unsent_photos=0))
    device.refresh_from_db()
    assert (device.unsent, device.oldest_unsent_at) == (0, None)
    assert Device.objects.count() == 1


def test_a_phone_of_two_shops_is_two_devices(shop, sam):
    phone, other = Phone(key=uuid.uuid4(), protocol=3), make_shop("Zed's Florist")
    send(shop, sam, phone=phone)
    send(other, make_member(other, "Sam", "helper"), phone=phone)
    assert Device.objects.count() == 2


def test_a_phone_without_a_name_of_its_own_is_not_kept(shop, sam):
    send(shop, sam, act("load", make_package(shop=shop, state=State.AT_SHOP)), phone=Phone())
    assert not Device.objects.exists()


# --- By whom -------------------------------------------------------------------------------------


def test_a_colleague_sends_what_another_did_even_one_who_left(shop, sam, ana):
    Membership.objects.filter(user=ana).update(ended_at=NOON)
    one, two = make_packages(2, shop=shop, state=State.AT_SHOP)
    send(shop, sam, act("load", one, by_id=ana.pk), act("load", two, by_id=sam.pk))
    assert set(PackageEvent.objects.filter(kind="loaded").values_list("by", flat=True)) == {
        ana.pk,
        sam.pk,
    }
    kept = Decision.objects.get(action="send_acts_of_others")
    assert (kept.by, kept.facts) == (sam, {"people": [ana.pk], "acts": 1})


def test_nobody_acts_in_a_strangers_name(shop, sam):
    zed = make_member(make_shop("Zed's Florist"), "Zed")
    package = make_package(shop=shop, state=State.AT_SHOP)
    before = PackageEvent.objects.count()
    receipts = send(
        shop, sam, act("load", package, by_id=zed.pk), act("load", package, by_id=10**9)
    )
    assert said(receipts) == [("refused", "not_a_member")] * 2
    assert PackageEvent.objects.count() == before
    assert not Decision.objects.exists()
