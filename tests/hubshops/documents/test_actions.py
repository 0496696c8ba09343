"""Papers are asked for, brought, judged; they run out, and shops stop and go on by them."""

import datetime as dt
import io

import pytest
from PIL import Image

from hubshops.documents import actions, queries
from hubshops.documents.actions.asking import CantBeWaived
from hubshops.documents.actions.judging import EndIsMissing, HasRunOut, JudgedAlready
from hubshops.documents.actions.sending import NothingAsked, NothingToSend
from hubshops.documents.actions.steps import DossierIsClosed
from hubshops.documents.models import Document, DocumentKind, Upload, UploadPage
from hubshops.shops.actions import pause_shop
from hubshops.shops.models import Membership
from kernel.audit.models import Decision
from kernel.files import open_private
from kernel.notifications.models import Mail
from kernel.papers import PaperNotRead
from tests.factories import MORNING, close_by_hand, make_member, make_shop, make_staff
from tests.hubshops.documents.helpers import (
    REFERENCE,
    a_dossier,
    accepted,
    bring,
    insured_shop,
    of_kind,
    photo,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ENDS = dt.date(2027, 3, 31)


@pytest.fixture
def olga():
    return make_staff("Olga", "reviewer")


@pytest.fixture
def shop():
    shop = make_shop()
    make_member(shop, "Rosa")
    return shop


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(18), dt.UTC)


def letters() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("subject", flat=True))


def test_an_applicant_is_asked_for_three_papers_once():
    a_dossier()
    dossier = a_dossier()
    papers = queries.documents_of(dossier)
    assert [(one.open.kind, one.open.holder) for one in papers] == [
        ("licence", ""),
        ("insurance", ""),
        ("identity", "Rosa Marte"),
    ]
    assert queries.what_is_missing(dossier) == papers


def test_a_photo_is_looked_at_before_it_is_sent():
    document = of_kind(a_dossier(), "licence")
    with pytest.raises(NothingToSend, match="Take one first"):
        actions.send_document(document_id=document.pk, at=MORNING)
    upload = actions.keep_upload(document_id=document.pk, file=photo(), at=MORNING)
    document.refresh_from_db()
    assert (document.status, document.sent_at) == ("uploaded", None)
    assert Image.open(open_private(upload.pages.get().file)).size == (400, 300)
    actions.send_document(document_id=document.pk, at=MORNING)
    actions.send_document(document_id=document.pk, at=MORNING + DAY)
    document.refresh_from_db()
    assert (document.status, document.sent_at) == ("under_review", MORNING)
    assert [step.status for step in queries.steps_of(document)] == [
        "requested",
        "uploaded",
        "under_review",
    ]


def test_a_picture_taken_again_deletes_the_first(django_capture_on_commit_callbacks):
    document = of_kind(a_dossier(), "licence")
    first = actions.keep_upload(document_id=document.pk, file=photo(), at=MORNING)
    with django_capture_on_commit_callbacks(execute=True):
        second = actions.keep_upload(document_id=document.pk, file=photo("Better"), at=MORNING)
    with pytest.raises(FileNotFoundError):
        open_private(first.pages.get().file)
    assert open_private(second.pages.get().file).read()
    assert (first.number, second.number) == (1, 2)


def test_what_is_no_paper_writes_nothing():
    document = of_kind(a_dossier(), "licence")
    with pytest.raises(PaperNotRead, match="We take photos"):
        actions.keep_upload(document_id=document.pk, file=io.BytesIO(b"<html>"), at=MORNING)
    assert not Upload.objects.exists()


def test_a_paper_that_waits_or_counts_is_not_sent_again(olga):
    dossier = a_dossier()
    document = bring(of_kind(dossier, "licence"))
    with pytest.raises(NothingAsked, match="nothing to send"):
        actions.keep_upload(document_id=document.pk, file=photo(), at=MORNING)
    assert UploadPage.objects.count() == 1


def test_a_day_has_forty_files(monkeypatch):
    monkeypatch.setattr("hubshops.documents.actions.sending.MOST_A_DAY", 1)
    document = of_kind(a_dossier(), "licence")
    actions.keep_upload(document_id=document.pk, file=photo(), at=MORNING)
    with pytest.raises(actions.ManyFiles, match="tomorrow"):
        actions.keep_upload(document_id=document.pk, file=photo(), at=MORNING)
    assert Upload.objects.count() == 1


