"""The pages of corrections: a shop reads, answers and objects; staff propose and decide."""

import pytest
from django.urls import reverse

from payouts.accruals.actions import accrue_waiting
from payouts.adjustments.models import Adjustment, Dispute, Hold
from payouts.ledger.queries import payable_cents
from tests.factories import make_member, make_shop, make_staff
from tests.payouts.adjustments.helpers import propose
from tests.payouts.helpers import LATER, earn, make_olga, make_pavel

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(settings):
    shop = make_shop()
    earn(shop, 2, cents=250)
    accrue_waiting(at=LATER)
    return shop


@pytest.fixture
def rosa(shop, client):
    client.force_login(make_member(shop, "Rosa"))
    return client


@pytest.fixture
def olga(client):
    olga = make_olga()
    client.force_login(olga)
    return olga


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr("kernel.clock.now", lambda: LATER)


def test_an_owner_objects_to_a_fee_from_its_day(shop, rosa, now):
    delivery = shop.deliveries.first()
    url = reverse("adjustments:object", args=[delivery.pk])
    day = rosa.get(reverse("statements:day", args=[delivery.delivered_on]))
    assert url in day.content.decode()

    assert rosa.get(url).status_code == 200
    empty = rosa.post(url, {"amount": "", "words": ""})
    assert empty.status_code == 422
    too_much = rosa.post(url, {"amount": "99", "words": "More."})
    assert too_much.status_code == 409
    assert "between $0.01 and $50.00" in too_much.content.decode()
    assert not Dispute.objects.exists()

    done = rosa.post(url, {"amount": "0.75", "words": "It was a large one."}, follow=True)
    assert "We look into it and answer within 30 days." in done.content.decode()
    assert Dispute.objects.get().claimed_cents == 75


def test_an_owner_answers_a_proposed_deduction(shop, rosa, now):
    deduction = propose(shop, -400, make_olga(), at=LATER)
    url = reverse("adjustments:one", args=[deduction.pk])
    assert "Tell us your side" in rosa.get(url).content.decode()
    rosa.post(url, {"text": "It never came."})
    deduction.refresh_from_db()
    assert deduction.answer == "It never came."


def test_strangers_and_helpers_see_no_corrections(shop, client, now):
    deduction = propose(shop, -400, make_olga(), at=LATER)
    delivery = shop.deliveries.first()
    pages = [
        reverse("adjustments:one", args=[deduction.pk]),
        reverse("adjustments:object", args=[delivery.pk]),
    ]
    for person in (
        make_member(shop, "Sam", "helper"),
        make_member(make_shop("Zed's Laundry"), "Zed"),
        make_staff("Dora", "dispatcher"),
    ):
        client.force_login(person)
        assert [client.get(page).status_code for page in pages] == [404, 404]
        assert client.get(reverse("adjustments:staff", args=[deduction.pk])).status_code == 404


def test_staff_propose_and_another_person_books(shop, olga, client, now):
    url = f"{reverse('adjustments:propose')}?shop={shop.slug}"
    sent = {
        "do": "propose",
        "direction": "for",
        "amount": "40.00",
        "reason": "goodwill",
        "words": "The van was two hours late.",
    }
    assert client.get(url).status_code == 200
    wrong = client.post(url, sent | {"reason": "package_lost"})
    assert wrong.status_code == 422
    assert "fits what it does" in wrong.content.decode()
    client.post(url, sent)
    made = Adjustment.objects.get()
    page = reverse("adjustments:staff", args=[made.pk])
    own = client.post(page, {"do": "book", "words": ""})
    assert own.status_code == 409
    assert "somebody else has to decide" in own.content.decode()

    client.force_login(make_pavel())
    client.post(page, {"do": "book", "words": ""})
    assert payable_cents(shop.pk) == 4_500
    assert "The van was two hours late." in client.get(page).content.decode()


def test_staff_answer_an_objection(shop, rosa, client, now):
    delivery = shop.deliveries.first()
    rosa.post(
        reverse("adjustments:object", args=[delivery.pk]), {"amount": "0.75", "words": "Large."}
    )
    dispute = Dispute.objects.get()
    client.force_login(make_olga())
    queue = client.get(reverse("adjustments:queue")).content.decode()
    page = reverse("adjustments:dispute", args=[dispute.pk])
    assert page in queue
    assert client.post(page, {"do": "decline", "words": ""}).status_code == 409
    client.post(page, {"do": "grant", "amount": "0.75", "words": "You were right."})
    assert payable_cents(shop.pk) == 575


def test_staff_set_aside_and_give_free(shop, olga, client, now):
    url = f"{reverse('adjustments:propose')}?shop={shop.slug}"
    client.post(url, {"do": "hold", "amount": "3.00", "words": "A phone was stolen."})
    assert payable_cents(shop.pk) == 200
    assert "A phone was stolen." in client.get(reverse("adjustments:queue")).content.decode()
    client.post(reverse("adjustments:release", args=[Hold.objects.get().pk]))
    assert payable_cents(shop.pk) == 500


def test_a_page_without_a_shop_leads_back(olga, client, now):
    answer = client.get(reverse("adjustments:propose"), follow=True)
    assert "Choose a shop first." in answer.content.decode()
    assert client.get(reverse("adjustments:propose") + "?shop=nobody").status_code == 302


def test_the_shops_page_tells_what_is_open(shop, rosa, now):
    page = reverse("adjustments:mine")
    assert "No corrections" in rosa.get(page).content.decode()
    propose(shop, 1_500, make_olga(), at=LATER)
    text = rosa.get(page).content.decode()
    assert "$15.00" in text
    assert "The box of Nov 20" in text


@pytest.mark.parametrize("many", [1, 12])
def test_the_lists_cost_the_same_for_one_row_and_many(
    shop, olga, client, now, django_assert_max_num_queries, many
):
    for _ in range(many):
        propose(shop, -400, olga, at=LATER)
    with django_assert_max_num_queries(14):
        client.get(reverse("adjustments:queue"))
