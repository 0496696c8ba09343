"""Two taps on one button: one signature, one practice day, one shop that goes live."""

import pytest

from hubshops.agreements.actions import send_agreements
from hubshops.agreements.models import AgreementSignature
from hubshops.applications.models import Application, ApplicationEvent
from hubshops.practice.models import PracticeDay
from hubshops.ramps.actions import grow_caps
from hubshops.shops.models import CapStep, Shop
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_staff
from tests.hubshops.agreements.helpers import sign
from tests.hubshops.applications.test_actions import apply, approve
from tests.hubshops.documents.helpers import good_papers
from tests.hubshops.practice.test_practice import close, walk_through
from tests.hubshops.ramps.test_growing import check
from tests.races.test_applications import answer_of
from tests.races.test_jobs import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    olga = make_staff("Olga", "reviewer")
    shop = approve(apply(), olga).shop
    good_papers(shop, olga)
    return shop


@pytest.fixture
def rosa(shop):
    return shop.memberships.get().user


def test_taps_at_once_are_one_signature_while_the_sweep_runs(shop, rosa):
    def tap(place):
        if place == 3:
            return send_agreements(at=MORNING)
        return sign(shop, rosa, at=MORNING)

    at_once(4, tap)
    assert AgreementSignature.objects.count() == 1
    assert Application.objects.get().status == "agreement_signed"
    kinds = list(ApplicationEvent.objects.values_list("kind", flat=True))
    assert (kinds.count("sent"), kinds.count("signed")) == (1, 1)
    assert Mail.objects.filter(subject__contains="your copy").count() == 1


def test_closing_twice_at_once_makes_one_live_shop(shop, rosa):
    sign(shop, rosa, at=MORNING)
    walk_through(shop, rosa)
    answers = at_once(3, lambda _place: answer_of(lambda: close(shop, rosa)))
    assert [answer for answer in answers if answer is True] == [True]
    assert Shop.objects.get().status == "live"
    assert Application.objects.get().status == "live"
    assert CapStep.objects.count() == 1
    assert PracticeDay.objects.count() == 1
    assert Mail.objects.filter(subject="Your shop is live").count() == 1


def test_two_sweeps_at_once_are_one_step(shop, rosa):
    sign(shop, rosa, at=MORNING)
    walk_through(shop, rosa)
    close(shop, rosa)
    for number in (1, 2, 3):
        check(shop, number)
    assert sorted(at_once(2, lambda _place: grow_caps(at=MORNING))) == [0, 1]
    assert CapStep.objects.count() == 2