def test_staff_accept_with_an_end_and_its_owner_hears_of_it(olga):
    dossier = a_dossier(language="es")
    document = accepted(dossier, "insurance", olga, ends=ENDS)
    document.refresh_from_db()
    assert (document.status, document.expires_on) == ("valid", ENDS)
    assert [one.any.kind for one in queries.what_is_missing(dossier)] == ["licence", "identity"]
    mail = Mail.objects.get()
    assert mail.to == "rosa@shop.test"
    assert mail.subject == "Aceptado: Certificado de seguro"
    assert f"/apply/{REFERENCE}/documents/" in mail.body
    assert Decision.objects.get().action == "accept_document"


def test_insurance_without_an_end_and_what_has_ended_are_not_accepted(olga):
    document = bring(of_kind(a_dossier(), "insurance"))
    judge = {"document_id": document.pk, "by": olga, "at": MORNING}
    with pytest.raises(EndIsMissing, match="on which the insurance ends"):
        actions.accept_document(expires_on=None, **judge)
    with pytest.raises(HasRunOut, match="Ask for a new one"):
        actions.accept_document(expires_on=MORNING.date() - DAY, **judge)
    document.refresh_from_db()
    assert document.status == "under_review"
    assert not Mail.objects.exists()


def test_two_people_do_not_judge_one_paper(olga):
    document = bring(of_kind(a_dossier(), "licence"))
    pavel = make_staff("Pavel", "reviewer")
    judge = {"document_id": document.pk, "at": MORNING}
    actions.reject_document(reason="A corner is cut off.", by=olga, **judge)
    with pytest.raises(JudgedAlready, match="Olga"):
        actions.accept_document(expires_on=ENDS, by=pavel, **judge)
    document.refresh_from_db()
    assert document.status == "rejected"


def test_a_refused_paper_says_why_and_is_brought_again(olga):
    document = bring(of_kind(a_dossier(), "licence"))
    why = "A corner is cut off."
    actions.reject_document(document_id=document.pk, reason=why, by=olga, at=MORNING)
    assert why in Mail.objects.get().body
    assert bring(document).status == "under_review"
    assert document.uploads.count() == 2


def test_an_accepted_paper_counts_until_its_successor_does(olga):
    dossier = a_dossier()
    old = accepted(dossier, "insurance", olga, ends=ENDS)
    new, is_new = actions.ask_for(dossier_id=dossier.pk, kind=DocumentKind.INSURANCE, at=MORNING)
    assert is_new
    bring(new)
    (paper,) = [one for one in queries.documents_of(dossier) if one.any.kind == "insurance"]
    assert (paper.current, paper.open) == (old, new)
    assert paper.is_good
    later = ENDS + 365 * DAY
    actions.accept_document(document_id=new.pk, expires_on=later, by=olga, at=MORNING)
    (paper,) = [one for one in queries.documents_of(dossier) if one.any.kind == "insurance"]
    assert (paper.current, paper.open) == (new, None)


def test_its_owner_is_reminded_at_30_14_and_3_days_once_each(olga, shop):
    dossier, document = insured_shop(shop, olga, ends=ENDS)
    Mail.objects.all().delete()
    told = []
    for left in range(35, -1, -1):
        for _twice in range(2):
            before = Mail.objects.count()
            actions.sweep_documents(at=noon(ENDS - left * DAY))
            told += [left] * (Mail.objects.count() - before)
    assert told == [30, 14, 3]
    document.refresh_from_db()
    assert document.status == "expiring"
    assert of_kind(dossier, "insurance").status == "requested"
    assert "no packages can come to you" in Mail.objects.first().body


def test_the_sweep_comes_to_every_paper_however_many_stand_before_it(olga, monkeypatch):
    monkeypatch.setattr("hubshops.documents.actions.ageing.ROWS_A_READ", 1)
    for number in range(3):
        accepted(
            a_dossier(reference=f"r{number}", email=f"{number}@shop.test"),
            "insurance",
            olga,
            ends=ENDS,
        )
    assert actions.sweep_documents(at=noon(ENDS - 14 * DAY)) == 3
    told = Mail.objects.filter(subject="A paper of yours runs out soon")
    assert set(told.values_list("to", flat=True)) == {f"{number}@shop.test" for number in range(3)}


