"""Statements written by hand: lists arrive as they were sent."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from kernel.rows import as_array, bound_cursor

pytestmark = pytest.mark.django_db
TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)


def came_back(values: list, type_: str) -> list:
    with bound_cursor() as cursor:
        cursor.execute(f"SELECT unnest(%s::{type_}[])", [as_array(values)])
        return [one for (one,) in cursor.fetchall()]


@given(st.lists(TEXT | st.none(), max_size=6).filter(any))
def test_any_text_arrives_as_it_was(values):
    assert came_back(values, "text") == values


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        ([1, None, -(2**60)], "bigint"),
        ([36.08, None, -94.17, 1e-7], "float8"),
        ([uuid.uuid4(), None], "uuid"),
        ([None, dt.datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=dt.UTC)], "timestamptz"),
        (["NULL", "", "{a,b}", 'say "x"', "back\\slash", "a, b", None], "text"),
    ],
)
def test_every_kind_arrives_as_it_was(values, type_):
    assert came_back(values, type_) == values


@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_at_all_is_an_empty_list(values):
    assert came_back(values, "bigint") == []


def test_a_statement_with_its_lists_beside_it_is_counted_like_any_other():
    with CaptureQueriesContext(connection) as found:
        assert came_back([1], "int") == [1]
    assert len(found) == 1
