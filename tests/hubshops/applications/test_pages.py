"""Where an application stands, through the pages."""

import pytest
from django.core.cache import cache

from hubshops.applications import actions
from tests.factories import MORNING, make_staff
from tests.hubshops.applications.test_actions import apply

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def text(answer):
    return answer.content.decode()


def test_a_reference_that_nobody_has_is_no_page(client):
    assert client.get("/apply/abcdefghijklmnopqrstuvwxyz/").status_code == 404


def test_the_status_page_hides_what_a_passer_by_could_copy(client):
    body = text(client.get(f"/apply/{apply().reference}/"))
    assert "r•••@shop.test" in body
    for secret in ("rosa@shop.test", "555-0110", "Center Street", "Rosa Marte"):
        assert secret not in body


def test_lateness_is_admitted(client, time_machine):
    application = apply()
    time_machine.move_to(MORNING.replace(month=12, day=3))
    assert "We are late with your application" in text(
        client.get(f"/apply/{application.reference}/")
    )


def test_the_applicant_answers_a_question_on_her_page(client):
    application = apply()
    url = f"/apply/{application.reference}/"
    actions.ask_applicant(
        application_id=application.pk, question="Which car?", by=make_staff(), at=MORNING
    )
    assert "Which car?" in text(client.get(url))
    assert client.post(url, {"words": ""}).status_code == 422
    assert "Your answer is with us" in text(client.post(url, {"words": "A van."}, follow=True))


def test_the_applicant_takes_it_back(client):
    application = apply()
    url = f"/apply/{application.reference}/withdraw/"
    assert client.get(url).status_code == 405
    assert "You took your application back" in text(client.post(url, follow=True))
