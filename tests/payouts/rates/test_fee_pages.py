"""Staff of the money side see fees and agree new ones."""

import datetime as dt

import pytest
from django.urls import reverse

from payouts.rates.actions import SamePerson, agree_rate, approve_change, draft_change
from payouts.rates.models import Rate, RateChange
from payouts.rates.rules import Line, takes_two_people
from tests.factories import DAY, MORNING, make_member, make_shop, make_staff, make_station
from tests.payouts.helpers import plain, promise, write_card

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(time_machine):
    time_machine.move_to(MORNING)
    return make_shop(station=make_station())


@pytest.fixture
def olga(client):
    user = make_staff("Olga", "finance_drafter", "finance_approver")
    client.force_login(user)
    return user


def test_the_cards_page_tells_own_fees_from_the_standard(client, shop, olga):
    other = make_shop("Ana's Flowers", station=shop.station)
    agree_rate(station=shop.station, amount_cents=140, first_day=DAY, at=MORNING)
    page = client.get(reverse("rates:cards")).content.decode()
    assert page.count("$1.40") == 3
    assert other.name.replace("'", "&#x27;") in page
    assert page.count("station's standard<") == 2


def test_a_fee_is_agreed_from_a_day(client, shop, olga):
    url = reverse("rates:shop", args=[shop.slug])
    agree_rate(shop=shop, amount_cents=150, first_day=DAY, at=MORNING)
    agree_rate(station=shop.station, amount_cents=175, first_day=DAY, at=MORNING)

    page = client.post(url, {"amount": "1.75", "first_day": "2026-11-25"}, follow=True)

    assert "Agreed: $1.75 a package." in page.content.decode()
    fees = shop.rate_card.rates.order_by("valid").values_list("amount_cents", "valid")
    assert [(cents, str(valid.lower)) for cents, valid in fees] == [
        (150, "None"),
        (175, "2026-11-25"),
    ]
    assert "$1.75 from" in client.get(reverse("rates:cards")).content.decode()


def test_a_day_too_early_is_refused_beside_the_day(client, shop, olga):
    url = reverse("rates:station", args=[shop.station.code])
    client.post(url, {"amount": "1.50", "first_day": "2026-11-21"})

    answer = client.post(url, {"amount": "1.75", "first_day": "2026-11-20", "reason": "More."})

    assert answer.status_code == 422
    assert "A new card can hold from 2026-11-21 on" in answer.content.decode()
    assert Rate.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("", "Write the fee, like 1.50."),
        ("much", "Write the fee as dollars and cents, like 1.50."),
        ("-1", "A fee lies between $0.00 and $100.00"),
        ("100.01", "A fee lies between $0.00 and $100.00"),
        ("1.505", "Write whole cents"),
        ("NaN", "Write the fee as dollars and cents, like 1.50."),
    ],
)
def test_a_bad_fee_is_worded(client, shop, olga, amount, sentence):
    url = reverse("rates:shop", args=[shop.slug])
    answer = client.post(url, {"amount": amount, "first_day": "2026-11-25"})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Rate.objects.exists()


def test_the_same_fee_again_changes_nothing(client, shop, olga):
    url = reverse("rates:shop", args=[shop.slug])
    client.post(url, {"amount": "1.50", "first_day": "2026-11-21"})
    page = client.post(url, {"amount": "1.5", "first_day": "2026-11-21"}, follow=True)
    assert "This fee was agreed already; nothing changed." in page.content.decode()


def test_the_cards_page_costs_the_same_for_one_shop_and_thirty(
    client, shop, olga, django_assert_num_queries
):
    agree_rate(station=shop.station, amount_cents=140, first_day=DAY, at=MORNING)
    with django_assert_num_queries(10):
        client.get(reverse("rates:cards"))
    for number in range(30):
        one = make_shop(f"Shop {number}", station=shop.station, opened_at=MORNING)
        agree_rate(shop=one, amount_cents=150, first_day=DAY, at=MORNING)
    with django_assert_num_queries(10):
        client.get(reverse("rates:cards"))


@pytest.mark.parametrize("name", ["cards", "shop", "station"])
def test_only_money_staff_see_fees(client, shop, name):
    args = {"cards": [], "shop": [shop.slug], "station": [shop.station.code]}[name]
    url = reverse(f"rates:{name}", args=args)
    assert client.get(url).status_code == 302
    client.force_login(make_member(shop))
    assert client.get(url).status_code == 404
    client.force_login(make_staff("Dora", "dispatcher"))
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(("name", "args"), [("shop", ["nobody"]), ("station", ["NOPE"])])
def test_a_card_nobody_has_is_no_page(client, olga, name, args):
    assert client.get(reverse(f"rates:{name}", args=args)).status_code == 404


