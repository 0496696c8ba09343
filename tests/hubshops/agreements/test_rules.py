import datetime as dt

import pytest

from hubshops.agreements.rules import (
    Change,
    Dated,
    asked_for,
    differences,
    hash_of,
    holding,
    parts_of,
    tidy,
)

DAY = dt.date(2026, 11, 20)
OLD = Dated(1, dt.date(2026, 1, 1))
NEW = Dated(2, dt.date(2026, 12, 1))
NEWEST = Dated(3, dt.date(2026, 12, 20))


def test_a_hash_is_of_the_very_bytes():
    assert hash_of("a\n") != hash_of("a")
    assert hash_of("abc") == ("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")


def test_a_text_is_kept_with_one_kind_of_line_end():
    assert tidy("  A\r\n\r\nB \n\n") == "A\n\nB\n"


def test_headings_are_told_from_paragraphs():
    parts = parts_of("Partner shop\n\n1. What we do\n\nWe come\nat 8.\n\n2. We pay. You know.")
    assert [(one.words, one.is_heading) for one in parts] == [
        ("Partner shop", False),
        ("1. What we do", True),
        ("We come at 8.", False),
        ("2. We pay. You know.", False),
    ]


def test_two_versions_differ_by_paragraph():
    found = differences("A\n\nB\n\nC", "A\n\nB2\n\nC\n\nD")
    assert [(one.change, one.words) for one in found] == [
        (Change.SAME, "A"),
        (Change.GONE, "B"),
        (Change.NEW, "B2"),
        (Change.SAME, "C"),
        (Change.NEW, "D"),
    ]
    assert {one.change for one in differences("A\n\nB b", "A\n\n\nB\nb")} == {Change.SAME}


@pytest.mark.parametrize(
    ("versions", "signed", "asked"),
    [
        ([], set(), None),
        ([OLD], set(), 1),
        ([OLD], {1}, None),
        ([OLD, NEW], set(), 1),  # what holds today comes before what is to come
        ([OLD, NEW], {1}, 2),
        ([OLD, NEW], {1, 2}, None),
        ([OLD, NEW], {2}, None),  # a later yes covers the earlier version
        ([OLD, NEW, NEWEST], {1}, 3),  # the newest to come, not each in turn
    ],
)
def test_what_a_shop_is_asked(versions, signed, asked):
    assert asked_for(versions, signed, DAY) == asked


@pytest.mark.parametrize(
    ("signed", "day", "number"),
    [
        (set(), DAY, None),
        ({1}, DAY, 1),
        ({1, 2}, DAY, 1),  # signed, and not in effect yet
        ({1, 2}, NEW.effective_on, 2),
        ({1}, NEW.effective_on, 1),  # nobody is bound by silence
        ({2}, DAY, None),
    ],
)
def test_by_what_a_shop_is_bound(signed, day, number):
    assert holding([OLD, NEW], signed, day) == number
