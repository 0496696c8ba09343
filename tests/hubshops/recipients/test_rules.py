"""When a recipient hears what, and to which number."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from hubshops.recipients.rules import (
    Kind,
    Standing,
    fingerprint_of,
    is_quiet,
    is_to_be_said,
    number_of,
    send_before,
)

ZONE = "America/Chicago"
NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo(ZONE))


def at(hour, minute=0, day=20):
    return NOON.replace(day=day, hour=hour, minute=minute)


def minutes(number):
    return dt.timedelta(minutes=number)


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("OUT_FOR_DELIVERY", Kind.OUT),
        ("DELIVERED", Kind.LEFT),
        ("ATTEMPTED", Kind.TRIED),
        ("RETURN_PENDING", Kind.TRIED),
        ("AT_SHOP", None),
        ("MISSING", None),
        ("RETURNED_TO_STATION", None),
        ("CANCELLED", None),
    ],
)
def test_what_a_state_has_to_say(state, kind):
    package = Standing(state, NOON - minutes(20), NOON - minutes(20), ZONE)
    assert package.kind == kind
    assert is_to_be_said(package, NOON) == (kind is not None)


@pytest.mark.parametrize(
    ("acted", "heard", "is_said"),
    [
        (10, 10, True),
        (9, 9, False),
        (60, 9, False),  # heard of a moment ago: a correction may be on its way
        (60, 10, True),
        (12 * 60, 30, True),
        (12 * 60 + 1, 30, False),
    ],
)
@pytest.mark.parametrize("state", ["DELIVERED", "ATTEMPTED"])
def test_a_delivery_waits_until_it_can_no_longer_be_undone(state, acted, heard, is_said):
    now = at(20, 59)
    package = Standing(state, now - minutes(acted), now - minutes(heard), ZONE)
    assert is_to_be_said(package, now) == is_said


def test_that_it_comes_today_is_said_at_once_and_only_today():
    assert is_to_be_said(Standing("OUT_FOR_DELIVERY", NOON, NOON, ZONE), NOON)
    evening = at(20, 30, day=19)
    assert not is_to_be_said(Standing("OUT_FOR_DELIVERY", evening, evening, ZONE), at(8, 0))
    assert is_to_be_said(Standing("DELIVERED", evening, evening, ZONE), at(8, 0))


@pytest.mark.parametrize(
    ("moment", "is_it"),
    [(at(7, 59), True), (at(8), False), (at(20, 59), False), (at(21), True), (at(0), True)],
)
def test_quiet_hours_are_by_the_stations_clock(moment, is_it):
    assert is_quiet(moment, ZONE) == is_it
    assert is_quiet(moment.astimezone(dt.UTC), ZONE) == is_it
    assert is_to_be_said(
        Standing("DELIVERED", moment - minutes(30), moment - minutes(30), ZONE), moment
    ) == (not is_it)


def test_a_text_is_worth_sending_for_two_hours_and_never_in_quiet_hours():
    assert send_before(NOON, ZONE) == at(14)
    assert send_before(at(20, 30), ZONE) == at(21)


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("(479) 555-0123", "+14795550123"),
        ("479.555.0123", "+14795550123"),
        ("+1 479-555-0123", "+14795550123"),
        ("14795550123", "+14795550123"),
        ("555-0123", ""),
        ("179 555 0123", ""),
        ("479 155 0123", ""),
        ("+44 20 7946 0958", ""),
        ("479-555-0123 ext 4", ""),
        ("call the shop", ""),
        ("٤٧٩٥٥٥٠١٢٣", ""),
        ("", ""),
    ],
)
def test_a_number_is_an_american_one_or_none(phone, number):
    assert number_of(phone) == number


def test_a_number_has_one_fingerprint_however_it_is_written():
    one, other = number_of("(479) 555-0123"), number_of("+1 479 555 0123")
    assert fingerprint_of(one) == fingerprint_of(other) != fingerprint_of("+14795550124")
    assert "0123" not in fingerprint_of(one)[-4:]
