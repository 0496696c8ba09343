"""One person may hold a shop's payouts: for a reason it reads, until a day to look again."""

import datetime as dt

import pytest
import time_machine

from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from payouts.payruns.actions import draft_run
from payouts.payruns.actions.drafting import NothingToPay
from payouts.providers.actions import hold_payouts, let_payouts_go_on, ring_about_holds
from payouts.providers.actions.holds import MayNotHold, ReviewOutOfRange, SayWhyHeld
from payouts.providers.models import PayoutAccount
from tests.factories import DAY, make_member, make_shop, make_staff
from tests.payouts.helpers import LATER, earn, make_olga, make_pavel, on_hold, refused_by

pytestmark = pytest.mark.django_db
WHY = "We ask your bank about the name."
WEEK = dt.timedelta(days=7)


@pytest.fixture(autouse=True)
def evening():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def shop():
    shop = make_shop()
    make_member(shop, "Rosa")
    return shop


def letters() -> list[tuple[str, str]]:
    return [(one.to.partition("@")[0], one.body) for one in Mail.objects.order_by("pk")]


def test_the_shop_reads_why_and_until_when_and_anybody_of_finance_ends_it(shop, client):
    olga, pavel = make_olga(), make_pavel()
    on_hold(shop, by=olga, reason=WHY)
    ((to, body),) = letters()
    assert to == "rosa"
    assert WHY in body
    assert "Friday, November 27" in body
    client.force_login(shop.memberships.get().user)
    assert WHY in client.get("/shop/payout/").text
    earn(shop)
    with pytest.raises(NothingToPay, match="held back: 1"):
        draft_run(through=DAY, by=olga, at=LATER)
    let_payouts_go_on(shop=shop, by=pavel, at=LATER)
    let_payouts_go_on(shop=shop, by=pavel, at=LATER)
    assert "go on" in letters()[1][1]
    assert len(letters()) == 2
    assert WHY not in client.get("/shop/payout/").text
    assert draft_run(through=DAY, by=olga, at=LATER).cents == 350
    assert Decision.objects.filter(action="let_payouts_go_on", by=pavel, reason=WHY).count() == 1


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"reason": "  "}, SayWhyHeld),
        ({"days": 0}, ReviewOutOfRange),
        ({"days": 31}, ReviewOutOfRange),
    ],
)
def test_a_hold_says_why_and_names_a_day_within_a_month(shop, words, refusal):
    with pytest.raises(refusal):
        on_hold(shop, by=make_olga(), **words)
    assert not PayoutAccount.objects.exclude(hold_reason="").exists()
    assert not letters()


def test_only_people_of_finance_hold_payouts_and_end_it(shop):
    kim = make_staff("Kim", "support")
    with pytest.raises(MayNotHold):
        on_hold(shop, by=kim)
    on_hold(shop, by=make_olga())
    with pytest.raises(MayNotHold):
        let_payouts_go_on(shop=shop, by=kim, at=LATER)
    assert PayoutAccount.objects.get(shop=shop).hold_reason == "Asked"


def test_a_hold_over_its_day_rings_finance_once_and_again_after_another_week(shop):
    olga, _pavel = make_olga(), make_pavel()
    on_hold(shop, by=olga, reason=WHY)
    Mail.objects.all().delete()
    assert ring_about_holds(at=LATER + WEEK - dt.timedelta(days=1)) == 0
    assert ring_about_holds(at=LATER + WEEK) == 1
    assert ring_about_holds(at=LATER + WEEK) == 0
    assert {to for to, body in letters() if WHY in body} == {"olga", "pavel"}
    on_hold(shop, by=olga, at=LATER + WEEK, reason="Still waiting.")
    assert ring_about_holds(at=LATER + WEEK) == 0
    assert ring_about_holds(at=LATER + 2 * WEEK) == 1


def test_payouts_are_held_and_let_go_in_pages(shop, client):
    page = "/ops/payout-holds/"
    client.force_login(make_olga())
    assert "No payouts are held" in client.get(page).text
    words = {"shop": shop.slug, "reason": WHY, "review_on": "2027-11-27"}
    refused = client.post(page, words)
    assert (refused.status_code, "Choose a day from tomorrow" in refused.text) == (422, True)
    assert client.post(page, words | {"reason": ""}).status_code == 422
    assert client.post(page, words | {"review_on": "2026-11-27"}).status_code == 302
    assert WHY in client.get(page).text
    client.force_login(make_pavel())
    with time_machine.travel(LATER + WEEK, tick=False):
        assert "look now" in client.get(page).text
        assert "look at again" in client.get("/ops/").text
    assert client.post(page, {"do": "end", "shop": shop.slug}).status_code == 302
    assert client.post(page, {"do": "end", "shop": "nobodys"}).status_code == 404
    assert PayoutAccount.objects.get(shop=shop).hold_reason == ""


def test_the_database_keeps_no_hold_without_a_day(shop):
    hold_payouts(shop=shop, reason=WHY, review_on=DAY + WEEK, by=make_olga(), at=LATER)
    for words in ("review_on = NULL", "hold_reason = ''"):
        with refused_by("payout_account_held_until_somebody_looks") as cursor:
            cursor.execute(f"UPDATE payout_account SET {words}")
