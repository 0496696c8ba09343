"""Which shop needs a call first."""

import datetime as dt

import pytest

from portal.ops import rules
from portal.ops.queries import RISK_WORDS
from portal.ops.rules import Risk, ShopFacts

AT = dt.datetime(2026, 11, 20, 20, 0, tzinfo=dt.UTC)


def risks(counts, *, minutes_ago=None, local=dt.time(14), cutoff=dt.time(20), unsent=0):
    last = AT - dt.timedelta(minutes=minutes_ago) if minutes_ago is not None else None
    return rules.risks(
        ShopFacts(
            counts=counts,
            last_act_at=last,
            at=AT,
            local_time=local,
            cutoff_time=cutoff,
            unsent=unsent,
        )
    )


@pytest.mark.parametrize(
    ("counts", "given", "expected"),
    [
        ({"DELIVERED": 10}, {"minutes_ago": 300}, []),
        ({"MANIFESTED": 10}, {"local": dt.time(9, 59)}, []),
        ({"MANIFESTED": 10}, {"local": dt.time(10)}, [Risk.LATE_COUNT_IN]),
        ({"MANIFESTED": 1, "DELIVERED": 9}, {"minutes_ago": 1}, [Risk.PART_COUNTED_IN]),
        ({"OUT_FOR_DELIVERY": 5}, {"minutes_ago": 59}, []),
        ({"OUT_FOR_DELIVERY": 5}, {"minutes_ago": 60}, [Risk.QUIET]),
        ({"OUT_FOR_DELIVERY": 5}, {"minutes_ago": 60, "local": dt.time(20)}, []),
        ({"DELIVERED": 9}, {"minutes_ago": 5, "unsent": 3}, [Risk.UNSENT]),
        ({"OUT_FOR_DELIVERY": 5}, {"minutes_ago": 60, "unsent": 3}, [Risk.QUIET, Risk.UNSENT]),
        ({"ATTEMPTED": 1}, {"minutes_ago": 5}, [Risk.EXCEPTIONS]),
        ({"MISSING": 1}, {"minutes_ago": 5}, [Risk.MISSING, Risk.EXCEPTIONS]),
        ({"ANNOUNCED": 3, "CANCELLED": 2}, {}, []),
        ({"SHORT": 1, "AT_SHOP": 2}, {"minutes_ago": 5}, [Risk.EXCEPTIONS]),
        ({"REJECTED_AT_DROP": 1, "DELIVERED": 2}, {"minutes_ago": 90}, [Risk.EXCEPTIONS]),
        ({"SHORT": 1, "MANIFESTED": 2}, {}, [Risk.LATE_COUNT_IN, Risk.EXCEPTIONS]),
    ],
)
def test_a_shop_is_a_risk_for_a_reason(counts, given, expected):
    assert risks(counts, **given) == expected


def test_a_late_count_in_outweighs_everything_else_together():
    others = [risk for risk in Risk if risk != Risk.LATE_COUNT_IN]
    assert rules.weight([Risk.LATE_COUNT_IN]) > rules.weight(others)


def test_every_risk_has_words():
    assert set(RISK_WORDS) == set(Risk)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("0177", "0177"),
        ("(479) 555-0177", "0177"),
        ("+1 479 555 0177", "0177"),
        ("4795550177", "0177"),
        ("555-0177", "0177"),
        ("HD0177", ""),
        ("12345", ""),
        ("Ines", ""),
        ("", ""),
    ],
)
def test_a_phone_is_looked_up_by_its_end_however_it_is_written(text, digits):
    assert rules.last_four(text) == digits
