"""Two people sign one hand-over, and both counts are kept whatever they say."""

import datetime as dt
import uuid

import pytest
from django.conf import settings
from django.db import IntegrityError, InternalError, connection, transaction

from hubshops.drops.actions import (
    BothSigned,
    CountIdUsed,
    DriverPageIsOver,
    NoSuchDropDay,
    TooManyVans,
    add_remarks,
    open_day,
    resolve_handover,
    try_code,
)
from hubshops.drops.models import Handover, HandoverRemark
from hubshops.drops.queries import counted_so_far, not_signed_yet, station_drops
from hubshops.drops.rules import Counts, driver_code
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from tests.factories import DAY, MORNING, make_member, make_package, make_packages, make_shop
from tests.hubshops.drops.helpers import LATER, count, give, opened, said, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop, "Rosa")


@pytest.fixture
def packages(shop):
    return make_packages(3, shop=shop, state=State.MANIFESTED)


def code_of(handover, packages, returns=0):
    return driver_code(settings.SECRET_KEY, handover.token, Counts(packages, returns))


def again(handover) -> Handover:
    handover.refresh_from_db()
    return handover


def test_a_days_hand_over_is_opened_once_and_follows_the_list(shop, packages):
    first = opened(shop)
    assert (first.number, first.announced, first.status) == (1, 3, "opened")
    assert first.expires_at == MORNING + dt.timedelta(hours=18)
    make_package(shop=shop, state=State.MANIFESTED)
    second = opened(shop, at=LATER)
    assert (second.pk, second.announced, second.token) == (first.pk, 4, first.token)


def test_a_link_that_ran_out_unsigned_is_a_new_one(shop, packages):
    first = opened(shop)
    later = opened(shop, at=MORNING + dt.timedelta(hours=19))
    assert later.pk == first.pk
    assert later.token != first.token
    assert later.expires_at == MORNING + dt.timedelta(hours=37)


@pytest.mark.parametrize("days", [-63, 2, 400])
def test_no_drop_is_opened_on_a_day_that_cannot_be(shop, days):
    with pytest.raises(NoSuchDropDay, match="Check the date"):
        opened(shop, day=DAY + dt.timedelta(days=days))
    assert not Handover.objects.exists()


def test_the_driver_signs_then_the_shop_and_they_agree(shop, rosa, packages):
    handover = give(opened(shop), 3, 1)
    assert (handover.status, handover.given_how) == ("counted_by_giver", "qr")
    signed = take(shop, rosa, packages=3, returns=1)
    assert signed.result == "recorded"
    assert signed.message == "Signed. You and the driver have the same counts."
    assert again(handover).status == "agreed"
    assert (handover.taken_by, handover.taken_at) == (rosa, LATER)


def test_the_shop_signs_first_and_the_driver_after_it(shop, rosa, packages):
    signed = take(shop, rosa, packages=3)
    assert signed.handover.status == "counted_by_taker"
    assert signed.message == "Signed. The driver has not signed yet."
    assert give(signed.handover, 3).status == "agreed"


def test_counts_that_differ_are_both_kept(shop, rosa, packages):
    handover = give(opened(shop), 3, 2)
    signed = take(shop, rosa, packages=2, returns=2)
    assert "differ" in signed.message
    assert again(handover).status == "disputed"
    assert (handover.given_count, handover.taken_count) == (3, 2)


def test_a_driver_corrects_her_count_until_the_shop_has_signed(shop, rosa, packages):
    handover = give(opened(shop), 4)
    assert give(handover, 3).given_count == 3
    take(shop, rosa, packages=3)
    with pytest.raises(BothSigned, match="stays as it is"):
        give(handover, 4)
    assert give(handover, 3).status == "agreed"  # the same again is no correction
    assert again(handover).given_count == 3


def test_a_driver_cannot_sign_behind_the_end_of_her_link(shop, packages):
    handover = opened(shop)
    with pytest.raises(DriverPageIsOver):
        give(handover, at=handover.expires_at)
    assert again(handover).status == "opened"


