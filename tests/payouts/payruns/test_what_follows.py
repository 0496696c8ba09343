"""What follows from each answer of a provider, and when a key is replaced."""

import datetime as dt

import pytest

from payouts.payruns.rules import Try, is_key_spent, must_be_looked_up, next_step, pause

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SENDING = Try("sending", attempts=1, first_sent_at=NOW)


def step(outcome: str, code: str = "", one: Try = SENDING):
    return next_step(one, outcome, code, at=NOW, seed=7)


@pytest.mark.parametrize(
    ("outcome", "code", "status", "version", "waits"),
    [
        ("sent", "", "sent", 1, False),
        ("failed", "amount_too_small", "failed", 1, False),
        ("later", "rate_limited", "ready", 1, True),
        ("later", "conflict", "ready", 1, True),
        ("unknown", "no_answer", "unknown", 1, True),
        ("unknown", "server_error", "unknown", 1, True),
        ("hold", "not_ready", "on_hold", 1, True),
        ("hold", "resource_missing", "on_hold", 2, True),
        ("hold", "refused", "on_hold", 2, True),
        ("stop", "balance_insufficient", "ready", 2, False),
        ("stop", "key_refused", "ready", 1, False),
        ("stop", "key_means_another", "unknown", 1, True),
        ("absent", "", "ready", 1, False),
    ],
)
def test_where_an_answer_leads(outcome, code, status, version, waits):
    found = step(outcome, code)
    assert (found.status, found.version) == (status, version)
    assert (found.not_before is not None) == waits
    if waits:
        assert found.not_before > NOW
    if version == 2:
        assert found.first_sent_at is None, "a new key begins its own day"


@pytest.mark.parametrize(
    ("code", "age", "is_spent"),
    [
        ("no_answer", 0 * HOUR, False),
        ("no_answer", 22 * HOUR, False),
        ("no_answer", 23 * HOUR, True),
        ("server_error", 0 * HOUR, True),
        ("key_means_another", 0 * HOUR, True),
        ("", 0 * HOUR, False),
    ],
)
def test_when_a_key_is_spent(code, age, is_spent):
    one = Try("unknown", attempts=2, first_sent_at=NOW - age, code=code)
    assert is_key_spent(one, at=NOW) is is_spent
    assert step("absent", one=one).version == (2 if is_spent else 1)


@pytest.mark.parametrize(
    ("one", "must"),
    [
        (Try("ready"), False),
        (SENDING, False),
        (Try("unknown", first_sent_at=NOW), True),
        (Try("ready", first_sent_at=NOW - 23 * HOUR), True),
        (Try("sending", first_sent_at=NOW - 22 * HOUR), False),
    ],
)
def test_what_is_looked_up_before_it_is_sent(one, must):
    assert must_be_looked_up(one, at=NOW) is must


def test_a_look_that_said_nothing_forgets_no_earlier_error():
    one = Try("unknown", attempts=3, first_sent_at=NOW, code="server_error")
    assert step("unknown", "", one=one).code == "server_error"


def test_pauses_grow_to_a_limit_and_differ_from_one_to_the_next():
    first = [pause(1, seed=seed).total_seconds() for seed in range(100)]
    assert 3 <= min(first) < max(first) <= 5
    assert len({round(one, 2) for one in first}) > 60
    assert pause(1, seed=3) == pause(1, seed=3)
    assert pause(50, seed=1) <= dt.timedelta(seconds=375)
