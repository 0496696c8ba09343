"""The agreement: who is asked, what is kept when she signs, and what the database refuses."""

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from hubshops.agreements import actions, documents, queries
from hubshops.agreements.models import AgreementSignature, AgreementVersion
from hubshops.applications.models import Application, ApplicationEvent
from hubshops.shops.models import MemberRole, Shop, ShopStatus
from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_shop,
    make_staff,
    make_station,
    show_again,
)
from tests.hubshops.agreements.helpers import SUMMARIES, first, sign
from tests.hubshops.applications.test_actions import apply, approve

pytestmark = pytest.mark.django_db
AGREEMENT = "/shop/agreement/"
LATER = MORNING + dt.timedelta(days=20)
FIRST_HASH = "68aed7ec66850e6081cd384b2318206cccfd28f7b6f1cd02edc3c507dd546324"


@pytest.fixture(autouse=True)
def _it_is_morning():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop, "Rosa")


def publish(text="Another text.", *, days=20, by=None, at=MORNING):
    return actions.publish_version(
        text=text,
        summaries=SUMMARIES,
        effective_on=at.date() + dt.timedelta(days=days),
        by=by,
        at=at,
    )


def test_the_first_version_came_with_the_portal_and_stays_as_it_was():
    assert first().sha256 == FIRST_HASH
    assert set(first().summaries) == {"en", "es"}
    data = Path(actions.__file__).parent / "data" / "v1" / "agreement.txt"
    assert data.read_text(encoding="utf-8") == first().text


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE agreement_version SET text = 'x'",
        "DELETE FROM agreement_version",
        "UPDATE agreement_signature SET legal_name = 'Zed'",
        "DELETE FROM agreement_signature",
    ],
)
def test_nobody_changes_what_was_published_or_signed(change, shop, rosa):
    sign(shop, rosa, at=MORNING)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_a_hash_is_the_texts_own_and_a_signature_is_of_the_very_text(shop, rosa):
    sign(shop, rosa, at=MORNING)
    row = {
        "number": 9,
        "text": "A",
        "sha256": "0" * 64,
        "summaries": SUMMARIES,
        "effective_on": DAY,
        "published_at": MORNING,
    }
    with (
        pytest.raises(IntegrityError, match="agreement_version_hash_is_of_the_text"),
        transaction.atomic(),
    ):
        AgreementVersion.objects.create(**row)
    with (
        pytest.raises(IntegrityError, match="agreement_version_has_plain_words"),
        transaction.atomic(),
    ):
        AgreementVersion.objects.create(**row | {"sha256": first().sha256, "summaries": {}})
    signed = {
        "version": first(),
        "shop": make_shop("Zed's Flowers"),
        "user": rosa,
        "business": "Zed's Flowers",
        "email": rosa.email,
        "legal_name": "R",
        "role": "owner",
        "language": "en",
        "consent": "Yes",
        "signed_at": MORNING,
    }
    with (
        pytest.raises(IntegrityError, match="agreement_signature_is_of_the_very_text"),
        transaction.atomic(),
    ):
        AgreementSignature.objects.create(sha256="0" * 64, **signed)


def test_approved_shops_get_ready_and_are_asked_to_sign_once():
    shop = approve(apply(), make_staff("Olga", "reviewer")).shop
    assert shop.status == ShopStatus.PREPARING
    assert [actions.send_agreements(at=MORNING) for _ in range(2)] == [1, 0]
    assert Application.objects.get().status == "agreement_sent"
    letter = Mail.objects.get(subject="Your agreement is ready to sign")
    assert letter.to == "rosa@shop.test"
    assert AGREEMENT in letter.body


def test_a_signature_keeps_all_and_takes_the_application_on():
    shop = approve(apply(), make_staff("Olga", "reviewer")).shop
    rosa = shop.memberships.get().user
    signature = sign(shop, rosa, at=MORNING, language="es")
    assert (signature.version.number, signature.sha256) == (1, FIRST_HASH)
    assert (signature.legal_name, signature.role) == ("Rosa Marte", "owner")
    assert (signature.language, signature.consent) == ("es", "I agree.")
    assert (signature.address, signature.device) == ("203.0.113.9", "A phone")
    assert signature.signed_at == MORNING
    assert Application.objects.get().status == "agreement_signed"
    assert list(ApplicationEvent.objects.values_list("kind", flat=True))[-2:] == ["sent", "signed"]
    assert Decision.objects.filter(action="sign_agreement").exists()
    assert "/shop/agreement/1.pdf" in Mail.objects.get(subject__contains="your copy").body
    assert actions.send_agreements(at=MORNING) == 0


