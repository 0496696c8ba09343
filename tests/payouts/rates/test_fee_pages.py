"""Staff of the money side see fees and agree new ones."""

import pytest
from django.urls import reverse

from payouts.rates.actions import agree_rate
from payouts.rates.models import Rate
from tests.factories import DAY, MORNING, make_member, make_shop, make_staff, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(time_machine):
    time_machine.move_to(MORNING)
    return make_shop(station=make_station())


@pytest.fixture
def olga(client):
    user = make_staff("Olga", "finance_drafter")
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
    client.post(url, {"amount": "1.50", "first_day": "2026-11-21"})

    page = client.post(url, {"amount": "1.75", "first_day": "2026-11-25"}, follow=True)

    assert "Agreed: $1.75 a package." in page.content.decode()
    fees = Rate.objects.order_by("valid").values_list("amount_cents", "valid")
    assert [(cents, str(valid.lower)) for cents, valid in fees] == [
        (150, "None"),
        (175, "2026-11-25"),
    ]
    assert "$1.75 from" in client.get(reverse("rates:cards")).content.decode()


def test_a_day_too_early_is_refused_beside_the_day(client, shop, olga):
    url = reverse("rates:station", args=[shop.station.code])
    client.post(url, {"amount": "1.50", "first_day": "2026-11-21"})

    answer = client.post(url, {"amount": "1.75", "first_day": "2026-11-20"})

    assert answer.status_code == 422
    assert "A fee can change from 2026-11-21 on" in answer.content.decode()
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


def test_an_extra_beyond_the_cap_is_agreed_on_the_same_card(client, shop, olga):
    own = reverse("rates:shop", args=[shop.slug])
    url = f"{own}?kind=over_cap"
    answer = client.post(url, {"amount": "0.75", "first_day": "2026-11-23"})
    assert (answer.status_code, answer.url) == (302, url)
    rate = Rate.objects.get(kind="over_cap")
    assert (rate.amount_cents, str(rate.valid.lower), rate.card.shop) == (75, "2026-11-23", shop)
    assert '<td class="number" data-label="Fee">$0.75' in client.get(url).content.decode()
    assert 'data-label="Fee"' not in client.get(own).content.decode()
    refused = client.post(url, {"amount": "0.80", "first_day": "2026-11-20"})
    assert refused.status_code == 422
    assert Rate.objects.filter(kind="over_cap").count() == 1