def test_the_same_count_again_gets_the_same_answer(shop, rosa, packages):
    one = count(packages=2, remarks=[said("short", packages[0])])
    first, second = take(shop, rosa, one), take(shop, rosa, one)
    assert (first.result, second.result) == ("recorded", "already_recorded")
    assert (first.message, first.handover) == (second.message, second.handover)
    assert [one.result for one in second.remarks] == ["already_recorded"]
    assert HandoverRemark.objects.count() == PackageEvent.objects.filter(kind="short").count() == 1


def test_an_id_of_another_shops_count_is_refused(shop, rosa, packages):
    zeds = make_shop("Zed's Flowers")
    one = count()
    take(shop, rosa, one)
    with pytest.raises(CountIdUsed):
        take(zeds, make_member(zeds, "Zed"), one)
    assert not Handover.objects.filter(shop=zeds).exists()


def test_the_second_person_who_signs_is_told_and_her_remarks_are_kept(shop, rosa, packages):
    take(shop, rosa, packages=3)
    sam = make_member(shop, "Sam", "helper")
    signed = take(shop, sam, packages=2, remarks=[said("short", packages[0])])
    assert signed.result == "refused"
    assert signed.message == (
        "Rosa signed this hand-over before: 3 packages. Your remarks were kept."
    )
    assert signed.handover.taken_count == 3
    assert HandoverRemark.objects.get().by == sam


def test_what_was_told_counts_until_the_driver_signs_herself(shop, rosa, packages):
    signed = take(shop, rosa, packages=3, told=(3, 0, "Lee"))
    handover = signed.handover
    assert (handover.status, handover.given_how, handover.given_by_name) == (
        "agreed",
        "told",
        "Lee",
    )
    give(handover, 2, name="Kim")
    assert (again(handover).status, handover.given_how) == ("disputed", "qr")
    assert (handover.given_count, handover.taken_count) == (2, 3)


def test_a_drivers_own_signature_stands_over_what_was_told(shop, rosa, packages):
    give(opened(shop), 2)
    handover = take(shop, rosa, packages=3, told=(3, 0, "Lee")).handover
    assert (handover.given_count, handover.given_how, handover.status) == (2, "qr", "disputed")


def test_a_right_code_shows_what_she_stood_behind(shop, rosa, packages):
    handover = give(opened(shop), 3)
    code = code_of(handover, 3)
    give(handover, 2)  # she corrects it afterwards, and the shop is offline
    handover = take(shop, rosa, packages=3, code=code, told=(3, 0, "Lee")).handover
    assert (handover.given_count, handover.given_how, handover.status) == (3, "code", "agreed")


def test_a_wrong_code_is_said_and_nothing_is_lost(shop, rosa, packages):
    handover = give(opened(shop), 3)
    signed = take(shop, rosa, packages=3, code="000000", told=(3, 0, "Lee"))
    assert signed.message.startswith("The six digits are not the driver's. You have 4 more tries.")
    assert again(handover).code_tries == 1
    assert (handover.status, handover.given_how) == ("agreed", "qr")


def test_five_wrong_codes_are_enough(shop, rosa, packages):
    handover = give(opened(shop), 3)
    right = code_of(handover, 3)
    wrong = "000000" if right != "000000" else "111111"
    words = [try_code(shop=shop, handover_id=handover.pk, code=wrong) for _ in range(5)]
    assert "You have 1 more try." in words[3]
    assert "wrong too often" in words[4]
    assert "wrong too often" in try_code(shop=shop, handover_id=handover.pk, code=right)
    assert again(handover).code_tries == 5


def test_a_right_code_costs_no_try(shop, rosa, packages):
    handover = give(opened(shop), 3)
    assert try_code(shop=shop, handover_id=handover.pk, code=code_of(handover, 3)) == ""
    assert again(handover).code_tries == 0


def test_a_second_van_comes_once_the_first_is_signed(shop, rosa, packages):
    first = opened(shop)
    assert opened(shop, is_next=True).pk == first.pk
    take(shop, rosa, packages=3)
    assert opened(shop, at=LATER).pk == first.pk
    make_packages(2, shop=shop, state=State.MANIFESTED, at=LATER + dt.timedelta(hours=1))
    second = opened(shop, at=LATER + dt.timedelta(hours=2))
    assert (second.number, second.announced) == (2, 2)


