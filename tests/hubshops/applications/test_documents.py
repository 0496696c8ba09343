"""The record that an applicant keeps."""

import io

import pytest
from pypdf import PdfReader

from hubshops.applications.documents import record_pdf
from tests.hubshops.applications.helpers import begin, send, write
from tests.hubshops.applications.test_actions import apply

pytestmark = pytest.mark.django_db


def words_of(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_the_record_holds_every_answer_with_phone_and_address_for_mail_masked():
    application = send(write(begin()))
    words = words_of(record_pdf(application))
    for told in (
        "Rosa's Bodega",
        "112 W Center St",
        "Bodega or grocery",
        "Sam Okafor",
        "Mon, Tue, Wed, Thu, Sat",
        "36",
        "By bike or cart",
        "Dry, 6 by 6 feet",
        "Ring twice",
        "Not given",
        "0110",
        "@shop.test",
        "18 or older",
        "Sent on Nov. 20, 2026",
        application.reference[:8].upper(),
    ):
        assert told in words, told
    assert "555" not in words
    assert "rosa@" not in words
    assert "sam@" not in words


def test_long_answers_flow_over_pages_and_foreign_letters_stay():
    people = {"people": [(f"Zoë Ångström 陈{n}", f"z{n}@shop.test") for n in range(20)]}
    more = {"message": "A long story. " * 70}
    content = record_pdf(send(write(begin(), people=people, more=more)))
    assert len(PdfReader(io.BytesIO(content)).pages) > 1
    assert "陈19" in words_of(content)


def test_one_that_came_another_way_has_a_record_too():
    assert "You said yes to" not in words_of(record_pdf(apply()))


def test_the_record_is_there_once_it_was_sent(client):
    draft = write(begin())
    url = f"/apply/{draft.reference}/record.pdf"
    assert client.get(url).status_code == 404
    send(draft)
    answer = client.get(url)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.content.startswith(b"%PDF")
