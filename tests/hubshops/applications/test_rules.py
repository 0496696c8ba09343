"""What screening notices, and when an applicant hears from us."""

import datetime as dt

import pytest

from hubshops.applications import rules
from hubshops.applications.queries import FINDINGS
from hubshops.applications.rules import Facts, FindingCode

GOOD = {
    "station_m": 4_000,
    "email": "rosa@rosasbodega.com",
    "daily_cap": 36,
    "weekdays": "123456",
    "travel": "bike",
}


def codes(**facts):
    return [finding.code for finding in rules.screen(Facts(**GOOD | facts))]


def test_a_plain_application_raises_no_finding():
    assert codes() == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"station_m": None}, FindingCode.UNKNOWN_ZIP),
        ({"station_m": 40_001}, FindingCode.OUTSIDE_EVERY_AREA),
        ({"same_street": ["Zed's Flowers"]}, FindingCode.SAME_STREET),
        ({"same_email": ["Zed's Flowers"]}, FindingCode.SAME_EMAIL),
        ({"same_phone": ["Zed's Flowers"]}, FindingCode.SAME_PHONE),
        ({"declined_before": ["Rosa's Bodega"]}, FindingCode.DECLINED_BEFORE),
        ({"daily_cap": 71}, FindingCode.CAP_UNUSUAL),
        ({"daily_cap": 41, "travel": "walk"}, FindingCode.CAP_UNUSUAL),
        ({"weekdays": "167"}, FindingCode.FEW_WEEKDAYS),
        ({"weekdays": "12345"}, FindingCode.NO_WEEKEND),
        ({"email": "rosa@GMAIL.com"}, FindingCode.FREE_MAIL),
    ],
)
def test_each_oddity_is_noticed_alone(facts, code):
    assert codes(**facts) == [code]


def test_a_station_just_in_reach_is_in_reach():
    assert codes(station_m=40_000) == []


def test_every_finding_has_words():
    assert {str(code) for code in FindingCode} == set(FINDINGS)


def test_findings_keep_what_they_point_at():
    (finding,) = rules.screen(Facts(**GOOD | {"same_phone": ["Zed's Flowers"]}))
    assert finding.as_dict() == {"code": "same_phone", "names": ["Zed's Flowers"], "number": None}


@pytest.mark.parametrize(
    ("asked_on", "answer_by"),
    [
        (dt.date(2026, 11, 2), dt.date(2026, 11, 9)),
        (dt.date(2026, 11, 6), dt.date(2026, 11, 13)),
        (dt.date(2026, 11, 7), dt.date(2026, 11, 13)),
        (dt.date(2026, 11, 23), dt.date(2026, 12, 1)),
    ],
)
def test_five_working_days_leave_out_weekends_and_holidays(asked_on, answer_by):
    assert rules.answer_by(asked_on, {dt.date(2026, 11, 26)}) == answer_by


@pytest.mark.parametrize(
    "street", ["112 W. Center St.", "112 West Center Street", "112 w center st,"]
)
def test_streets_compare_without_their_spelling(street):
    assert rules.plain_street(street) == "112 w center st"


@pytest.mark.parametrize("phone", ["(479) 555-0110", "+1 479 555 0110", "479.555.0110"])
def test_phones_compare_by_their_digits(phone):
    assert rules.plain_phone(phone) == "4795550110"