def test_tapping_twice_is_signing_once(shop, rosa):
    assert sign(shop, rosa, at=MORNING) == sign(shop, rosa, at=MORNING)
    assert AgreementSignature.objects.count() == 1
    assert Mail.objects.filter(subject__contains="your copy").count() == 1


def test_a_text_that_is_not_the_one_to_sign_is_refused(shop, rosa):
    sign(shop, rosa, at=MORNING)
    coming = publish()
    coming_after = publish("Yet another.", days=40)
    with pytest.raises(actions.AnotherText, match="changed while you were reading"):
        sign(shop, rosa, at=MORNING, version=coming)
    sign(shop, rosa, at=MORNING, version=coming_after)
    assert AgreementSignature.objects.count() == 2


def test_a_new_version_binds_nobody_who_did_not_sign_it(shop, rosa):
    sign(shop, rosa, at=MORNING)
    new = publish()
    terms = queries.terms_of(shop, LATER.date())
    assert (terms.asked, terms.bound.version) == (new, first())
    assert [one.name for one in queries.unanswered(new)] == ["Rosa's Bodega"]
    sign(shop, rosa, at=MORNING, version=new)
    assert queries.terms_of(shop, DAY).bound.version == first()
    assert queries.terms_of(shop, LATER.date()).bound.version == new
    assert not queries.unanswered(new).exists()


def test_every_owner_is_told_of_a_new_version_in_her_language(shop, rosa):
    rosa.language = "es"
    rosa.save()
    make_member(shop, "Sam", MemberRole.HELPER)
    publish()
    letter = Mail.objects.get()
    assert letter.to == "rosa@shop.test"
    assert "diciembre" in letter.body
    assert AGREEMENT in letter.body


@pytest.mark.parametrize(
    ("facts", "no", "words"),
    [
        ({"days": 13}, actions.TooSoon, "two weeks"),
        ({"text": "SAME"}, actions.NothingNew, "version 1 already"),
    ],
)
def test_a_version_comes_with_notice_and_is_new(facts, no, words):
    if facts.get("text") == "SAME":
        facts = {"text": first().text}
    with pytest.raises(no, match=words):
        publish(**facts)
    assert AgreementVersion.objects.count() == 1


def test_two_weeks_are_counted_by_the_calendar_of_the_shops(shop):
    evening = MORNING.replace(hour=20)  # the next day in Greenwich
    assert evening.astimezone(dt.UTC).date() == MORNING.date() + dt.timedelta(days=1)
    assert publish(days=14, at=evening).effective_on == MORNING.date() + dt.timedelta(days=14)


def test_where_it_is_a_day_later_shops_have_their_two_weeks_too(shop):
    make_station("NYC", zone="America/New_York")
    evening = MORNING.replace(hour=23, minute=30)
    with pytest.raises(actions.TooSoon):
        publish(days=14, at=evening)


def test_a_version_comes_after_the_last_one():
    publish(days=30)
    with pytest.raises(actions.BeforeTheLast, match="has to come after"):
        publish("Yet another.", days=20)


def test_the_copy_is_the_text_and_all_that_was_kept(shop, rosa, tmp_path):
    signature = sign(shop, rosa, at=MORNING)
    content = documents.signed_copy(signature)
    Shop.objects.update(name="Another name", address1="Elsewhere")
    assert content == documents.signed_copy(queries.signature_for(shop, 1)), "it stays as it was"
    (tmp_path / "copy.pdf").write_bytes(content)
    words = "".join(page.extract_text() for page in PdfReader(tmp_path / "copy.pdf").pages)
    words = " ".join(words.split())
    assert "7. Leaving" in words
    for fact in (
        "Rosa's Bodega, 100 W Center St",
        "Rosa Marte, owner",
        FIRST_HASH,
        "203.0.113.9",
        "A phone",
        "November 20, 2026",
    ):
        assert fact in words


