"""Papers through the pages: an applicant by her address, an owner, staff, and strangers."""

import io

import pytest
from django.core.cache import cache
from PIL import Image

from hubshops.documents import actions
from hubshops.documents.models import Document, Look
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_member, make_shop, make_staff
from tests.hubshops.documents.helpers import REFERENCE, a_dossier, bring, of_kind, photo
from tests.hubshops.documents.test_actions import ENDS

pytestmark = pytest.mark.django_db
HERS = f"/apply/{REFERENCE}/documents/"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def dossier():
    return a_dossier()


@pytest.fixture
def olga():
    return make_staff("Olga", "reviewer")


def text(answer) -> str:
    return answer.content.decode()


def test_an_applicant_takes_a_photo_looks_at_it_and_sends_it(client, dossier):
    assert "3 papers are still to come" in text(client.get(HERS))
    page = f"{HERS}{of_kind(dossier, 'licence').pk}/"
    assert 'capture="environment"' in text(client.get(page))
    answer = client.post(page, {"do": "upload", "photo": photo()}, follow=True)
    assert "Can you read every word?" in text(answer)
    picture = client.get(f"{page}pages/1/")
    assert Image.open(io.BytesIO(b"".join(picture))).size == (400, 300)
    answer = client.post(page, {"do": "send"}, follow=True)
    assert "We look at it and write to you." in text(answer)
    assert "2 papers are still to come" in text(answer)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_what_is_no_paper_is_refused_on_the_page(client, dossier):
    page = f"{HERS}{of_kind(dossier, 'licence').pk}/"
    svg = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    svg.name = "photo.jpg"
    answer = client.post(page, {"do": "upload", "file": svg})
    assert answer.status_code == 422
    assert "We take photos (JPEG, PNG, HEIC) and PDF files." in text(answer)
    answer = client.post(page, {"do": "upload"})
    assert "Take a photo of the paper, or choose a file." in text(answer)
    large = io.BytesIO(bytes(10_000_001))
    large.name = "large.pdf"
    assert "over 10 MB" in text(client.post(page, {"do": "upload", "file": large}))
    empty = io.BytesIO(b"")
    empty.name = "empty.pdf"
    assert "This file is empty." in text(client.post(page, {"do": "upload", "file": empty}))
    assert Document.objects.filter(status="requested").count() == 3


def test_a_picture_is_private_and_handed_out_with_care(client, dossier):
    document = bring(of_kind(dossier, "licence"))
    answer = client.get(f"{HERS}{document.pk}/pages/1/")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith('inline; filename="paper-')
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert client.get(f"{HERS}{document.pk}/pages/2/").status_code == 404
    other = a_dossier(reference="other", email="zed@shop.test")
    assert client.get(f"/apply/{other.reference}/documents/{document.pk}/").status_code == 404
    assert client.get(f"/apply/other/documents/{document.pk}/pages/1/").status_code == 404
    assert client.get("/apply/nobody/documents/").status_code == 404


def test_an_identity_card_is_not_shown_back(client, dossier):
    document = bring(of_kind(dossier, "identity"))
    answer = client.get(f"{HERS}{document.pk}/pages/1/")
    coarse = Image.open(io.BytesIO(b"".join(answer)))
    assert max(coarse.size) <= 240
    page = text(client.get(f"{HERS}{document.pk}/"))
    assert "made unreadable" in page


def test_another_person_who_delivers_is_added_and_taken_off(client, dossier):
    answer = client.post(f"{HERS}people/", {"name": "Sam Ortiz"}, follow=True)
    assert "Sam Ortiz" in text(answer)
    assert client.post(f"{HERS}people/", {"name": ""}).status_code == 422
    sams = of_kind(dossier, "identity")
    answer = client.post(f"{HERS}{sams.pk}/", {"do": "waive"}, follow=True)
    assert "Taken off your list." in text(answer)
    assert client.get(f"{HERS}{sams.pk}/").status_code == 404


def test_once_there_is_a_shop_its_owner_signs_in(client, dossier):
    document = bring(of_kind(dossier, "licence"))
    shop = make_shop()
    rosa, sam = make_member(shop, "Rosa"), make_member(shop, "Sam", "helper")
    actions.hand_over(reference=REFERENCE, shop=shop, at=MORNING)
    assert client.get(HERS).url == "/shop/documents/"
    assert client.get(f"{HERS}{document.pk}/pages/1/").status_code == 404
    client.force_login(sam)
    assert client.get("/shop/documents/").status_code == 404
    client.force_login(rosa)
    assert "2 papers are still to come" in text(client.get("/shop/documents/"))
    assert client.get(f"/shop/documents/{document.pk}/pages/1/").status_code == 200
    client.force_login(make_member(make_shop("Zed's Flowers"), "Zed"))
    assert "Nothing to send" in text(client.get("/shop/documents/"))
    assert client.get(f"/shop/documents/{document.pk}/").status_code == 404
    assert client.get(f"/shop/documents/{document.pk}/pages/1/").status_code == 404


def test_staff_accept_with_a_day_and_who_looked_is_written_down(client, dossier, olga):
    document = bring(of_kind(dossier, "insurance"))
    client.force_login(olga)
    assert "Rosa&#x27;s Bodega" in text(client.get("/ops/documents/"))
    page = f"/ops/documents/{document.pk}/"
    assert client.get(f"{page}pages/1/").status_code == 200
    assert client.get(f"{page}pages/2/").status_code == 404
    assert Look.objects.get().by == olga
    assert "Who looked at it" in text(client.get(page))
    answer = client.post(page, {"decision": "accept", "accept-expires_on": ""})
    assert answer.status_code == 422
    assert "as the paper says" in text(answer)
    accept = {"decision": "accept", "accept-expires_on": ENDS.isoformat()}
    assert client.post(page, accept).url == "/ops/documents/"
    answer = client.post(page, accept)
    assert answer.status_code == 409
    assert "not waiting any more: Accepted, Olga" in text(answer)


def test_staff_refuse_in_the_words_of_who_reads_it(client, olga):
    document = bring(of_kind(a_dossier(language="es"), "licence"))
    client.force_login(olga)
    refuse = {"decision": "reject", "reject-reason": "corner", "reject-words": "Abajo."}
    client.post(f"/ops/documents/{document.pk}/", refuse)
    body = Mail.objects.get().body
    assert "esquina" in body
    assert "Abajo." in body
    refuse = {"decision": "reject", "reject-reason": "other", "reject-words": ""}
    answer = client.post(f"/ops/documents/{document.pk}/", refuse)
    assert "Write the reason." in text(answer)


def test_staff_ask_a_shop_that_came_without_an_application(client, olga):
    shop = make_shop()
    make_member(shop, "Rosa")
    client.force_login(olga)
    client.post("/ops/documents/ask/", {"shop": shop.pk})
    assert Mail.objects.get().to == "rosa@shop.test"
    assert client.post("/ops/documents/ask/", {"shop": ""}).status_code == 422


def test_the_queue_costs_the_same_for_one_paper_and_for_many(
    client, olga, django_assert_max_num_queries
):
    client.force_login(olga)
    bring(of_kind(a_dossier(), "licence"))
    client.get("/ops/documents/")
    with django_assert_max_num_queries(12) as one:
        client.get("/ops/documents/?kind=licence")
    for number in range(8):
        bring(of_kind(a_dossier(reference=f"r{number}"), "licence"))
    with django_assert_max_num_queries(len(one)):
        client.get("/ops/documents/?kind=licence")
