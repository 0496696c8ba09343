"""A shop moves only along the table of its states."""

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.shops import rules
from hubshops.shops.models import ShopMove, ShopStatus
from tests.factories import make_shop

pytestmark = pytest.mark.django_db


def run(words: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(words, values)


def test_the_table_is_the_rule():
    known = {(move.source, move.target) for move in ShopMove.objects.all()}
    assert known == {(one, other) for one, others in rules.MOVES.items() for other in others}
    assert rules.MOVES.keys() == set(ShopStatus.values)


@pytest.mark.parametrize("one", ShopStatus.values)
@pytest.mark.parametrize("other", ShopStatus.values)
def test_what_is_not_in_the_table_is_refused_by_the_database(one, other):
    shop = make_shop(status=one)
    change = "UPDATE shop SET status = %s WHERE id = %s", other, shop.pk
    if other in rules.MOVES[one] or other == one:
        run(*change)
        return
    with pytest.raises(IntegrityError, match=f"shop may not go from {one} to {other}"):
        run(*change)


@pytest.mark.parametrize(
    "words",
    ["DELETE FROM shop_move", "UPDATE shop_move SET target = 'live'", "TRUNCATE shop_move"],
)
def test_the_table_stays(words):
    with pytest.raises(IntegrityError, match="append-only"):
        run(words)