def test_what_nobody_asks_for_any_more_does_not_run_out(olga):
    dossier = a_dossier()
    accepted(dossier, "insurance", olga, ends=ENDS)
    card = accepted(a_dossier(reference="other"), "identity", olga, ends=ENDS)
    actions.close_dossier(reference=REFERENCE, at=MORNING)
    actions.waive_document(document_id=card.pk, at=MORNING, by=olga)
    assert actions.sweep_documents(at=noon(ENDS + 900 * DAY)) == 0


def test_nobody_is_reminded_of_what_staff_have(olga, shop):
    dossier, _document = insured_shop(shop, olga, ends=ENDS)
    actions.sweep_documents(at=noon(ENDS - 30 * DAY))
    bring(of_kind(dossier, "insurance"), at=noon(ENDS - 20 * DAY))
    before = Mail.objects.count()
    actions.sweep_documents(at=noon(ENDS - 14 * DAY))
    assert Mail.objects.count() == before


def test_a_lapse_stops_the_shop_and_a_renewal_lets_it_go_on_by_itself(olga, shop):
    dossier, document = insured_shop(shop, olga, ends=ENDS)
    actions.sweep_documents(at=noon(ENDS))
    shop.refresh_from_db()
    assert shop.status == "live"
    lapse = noon(ENDS + DAY)
    for _twice in range(2):
        actions.sweep_documents(at=lapse)
    shop.refresh_from_db()
    document.refresh_from_db()
    assert (shop.status, document.status) == ("suspended", "expired")
    assert shop.suspensions.get().reason == "papers"
    assert "No new packages come to you" in Mail.objects.order_by("pk").last().body
    assert letters().count("A paper of yours has run out") == 1
    new = bring(of_kind(dossier, "insurance"), at=lapse)
    actions.accept_document(
        document_id=new.pk, expires_on=ENDS + 365 * DAY, by=olga, at=lapse + DAY
    )
    shop.refresh_from_db()
    assert shop.status == "live"
    assert "Packages can come to you again" in Mail.objects.order_by("pk").last().body


def test_a_shop_that_rested_by_itself_rests_again_afterwards(olga, shop):
    dossier, _document = insured_shop(shop, olga, ends=ENDS)
    pause_shop(shop=shop, reason="holiday", at=MORNING, by=None)
    actions.sweep_documents(at=noon(ENDS + DAY))
    shop.refresh_from_db()
    assert shop.status == "suspended"
    new = bring(of_kind(dossier, "insurance"), at=noon(ENDS + DAY))
    actions.accept_document(
        document_id=new.pk, expires_on=ENDS + 365 * DAY, by=olga, at=noon(ENDS + DAY)
    )
    shop.refresh_from_db()
    assert shop.status == "paused_by_shop"


def test_a_shop_that_becomes_live_without_insurance_is_stopped(olga):
    shop = make_shop(status="preparing")
    make_member(shop, "Rosa")
    insured_shop(shop, olga, ends=ENDS)
    actions.sweep_documents(at=noon(ENDS + DAY))
    shop.refresh_from_db()
    assert shop.status == "preparing"
    type(shop).objects.update(status="live")
    Mail.objects.all().delete()
    for _ in range(2):
        actions.sweep_documents(at=noon(ENDS + 2 * DAY))
    shop.refresh_from_db()
    assert shop.status == "suspended"
    assert letters() == ["A paper of yours has run out"]
    assert "No new packages come to you" in Mail.objects.get().body


def test_a_card_that_runs_out_stops_no_shop(olga, shop):
    dossier, _document = insured_shop(shop, olga, ends=ENDS + 365 * DAY)
    accepted(dossier, "identity", olga, ends=ENDS)
    actions.sweep_documents(at=noon(ENDS + DAY))
    shop.refresh_from_db()
    assert shop.status == "live"


def test_a_person_is_asked_once_however_her_name_is_spelled():
    dossier = a_dossier()
    ask = {"dossier_id": dossier.pk, "kind": DocumentKind.IDENTITY, "at": MORNING}
    first, is_new = actions.ask_for(holder="Sam  Ortiz", **ask)
    again, is_new_again = actions.ask_for(holder="sam ortiz ", **ask)
    assert (first, is_new, is_new_again) == (again, True, False)