def test_an_owner_reads_and_signs_on_her_page(client, shop, rosa):
    client.force_login(rosa)
    page = client.get(AGREEMENT)
    assert b"In plain words" in page.content
    assert b"3. How the shop is paid" in page.content
    assert b"checked" not in page.content
    told = {"legal_name": "Rosa Marte", "role": "owner", "sha256": first().sha256}
    show_again(client)
    assert client.post(AGREEMENT, told).status_code == 422
    assert not AgreementSignature.objects.exists()
    told |= {"electronic": "on", "agrees": "on"}
    answer = client.post(AGREEMENT, told, headers={"user-agent": "Rosa's phone"})
    assert answer.headers["Location"] == AGREEMENT
    kept = AgreementSignature.objects.get()
    assert (kept.device, kept.address, kept.language) == ("Rosa's phone", "127.0.0.1", "en")
    assert kept.consent.startswith("I agree to sign and to get records on a screen.")
    assert b"There is nothing to do." in client.get(AGREEMENT).content
    copy = client.get("/shop/agreement/1.pdf")
    assert copy.content.startswith(b"%PDF")
    assert client.get("/shop/agreement/2.pdf").status_code == 404


def test_nobody_signs_without_showing_again_who_she_is(client, shop, rosa):
    client.force_login(rosa)
    with time_machine.travel(LATER, tick=False):
        client.force_login(rosa)
    told = {"legal_name": "R", "role": "owner", "sha256": first().sha256}
    answer = client.post(AGREEMENT, told | {"electronic": "on", "agrees": "on"})
    assert "reauthenticate" in answer.headers["Location"]
    assert not AgreementSignature.objects.exists()


def test_a_shop_sees_on_today_and_on_its_page_what_is_new(client, shop, rosa):
    client.force_login(rosa)
    assert b"Our agreement is ready for you to sign" in client.get("/shop/").content
    sign(shop, rosa, at=MORNING)
    assert b"greement is ready" not in client.get("/shop/").content
    publish(first().text.replace("free of charge.", "for nothing."), days=20)
    assert b"There is a new version of our agreement" in client.get("/shop/").content
    page = client.get(AGREEMENT).content.decode()
    assert "New in the text" in page
    assert "version 1 goes on to hold" in page


def test_staff_see_who_has_not_answered_and_publish_after_reading(client, shop):
    client.force_login(make_staff("Ada", "admin"))
    page = client.get("/ops/agreements/1/").content.decode()
    assert "Rosa&#x27;s Bodega" in page
    told = {
        "text": first().text + "\n11. More\n\nMore.",
        "effective_on": "2026-12-20",
        "summary_en": "More.",
        "summary_es": "Más.",
    }
    show_again(client)
    seen = client.post("/ops/agreements/new/", told)
    assert b"New in the text" in seen.content
    assert AgreementVersion.objects.count() == 1
    answer = client.post("/ops/agreements/new/", told | {"read": "1"})
    assert answer.headers["Location"] == "/ops/agreements/2/"
    assert b"What is new since the version before" in client.get("/ops/agreements/2/").content
    assert b"Shops that signed" in client.get("/ops/agreements/").content


def test_staff_find_our_copy_of_each_signature(client, shop, rosa):
    signature = sign(shop, rosa, at=MORNING)
    client.force_login(make_staff("Ada", "admin"))
    page = client.get("/ops/agreements/1/").content.decode()
    assert f"/ops/agreements/signed/{signature.pk}.pdf" in page
    assert "Rosa Marte, owner" in page
    copy = client.get(f"/ops/agreements/signed/{signature.pk}.pdf")
    assert copy.content == documents.signed_copy(signature)


def queries_of(client) -> int:
    """How many queries the page of those who did not answer costs."""
    with CaptureQueriesContext(connection) as found:
        assert client.get("/ops/agreements/1/").status_code == 200
    return len(found)


def test_the_list_of_those_who_did_not_answer_costs_the_same_for_one_and_fifty(client, shop):
    client.force_login(make_staff("Olga", "reviewer"))
    queries_of(client)
    one = queries_of(client)
    for number in range(49):
        make_shop(f"Shop {number}", station=shop.station)
    assert queries_of(client) == one


def test_after_signing_the_page_leads_on_with_the_copy_on_top(client):
    shop = make_shop(status="preparing")
    rosa = make_member(shop, "Rosa")
    client.force_login(rosa)
    assert "Go on: your practice day" not in client.get("/shop/agreement/").content.decode()
    sign(shop, rosa, at=MORNING)
    body = client.get("/shop/agreement/").content.decode()
    assert "Go on: your practice day" in body
    assert 'href="/shop/practice/"' in body
    assert body.index("Copy (PDF)") < body.index("In plain words")
    Shop.objects.update(status="live")
    assert "Go on: your practice day" not in client.get("/shop/agreement/").content.decode()