def test_more_than_the_market_pays_holds_once_a_second_person_approved(client, shop, olga):
    agree_rate(station=shop.station, amount_cents=150, first_day=DAY, at=MORNING)
    url = reverse("rates:shop", args=[shop.slug])
    raised = {"amount": "1.75", "first_day": "2026-11-25"}
    answer = client.post(url, raised)
    assert (answer.status_code, "Write a sentence." in answer.text) == (422, True)
    assert not RateChange.objects.exists()
    answer = client.post(url, raised | {"reason": "Two floors more."})
    change = RateChange.objects.get()
    assert answer.url == reverse("rates:change", args=[change.pk])
    assert not Rate.objects.filter(amount_cents=175).exists()
    with pytest.raises(SamePerson):
        approve_change(change_id=change.pk, by=olga, at=MORNING)
    again = client.post(url, raised | {"amount": "1.80", "reason": "More."})
    assert (again.status_code, "Shops were told of a new card" in again.text) == (422, True)
    approve_change(change_id=change.pk, by=make_staff("Pavel", "finance_approver"), at=MORNING)
    rate = Rate.objects.get(amount_cents=175)
    assert (str(rate.valid.lower), rate.card.shop) == ("2026-11-25", shop)


def test_a_station_s_standard_is_raised_by_two_people(client, shop, olga):
    url = reverse("rates:station", args=[shop.station.code])
    client.post(url, {"amount": "1.50", "first_day": "2026-11-21"})
    assert Rate.objects.get().amount_cents == 150  # the first one: deliveries wait for it
    client.post(url, {"amount": "9.50", "first_day": "2026-11-25", "reason": "A holiday."})
    assert (Rate.objects.count(), RateChange.objects.get().status) == (1, "published")


def test_a_raise_leaves_the_other_lines_and_busy_days_as_they_are(client, shop, olga):
    write_card(
        plain(150),
        plain(300, size="large"),
        Line("peak", 50, first_on=DAY, end_on=DAY + dt.timedelta(days=30)),
        shop=shop,
    )
    url = reverse("rates:shop", args=[shop.slug])
    first_day = DAY + dt.timedelta(days=5)
    client.post(url, {"amount": "1.75", "first_day": str(first_day), "reason": "More stairs."})
    lines = RateChange.objects.get().lines.order_by("amount_cents")
    assert [(one.kind, one.size, one.amount_cents, one.first_on) for one in lines] == [
        ("peak", "", 50, first_day),
        ("delivery", "", 175, None),
        ("delivery", "large", 300, None),
    ]


def test_nobody_writes_over_somebodys_draft(client, shop, olga):
    agree_rate(shop=shop, amount_cents=150, first_day=DAY, at=MORNING)
    day = DAY + dt.timedelta(days=20)
    words = {"effective_on": day, "reason": "Because.", "by": olga, "at": MORNING}
    draft_change(shop=shop, lines=[plain(200)], **words)
    url = reverse("rates:shop", args=[shop.slug])
    answer = client.post(url, {"amount": "1.75", "first_day": "2026-11-25", "reason": "More."})
    assert "Olga is writing a new card here" in answer.text
    assert RateChange.objects.get().lines.get().amount_cents == 200


@pytest.mark.parametrize(
    ("cents", "now", "market", "kind", "is_two"),
    [
        (150, None, None, "delivery", False),
        (150, None, 150, "delivery", False),
        (151, None, 150, "delivery", True),
        (151, 151, 150, "delivery", False),
        (160, 151, None, "delivery", True),
        (140, 151, 150, "delivery", False),  # the law of falling fees refuses it
        (75, None, None, "over_cap", True),
        (75, None, 75, "over_cap", False),
    ],
)
def test_who_may_agree_what_alone(cents, now, market, kind, is_two):
    asked = {"kind": kind, "cents": cents, "now_cents": now, "market_cents": market}
    assert takes_two_people(**asked) is is_two


def test_an_extra_beyond_the_cap_is_agreed_on_the_same_card(client, shop, olga):
    promise(75, station=shop.station)
    own = reverse("rates:shop", args=[shop.slug])
    url = f"{own}?kind=over_cap"
    answer = client.post(url, {"amount": "0.75", "first_day": "2026-11-23"})
    assert (answer.status_code, answer.url) == (302, url)
    rate = Rate.objects.get(kind="over_cap", card__shop=shop)
    assert (rate.amount_cents, str(rate.valid.lower), rate.card.shop) == (75, "2026-11-23", shop)
    assert '<td class="number" data-label="Fee">$0.75' in client.get(url).content.decode()
    assert 'data-label="Fee"' not in client.get(own).content.decode()
    refused = client.post(url, {"amount": "0.80", "first_day": "2026-11-20"})
    assert refused.status_code == 422
    assert Rate.objects.filter(kind="over_cap", card__shop=shop).count() == 1