def test_who_does_not_deliver_needs_no_card_but_the_business_needs_its_papers():
    dossier = a_dossier()
    with pytest.raises(CantBeWaived, match="of every shop"):
        actions.waive_document(document_id=of_kind(dossier, "licence").pk, at=MORNING, by=None)
    actions.waive_document(document_id=of_kind(dossier, "identity").pk, at=MORNING, by=None)
    assert [one.any.kind for one in queries.documents_of(dossier)] == ["licence", "insurance"]


def test_an_ended_application_takes_nothing_and_is_forgotten(
    olga, django_capture_on_commit_callbacks
):
    document = bring(of_kind(a_dossier(), "licence"))
    page = document.uploads.get().pages.get()
    actions.close_dossier(reference=REFERENCE, at=MORNING)
    with pytest.raises(DossierIsClosed, match="has ended"):
        actions.reject_document(document_id=document.pk, reason="No", by=olga, at=MORNING)
    assert not queries.waiting()
    assert actions.forget_pages(at=MORNING + 179 * DAY) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.forget_pages(at=MORNING + 181 * DAY) == 1
    with pytest.raises(FileNotFoundError):
        open_private(page.file)
    assert Document.objects.filter(pk=document.pk).exists()


def test_a_refused_picture_is_forgotten_half_a_year_after_the_better_one_came(olga):
    document = bring(of_kind(a_dossier(), "identity"))
    actions.reject_document(document_id=document.pk, reason="Dark.", by=olga, at=MORNING)
    bring(document, at=MORNING + 10 * DAY)
    assert actions.forget_pages(at=MORNING + 185 * DAY) == 0
    assert actions.forget_pages(at=MORNING + 191 * DAY) == 1
    uploads = document.uploads.order_by("pk")
    assert [one.forgotten_at is None for one in uploads] == [False, True]


def test_a_shop_that_closed_is_asked_for_nothing_and_its_pictures_go(olga, shop):
    dossier, _document = insured_shop(shop, olga, ends=ENDS)
    close_by_hand(shop)
    Mail.objects.all().delete()
    for _twice in range(2):
        actions.sweep_documents(at=noon(ENDS - 14 * DAY))
    assert letters() == []
    dossier.refresh_from_db()
    assert dossier.closed_at == noon(ENDS - 14 * DAY)
    assert actions.forget_pages(at=dossier.closed_at + 181 * DAY) == 1


def test_the_card_of_who_left_the_team_goes_and_nobody_elses(olga, shop):
    dossier, _document = insured_shop(shop, olga, ends=ENDS)
    rosas = accepted(dossier, "identity", olga)
    ask = {"dossier_id": dossier.pk, "kind": DocumentKind.IDENTITY}
    sams, _is_new = actions.ask_for(holder="SAM", at=MORNING, **ask)
    bring(sams)
    actions.accept_document(document_id=sams.pk, expires_on=None, by=olga, at=MORNING)
    next_one, _is_new = actions.ask_for(holder="sam", at=MORNING, **ask)
    Membership.objects.filter(user=make_member(shop, "Sam", "helper")).update(
        ended_at=MORNING + DAY
    )
    for _twice in range(2):
        actions.sweep_documents(at=MORNING + 2 * DAY)
    for card, waived_at in (
        (rosas, None),
        (sams, MORNING + 2 * DAY),
        (next_one, MORNING + 2 * DAY),
    ):
        card.refresh_from_db()
        assert card.waived_at == waived_at
    again, _is_new = actions.ask_for(holder="Sam", at=MORNING + 3 * DAY, **ask)
    actions.sweep_documents(at=MORNING + 4 * DAY)
    again.refresh_from_db()
    assert again.waived_at is None, "she delivers again"


def test_a_shop_without_an_application_is_asked_by_mail(olga, shop):
    actions.open_shops_dossier(shop=shop, at=MORNING, by=olga)
    actions.open_shops_dossier(shop=shop, at=MORNING, by=olga)
    assert letters() == ["We need papers from your shop"]
    assert len(queries.documents_of(queries.dossier_of_shop(shop))) == 3