def test_a_second_van_counted_without_a_signal_opens_its_own(shop, rosa, packages):
    take(shop, rosa, packages=3)
    signed = take(shop, rosa, packages=1, number=2)
    assert signed.result == "recorded"
    assert (signed.handover.number, signed.handover.taken_count) == (2, 1)


def test_a_phone_that_believes_in_the_first_van_signs_for_the_second(shop, rosa, packages):
    take(shop, rosa, packages=3)
    signed = take(shop, rosa, packages=1)
    assert (signed.result, signed.handover.number) == ("recorded", 2)


def test_another_person_signs_for_what_was_counted_in_since(shop, rosa, packages):
    take(shop, rosa, packages=0)
    make_packages(2, shop=shop, state=State.AT_SHOP)
    signed = take(shop, make_member(shop, "Sam", "helper"), packages=2)
    assert (signed.result, signed.handover.number) == ("recorded", 2)


def test_shorts_and_refused_ones_move_and_keep_their_shop(shop, rosa, packages):
    short, damaged, big = packages
    signed = take(
        shop,
        rosa,
        packages=0,
        remarks=[
            said("short", short),
            said("damaged", damaged, note="wet"),
            said("oversize", big),
        ],
    )
    assert [one.result for one in signed.remarks] == ["recorded"] * 3
    assert all("costs you nothing" in one.message for one in signed.remarks)
    states = [Package.objects.get(pk=one.pk) for one in packages]
    assert [one.state for one in states] == ["SHORT", "REJECTED_AT_DROP", "REJECTED_AT_DROP"]
    assert {one.shop for one in states} == {shop}
    event = PackageEvent.objects.get(package=damaged, kind="rejected")
    assert (event.reason, event.note, event.by) == ("damaged", "wet", rosa)


def test_a_refused_remark_says_why_and_the_others_are_kept(shop, rosa, packages):
    counted_in = make_package(shop=shop, state=State.AT_SHOP)
    signed = take(
        shop,
        rosa,
        remarks=[said("short", counted_in), said("short", "NOBODYS1"), said("short", packages[0])],
    )
    assert [one.result for one in signed.remarks] == ["refused", "refused", "recorded"]
    assert "counted in already" in signed.remarks[0].message
    assert "not on your list" in signed.remarks[1].message
    assert HandoverRemark.objects.get().package == packages[0]


def test_over_keeps_what_nobody_announced_and_tells_nothing_of_it(shop, rosa, packages):
    zeds = make_package(shop=make_shop("Zed's Flowers"), state=State.MANIFESTED)
    signed = take(shop, rosa, remarks=[said("over", zeds), said("over", "NOBODYS1")])
    assert {one.message for one in signed.remarks} == {
        "Kept. Put this package apart; we find out where it belongs."
    }
    kept = dict(HandoverRemark.objects.values_list("tracking_id", "package"))
    assert kept == {zeds.tracking_id: zeds.pk, "NOBODYS1": None}
    zeds.refresh_from_db()
    assert zeds.state == State.MANIFESTED


def test_a_remark_under_the_id_of_an_act_is_refused(shop, rosa, packages):
    act_id = uuid.uuid4()
    event = PackageEvent.objects.filter(package=packages[0]).last()
    PackageEvent.objects.create(
        act_id=act_id,
        package=packages[0],
        shop=shop,
        kind="changed",
        from_state=event.to_state,
        to_state=event.to_state,
        happened_at=MORNING,
        received_at=MORNING,
        counted_at=MORNING,
    )
    signed = take(shop, rosa, remarks=[said("short", packages[0], id=act_id)])
    assert signed.remarks[0].reason == "id_used"
    assert not HandoverRemark.objects.exists()


def test_remarks_may_come_before_the_signature(shop, rosa, packages):
    handover = opened(shop)
    [answer] = add_remarks(
        shop=shop, by=rosa, handover_id=handover.pk, remarks=[said("short", packages[0])], at=LATER
    )
    assert answer.result == "recorded"
    assert again(handover).status == "opened"


def test_what_was_counted_is_offered_once(shop, rosa):
    make_packages(3, shop=shop, state=State.AT_SHOP)
    make_packages(2, shop=shop, state=State.MANIFESTED)
    make_package(shop=shop, state=State.RETURNED_TO_STATION, day=DAY - dt.timedelta(days=1))
    assert counted_so_far(shop, DAY) == Counts(3, 1)
    take(shop, rosa, packages=3, returns=1)
    assert not_signed_yet(shop, DAY) == Counts(0, 0)


