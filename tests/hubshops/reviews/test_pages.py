"""Reviewing applications, through the pages."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hubshops.applications import actions, queries
from hubshops.applications.models import ApplicationStatus
from hubshops.documents.actions import accept_document
from hubshops.documents.models import Look
from hubshops.documents.queries import dossier_of
from hubshops.reviews.staff_views.reviewing import status_chips
from hubshops.shops.models import Shop
from kernel.notifications.models import Mail
from portal.ops.queries import waiting_applications
from tests.factories import MORNING, make_staff, make_station
from tests.hubshops.applications.helpers import begin, send, write
from tests.hubshops.applications.test_actions import apply
from tests.hubshops.documents.helpers import bring, of_kind
from tests.hubshops.documents.test_actions import ENDS
from tests.hubshops.reviews.helpers import screened
from tests.hubshops.reviews.test_deciding import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(client):
    staff = make_staff("Olga", "reviewer")
    client.force_login(staff)
    return staff


def text(answer):
    return answer.content.decode()


@pytest.mark.usefixtures("olga")
def test_the_queue_puts_who_waits_longest_first(client):
    apply(name="Newer", address1="2 Main St", at=MORNING.replace(hour=12))
    apply(name="Older", address1="1 Main St")
    body = text(client.get("/ops/applications/"))
    assert body.index("Older") < body.index("Newer")
    assert "Waiting for us (2)" in body


@pytest.mark.usefixtures("olga")
def test_an_empty_queue_says_so(client):
    assert "Nothing waits for us" in text(client.get("/ops/applications/"))
    assert "No application here" in text(client.get("/ops/applications/?status=declined"))
    assert client.get("/ops/applications/?status=nonsense&page=x").status_code == 200


@pytest.mark.usefixtures("olga")
def test_the_queue_costs_the_same_for_one_row_and_for_thirty(client, django_assert_num_queries):
    apply()
    client.get("/ops/applications/")
    with CaptureQueriesContext(connection) as few:
        client.get("/ops/applications/")
    for number in range(30):
        apply(address1=f"{number} Main St")
    with django_assert_num_queries(len(few)):
        client.get("/ops/applications/")


def decide(client, application, decision, **fields):
    seen = fields.pop("seen", None) or queries.last_event(application).pk
    data = {f"{decision}-{name}": value for name, value in fields.items()}
    extra = {"letter_read": data.pop(f"{decision}-letter_read")} if "letter_read" in fields else {}
    return client.post(
        f"/ops/applications/{application.pk}/",
        data | extra | {"decision": decision, f"{decision}-seen": seen},
    )


TERMS = {"radius_miles": "2.5", "daily_cap": "30", "weekdays": list("12345")}


@pytest.mark.usefixtures("olga")
def test_a_reviewer_approves_and_the_shop_gets_ready(client):
    station, application = make_station(), apply()
    body = text(client.get(f"/ops/applications/{application.pk}/"))
    assert 'value="2.5"' in body
    answer = decide(client, application, "approve", station=station.pk, **TERMS)
    assert (answer.status_code, answer.url) == (302, f"/ops/applications/{application.pk}/")
    shop = Shop.objects.get()
    assert (shop.radius_m, shop.weekdays) == (4023, "12345")
    assert "gets ready now. Its owner was invited" in text(client.get(answer.url))


@pytest.mark.usefixtures("olga")
@pytest.mark.parametrize(
    ("field", "value"),
    [("station", ""), ("radius_miles", "26"), ("daily_cap", "0"), ("weekdays", [])],
)
def test_an_approval_without_its_terms_opens_nothing(client, field, value):
    terms = TERMS | {"station": make_station().pk, field: value}
    answer = decide(client, apply(), "approve", **terms)
    assert answer.status_code == 422
    assert not Shop.objects.exists()


@pytest.mark.usefixtures("olga")
def test_a_decline_shows_its_letter_first(client):
    application = apply()
    letter = decide(client, application, "decline", reason="full", words="Try in spring.")
    assert "Read the letter before it leaves" in text(letter)
    assert "We have enough shops in your area now. Try in spring." in text(letter)
    application.refresh_from_db()
    assert application.status == "submitted"
    sent = decide(
        client, application, "decline", reason="full", words="Try in spring.", letter_read="yes"
    )
    assert sent.url == "/ops/applications/"
    application.refresh_from_db()
    assert application.decision_reason == "We have enough shops in your area now. Try in spring."


@pytest.mark.usefixtures("olga")
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"reason": ""}, "Choose a reason."),
        ({"reason": "other", "words": ""}, "Write the reason."),
    ],
)
def test_a_decline_without_a_reason_goes_nowhere(client, fields, words):
    answer = decide(client, apply(), "decline", letter_read="yes", **fields)
    assert answer.status_code == 422
    assert words in text(answer)
    assert Mail.objects.count() == 1


def test_a_change_meanwhile_blocks_and_keeps_what_was_typed(client, olga):
    application = apply()
    seen = queries.last_event(application).pk
    actions.ask_applicant(application_id=application.pk, question="Which car?", by=olga, at=MORNING)
    answer = decide(client, application, "approve", station=make_station().pk, seen=seen, **TERMS)
    assert answer.status_code == 409
    assert "While you were reading, something happened" in text(answer)
    assert 'value="30"' in text(answer)
    assert f'value="{queries.last_event(application).pk}"' in text(answer)
    assert not Shop.objects.exists()


@pytest.mark.usefixtures("olga")
def test_a_question_leaves_by_mail(client):
    application = apply(language="es")
    question = {"template": "other", "question": "Which car?"}
    assert "As it leaves, in Spanish" in text(decide(client, application, "ask", **question))
    assert Mail.objects.count() == 1
    sent = decide(client, application, "ask", **question, letter_read="yes")
    assert sent.status_code == 302
    assert "Which car?" in Mail.objects.order_by("pk").last().body


@pytest.mark.usefixtures("olga")
def test_one_of_our_questions_is_read_in_both_languages_and_leaves_in_the_applicants(client):
    application = apply(language="es")
    body = text(decide(client, application, "ask", template="storage"))
    assert "Where do packages wait" in body
    assert "Dónde esperan los paquetes" in body
    decide(client, application, "ask", template="storage", letter_read="yes")
    assert "Dónde esperan los paquetes" in Mail.objects.order_by("pk").last().body
    answer = decide(client, application, "ask", template="")
    assert answer.status_code == 422
    assert "Choose a question" in text(answer)


@pytest.mark.usefixtures("olga")
def test_an_application_that_nobody_sent_is_no_page(client):
    assert client.get("/ops/applications/999/").status_code == 404


def test_papers_are_read_beside_the_facts_and_who_looked_is_written_down(client, olga):
    application = apply()
    dossier = dossier_of(application.reference)
    licence = bring(of_kind(dossier, "licence"))
    page = f"/ops/applications/{application.pk}/"
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        body = text(client.get(page))
    address = f"/ops/documents/{licence.pk}/pages/1/"
    (picture,) = re.findall(r"<img [^>]*>", body)
    for part in (f'src="{address}"', 'alt="Business license, page 1"', 'loading="lazy"'):
        assert part in picture
    assert f'<a href="/ops/documents/{licence.pk}/"><img' in body
    assert "There are no pictures of this paper." in body
    assert not Look.objects.exists()
    assert client.get(address).status_code == 200
    assert Look.objects.get().by == olga
    assert rows_of(body)["Every paper is accepted (may follow after a yes)"] == "Not yet"
    for kind in ("insurance", "identity"):
        bring(of_kind(dossier, kind))
    with CaptureQueriesContext(connection) as many:
        assert text(client.get(page)).count('loading="lazy"') == 3
    assert len(many) == len(few)
    for document in dossier.documents.all():
        accept_document(document_id=document.pk, expires_on=ENDS, by=olga, at=MORNING)
    body = text(client.get(page))
    assert rows_of(body)["Every paper is accepted (may follow after a yes)"] == "Yes"


def rows_of(body):
    """The checklist: its words, and its answers."""
    rows = re.findall(r'<li class="row row-apart"><span>(.*?)</span>(.*?)</li>', body, re.DOTALL)
    return {words: re.sub(r"<[^>]+>", "", answer).strip() for words, answer in rows}


@pytest.mark.usefixtures("olga")
def test_the_review_names_who_delivers(client):
    application = screened()
    body = text(client.get(f"/ops/applications/{application.pk}/"))
    assert '<dd translate="no">Rosa, Sam</dd>' in body
    assert "PersonChecked" not in body


@pytest.mark.usefixtures("olga")
def test_something_grave_is_no_not_yet_and_a_decision_ends_the_list(client):
    application = screened(postal_code="99999")
    body = text(client.get(f"/ops/applications/{application.pk}/"))
    assert '<a href="#findings">' in body
    assert "No: look at it" in body
    assert 'id="findings"' in body
    put(application, "declined")
    assert "Before a yes" not in text(client.get(f"/ops/applications/{application.pk}/"))


@pytest.mark.usefixtures("olga")
@pytest.mark.parametrize("status", [one for one in ApplicationStatus.values if one != "draft"])
def test_every_application_stands_in_one_list_and_the_front_page_counts_the_same(client, status):
    put(apply(), status)
    body = text(client.get("/ops/applications/"))
    counts = [int(chip["label"].rpartition("(")[2][:-1]) for chip in status_chips("all")]
    assert (sum(counts[:-1]), counts[-1]) == (1, 1)
    waits = waiting_applications()
    assert f"Waiting for us ({waits['us']})" in body
    assert f"Waiting for the applicant ({waits['them']})" in body


@pytest.mark.usefixtures("olga")
def test_staff_read_the_same_labels_as_the_applicant(client):
    draft = write(begin(), storage={"storage_kind": "other", "storage_note": "A shed"})
    application = send(draft)
    body = text(client.get(f"/ops/applications/{application.pk}/"))
    assert "<dt>Where packages wait</dt><dd>Somewhere else</dd>" in body
    assert "<dt>About the place</dt><dd>A shed</dd>" in body
    assert "<dt>Kind of shop</dt><dd>Bodega or grocery</dd>" in body
