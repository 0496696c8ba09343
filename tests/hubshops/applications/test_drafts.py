"""An application that is written in sittings, and sent once."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.applications import actions, queries, rules
from hubshops.applications.models import Application, ApplicationStatus
from kernel.jobs.actions import handler_of
from kernel.jobs.models import Job
from kernel.notifications.models import Mail
from portal.schedule import SCHEDULE
from tests.factories import MORNING, make_shop, make_staff, make_station
from tests.hubshops.applications.helpers import ANSWERS, begin, send, write
from tests.hubshops.applications.test_actions import apply

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)


def test_a_draft_begins_with_its_link_in_the_mail():
    draft = begin("Rosa@Shop.test")
    assert (draft.status, draft.email, draft.submitted_at) == ("draft", "rosa@shop.test", None)
    letter = Mail.objects.get()
    assert letter.to == "rosa@shop.test"
    assert f"/apply/{draft.reference}/" in letter.body
    assert "until Dec. 20, 2026" in letter.body
    assert not Job.objects.filter(name="applications.screen").exists()


def test_each_page_is_saved_by_itself_and_the_last_word_counts():
    draft = begin()
    for name in ("Rosa's", "Rosa's Bodega"):
        actions.save_page(
            reference=draft.reference,
            page="name",
            answers={"name": name, "trade": "bodega"},
            at=MORNING,
        )
    draft.refresh_from_db()
    assert (draft.name, draft.pages_done) == ("Rosa's Bodega", ["name"])
    assert rules.pages_left(draft.pages_done)[0] == "address"


def test_people_are_kept_as_they_were_named_last():
    draft = write(begin())
    answers = {"people": [("Rosa Marte", "rosa@shop.test"), ("Ana Marte", "ana@shop.test")]}
    actions.save_page(reference=draft.reference, page="people", answers=answers, at=MORNING)
    assert [str(one) for one in draft.people.all()] == ["Rosa Marte", "Ana Marte"]


def test_another_address_gets_the_link_at_once():
    draft = begin()
    answers = {"email": "ana@shop.test"}
    actions.save_page(reference=draft.reference, page="email", answers=answers, at=MORNING)
    assert Mail.objects.order_by("pk").last().to == "ana@shop.test"


def test_what_was_left_unfinished_is_kept_until_its_page_is_good():
    draft = begin()
    typed = {"address1": ["Center St"], "city": ["x" * 9_000]}
    draft = actions.keep_typed(reference=draft.reference, page="address", typed=typed, at=MORNING)
    assert draft.typed["address"]["address1"] == ["Center St"]
    assert len(draft.typed["address"]["city"][0]) == 2_000
    assert draft.pages_done == []
    assert write(draft).typed == {}


def test_a_sent_draft_is_an_application_like_any_other():
    draft = send(write(begin()))
    assert (draft.status, draft.submitted_at) == ("submitted", MORNING)
    assert draft.latitude == pytest.approx(36.052)
    assert [event.kind for event in queries.events_of(draft)] == ["submitted"]
    assert "You hear from us by Mon Nov 30." in Mail.objects.order_by("pk").last().body
    assert Job.objects.filter(name="applications.screen").count() == 1


def test_a_second_click_sends_nothing():
    draft = write(begin())
    first, again = send(draft), send(draft, at=MORNING + A_DAY)
    assert again.submitted_at == first.submitted_at
    assert Mail.objects.filter(subject="We got your application").count() == 1


def test_a_draft_with_gaps_is_not_sent():
    draft = begin()
    actions.save_page(reference=draft.reference, page="name", answers=ANSWERS["name"], at=MORNING)
    with pytest.raises(actions.AnswersAreMissing, match="Some pages have no answers yet"):
        send(draft)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_the_same_shop_sent_twice_is_looked_at_once():
    first, again = send(write(begin())), send(write(begin()))
    assert (first.status, again.status) == ("submitted", "repeated")
    actions.screen_application(application_id=again.pk, at=MORNING)
    again.refresh_from_db()
    assert again.status == "repeated"
    assert list(Application.objects.undecided()) == [first]
    assert queries.open_applications_of("rosa@shop.test") == [first]
    assert actions.withdraw_application(reference=again.reference, at=MORNING)


def test_nobody_decides_about_what_was_sent_again():
    send(write(begin()))
    again = send(write(begin()))
    with pytest.raises(actions.NotFromHere, match="Sent again"):
        actions.decline_application(
            application_id=again.pk, reason="Full.", by=make_staff("Olga"), at=MORNING
        )


def test_what_was_sent_can_not_be_written_any_more():
    draft = send(write(begin()))
    mails = Mail.objects.count()
    for act in (
        lambda: actions.save_page(
            reference=draft.reference, page="name", answers={"name": "Zed's"}, at=MORNING
        ),
        lambda: actions.keep_typed(reference=draft.reference, page="name", typed={}, at=MORNING),
        lambda: actions.drop_draft(reference=draft.reference, at=MORNING),
        lambda: actions.send_draft_link(reference=draft.reference, at=MORNING),
    ):
        with pytest.raises(actions.NoSuchDraft, match="it was sent already"):
            act()
    draft.refresh_from_db()
    assert (draft.name, Mail.objects.count()) == ("Rosa's Bodega", mails)


def test_a_dropped_draft_keeps_nothing():
    draft = write(begin())
    actions.drop_draft(reference=draft.reference, at=MORNING)
    draft.refresh_from_db()
    assert draft.status == ApplicationStatus.WITHDRAWN
    assert (draft.name, draft.email, draft.phone, draft.pages_done) == ("", "", "", [])
    assert not draft.people.exists()


def test_a_draft_is_reminded_of_once_and_deleted_after_thirty_days():
    draft = write(begin())
    assert actions.tidy_drafts(at=MORNING + 22 * A_DAY) == 0
    assert actions.tidy_drafts(at=MORNING + 23 * A_DAY) == 1
    assert actions.tidy_drafts(at=MORNING + 24 * A_DAY) == 0
    letter = Mail.objects.order_by("pk").last()
    assert letter.subject == "Your application waits for you"
    assert "until Dec. 20, 2026" in letter.body
    assert actions.tidy_drafts(at=MORNING + 30 * A_DAY) == 1
    draft.refresh_from_db()
    assert (draft.status, draft.email) == ("expired", "")


def test_saving_something_gives_thirty_more_days():
    draft = begin()
    write(draft, at=MORNING + 20 * A_DAY)
    actions.tidy_drafts(at=MORNING + 31 * A_DAY)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_who_sent_one_is_not_reminded_of_an_older_draft():
    begin()
    send(write(begin()))
    assert actions.tidy_drafts(at=MORNING + 23 * A_DAY) == 0


def test_drafts_are_tidied_every_day():
    assert any(one.job == "applications.tidy" for one in SCHEDULE)
    draft = begin()
    Application.objects.filter(pk=draft.pk).update(saved_at=MORNING - 300 * A_DAY)
    handler_of("applications.tidy")()
    draft.refresh_from_db()
    assert draft.status == "expired"


def test_links_go_only_to_who_began_something():
    draft, sent = begin(), apply(address1="9 Other St")
    assert actions.send_links(email="ROSA@shop.test", language="en", at=MORNING) == 2
    letter = Mail.objects.order_by("pk").last()
    assert draft.reference in letter.body
    assert sent.reference in letter.body
    before = Mail.objects.count()
    assert actions.send_links(email="zed@shop.test", language="en", at=MORNING) == 0
    assert Mail.objects.count() == before


@pytest.mark.parametrize(
    ("words", "law"),
    [
        ("status = 'submitted'", "application_sent_says_when"),
        (
            "status = 'submitted', submitted_at = now(), travel = ''",
            "application_sent_has_its_answers",
        ),
        (
            "status = 'submitted', submitted_at = now(), daily_cap = NULL",
            "application_sent_has_its_answers",
        ),
        ("saved_at = NULL", "application_draft_says_when_it_was_saved"),
    ],
)
def test_postgresql_holds_the_laws_of_a_draft(words, law):
    draft = write(begin())
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        change(f"UPDATE application SET {words} WHERE id = {draft.pk}")


def test_a_person_is_named_once_by_law():
    draft = write(begin())
    with pytest.raises(IntegrityError, match="application_person_once"), transaction.atomic():
        change("UPDATE application_person SET email = 'rosa@shop.test'")
    assert draft.people.count() == 2


def change(words: str) -> None:
    """Write by hand."""
    with connection.cursor() as cursor:
        cursor.execute(words)


# What staff see of all this.


def codes(application):
    screened = actions.screen_application(application_id=application.pk, at=MORNING)
    return {one["code"]: one["names"] for one in screened.findings}


def test_staff_see_what_was_kept_against_our_check():
    make_station()
    contact = {"contact_name": "Rosa", "phone": "12345", "as_written": ["phone"]}
    found = codes(send(write(begin(), contact=contact)))
    assert "phone_as_written" in found


def test_staff_see_drafts_and_declined_ones_with_the_same_facts():
    make_station()
    write(begin("zed@shop.test"), name={"name": "Zed's Flowers", "trade": "florist"})
    refused = apply(email="ana@shop.test", name="Ana's", address1="112 W Center St Suite 4")
    actions.decline_application(
        application_id=refused.pk, reason="Full.", by=make_staff("Olga", "reviewer"), at=MORNING
    )
    found = codes(send(write(begin())))
    assert found["unsent_twin"] == ["Zed's Flowers"]
    assert found["declined_before"] == ["Ana's"]


def test_staff_see_a_shop_in_another_suite_of_the_same_house():
    make_station()
    make_shop("Zed's Flowers", address1="112 West Center Street, Suite B", phone="1")
    assert codes(send(write(begin())))["same_street"] == ["Zed's Flowers"]


@pytest.mark.parametrize("phone", ["479-555-0110", "+1 479.555.0110", "14795550110"])
def test_staff_see_the_same_phone_however_it_is_written(phone, django_assert_max_num_queries):
    make_station()
    make_shop("Zed's Flowers", phone=phone, postal_code="99999", address1="9 Far St")
    apply(email="ana@shop.test", name="Ana's", phone=phone, postal_code="10001", address1="1 A St")
    rosa = send(write(begin(), contact={"contact_name": "Rosa", "phone": "(479) 555-0110"}))
    with django_assert_max_num_queries(12):
        assert sorted(codes(rosa)["same_phone"]) == ["Ana's", "Zed's Flowers"]


def test_numbers_without_digits_are_not_the_same():
    make_station()
    make_shop("Zed's Flowers", phone="", postal_code="99999", address1="9 Far St")
    contact = {"contact_name": "Rosa", "phone": "none", "as_written": ["phone"]}
    assert "same_phone" not in codes(send(write(begin(), contact=contact)))


def test_staff_see_who_has_the_same_tax_number_and_nobody_sees_the_number(client):
    make_station()
    for place, number in ((1, "12-3456789"), (2, "123456789")):
        address = ANSWERS["address"] | {"address1": f"{place} W Center St"}
        draft = write(begin(f"{place}@shop.test"), address=address)
        typed = {"name": f"Shop {place}", "trade": "bodega", "tax_number": number}
        client.post(f"/apply/{draft.reference}/answers/name/", typed)
        sent = send(draft)
    assert codes(sent)["same_tax_id"] == ["Shop 1"]
    assert "3456789" not in sent.tax_fingerprint


@pytest.mark.parametrize("number", ["12-345678", "1234567890", "١٢٣٤٥٦٧٨٩", "none"])
def test_a_number_that_is_none_is_said_and_not_kept(client, number):
    draft = begin()
    typed = {"name": "Rosa's", "trade": "bodega", "tax_number": number}
    answer = client.post(f"/apply/{draft.reference}/answers/name/", typed)
    assert answer.status_code == 422
    assert "nine digits" in answer.content.decode()
    client.post(f"/apply/{draft.reference}/answers/name/", typed | {"later": ""})
    draft.refresh_from_db()
    assert draft.typed["name"]["name"] == ["Rosa's"]
    assert "tax_number" not in draft.typed["name"]


def test_a_draft_is_in_no_queue_of_staff(client):
    client.force_login(make_staff("Olga", "reviewer"))
    draft = write(begin())
    assert client.get(f"/ops/applications/{draft.pk}/").status_code == 404
    assert "Rosa" not in client.get("/ops/applications/?status=all").content.decode()