def test_a_settled_hand_over_stays_settled(shop, rosa, packages):
    signed = take(shop, rosa, packages=2)
    assert resolve_handover(handover_id=signed.handover.pk, at=LATER)
    assert not resolve_handover(handover_id=signed.handover.pk, at=LATER)
    assert give(signed.handover, 3).status == "resolved"


def test_staff_open_a_day_for_all_its_shops_once(shop, packages):
    make_packages(2, shop=make_shop("Zed's Flowers"), state=State.ASSIGNED)
    assert open_day(station=shop.station, service_day=DAY, at=MORNING) == 2
    assert open_day(station=shop.station, service_day=DAY, at=MORNING) == 0
    assert dict(Handover.objects.values_list("shop__name", "announced")) == {
        "Rosa's Bodega": 3,
        "Zed's Flowers": 2,
    }


def test_staff_see_differing_counts_first(shop, rosa, packages):
    zeds = make_shop("A First Shop")
    opened(zeds)
    give(opened(shop), 3)
    take(shop, rosa, packages=2)
    rows = station_drops(shop.station, DAY).shops
    assert [row.shop.name for row in rows] == ["Rosa's Bodega", "A First Shop"]


# --- Laws ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ("given_count = 3", "handover_giver_signed_with_counts"),
        ("taken_count = 3", "handover_taker_signed_with_counts"),
        ("status = 'lost'", "handover_status"),
        ("status = 'agreed'", "handover_status_says_who_signed"),
        ("status = 'counted_by_taker'", "handover_status_says_who_signed"),
        ("status = 'resolved'", "handover_settled_says_when"),
        ("resolved_at = now()", "handover_settled_says_when"),
    ],
)
def test_a_hand_over_says_nothing_that_nobody_signed(shop, change, law):
    handover = opened(shop)
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        run(f"UPDATE handover SET {change} WHERE id = {handover.pk}")


@pytest.mark.parametrize(
    ("taken", "change", "law"),
    [
        (2, "status = 'agreed'", "handover_agreed_when_counts_agree"),
        (3, "status = 'disputed'", "handover_disputed_when_counts_differ"),
    ],
)
def test_counts_that_agree_are_agreed_and_others_are_not(shop, rosa, packages, taken, change, law):
    handover = give(opened(shop), 3)
    take(shop, rosa, packages=taken)
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        run(f"UPDATE handover SET {change} WHERE id = {handover.pk}")


def test_a_van_has_one_number(shop):
    handover = opened(shop)
    handover.pk, handover.token = None, "OTHER"
    with pytest.raises(IntegrityError, match="handover_numbered_once"), transaction.atomic():
        handover.save(force_insert=True)


def last_van_signed(shop, rosa) -> None:
    """A day that had as many vans as a day can have."""
    take(shop, rosa)
    run("UPDATE handover SET number = 99")


def test_a_day_has_no_van_beyond_the_last(shop, rosa, packages):
    last_van_signed(shop, rosa)
    words = "99 vans came to you on 2026-11-20 already, and no day has more. Call us."
    with pytest.raises(TooManyVans, match=words):
        opened(shop, is_next=True)
    with pytest.raises(TooManyVans, match=words):
        take(shop, rosa, packages=1)
    make_packages(2, shop=shop, state=State.MANIFESTED, at=LATER + dt.timedelta(hours=1))
    assert opened(shop, at=LATER + dt.timedelta(hours=2)).number == 99
    assert Handover.objects.count() == 1


@pytest.mark.parametrize("number", [0, 100])
def test_the_law_knows_how_many_vans_a_day_has(shop, number):
    opened(shop)
    law = "handover_day_has_so_many_vans"
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        run(f"UPDATE handover SET number = {number}")


def test_remarks_are_never_changed_and_hand_overs_never_deleted(shop, rosa, packages):
    take(shop, rosa, remarks=[said("short", packages[0])])
    for statement in (
        "UPDATE handover_remark SET note = 'x'",
        "DELETE FROM handover_remark",
        "DELETE FROM handover",
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            run(statement)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
