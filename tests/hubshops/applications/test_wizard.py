"""Applying through its pages: whether it fits, page by page, checked, sent."""

import re

import pytest
from django.core.cache import cache

from hubshops.applications import actions
from hubshops.applications.models import Application
from kernel import clock
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_staff, make_station
from tests.hubshops.applications.helpers import ANSWERS, TYPED, YES, begin, send, write

pytestmark = pytest.mark.django_db
ELSEWHERE = {"address1": "9 N School Ave"}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def text(answer):
    return answer.content.decode()


def without_tokens(body):
    """A page without what differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)


def page_of(draft, page):
    return f"/apply/{draft.reference}/answers/{page}/"


def test_four_yes_lead_on_and_a_no_says_what_to_do(client):
    assert "Yes, it fits" in text(client.get("/apply/fit/", YES))
    answer = client.get("/apply/fit/", YES | {"place": "no", "age": "no"})
    assert answer.status_code == 200
    assert "There is a problem" not in text(answer)
    assert "apply together" in text(answer)
    assert "18 or older" in text(answer)
    assert "A smartphone" not in text(answer)


def test_answers_to_the_four_questions_can_be_changed(client):
    answer = client.get("/apply/fit/", YES | {"way": "no", "change": "yes"})
    assert text(answer).count("checked") == 4


def test_a_question_without_an_answer_is_asked_again(client):
    answer = client.get("/apply/fit/", YES | {"age": ""})
    assert answer.status_code == 422
    assert "Choose yes or no." in text(answer)


def test_nothing_begins_without_four_yes(client):
    for sent in ({"email": "rosa@shop.test"}, YES | {"email": "rosa@shop.test", "way": "no"}):
        assert client.post("/apply/begin/", sent).url == "/apply/fit/"
    assert not Application.objects.exists()


def test_an_address_begins_a_draft(client):
    answer = client.post("/apply/begin/", YES | {"email": "Rosa@shop.test"})
    draft = Application.objects.get()
    assert answer.url == f"/apply/{draft.reference}/"
    body = text(client.get(answer.url))
    assert "You have finished 0 of 6 parts." in body
    assert "r•••@shop.test" in body
    assert "Cannot start yet" in body


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"email": "rosa"}, "Enter a valid email address."),
        ({"email": ""}, "Write your e-mail address."),
        ({"email": "rosa@shop.test", "website_address": "x"}, "Leave this field empty"),
    ],
)
def test_a_bad_address_begins_nothing(client, typed, words):
    answer = client.post("/apply/begin/", YES | typed)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Application.objects.exists()


def test_one_connection_begins_five_an_hour_and_one_address_five_a_day(client):
    for number in range(5):
        client.post("/apply/begin/", YES | {"email": f"r{number}@shop.test"})
    answer = client.post("/apply/begin/", YES | {"email": "r9@shop.test"})
    assert answer.status_code == 429
    assert 'value="r9@shop.test"' in text(answer)
    assert Application.objects.count() == 5


def test_all_pages_lead_one_to_the_next_and_end_in_the_check(client):
    draft = begin()
    home = f"/apply/{draft.reference}/"
    ways = {page: client.post(page_of(draft, page), typed).url for page, typed in TYPED.items()}
    assert ways["name"] == page_of(draft, "address")
    assert ways["contact"] == ways["access"] == ways["people"] == ways["documents"] == home
    assert ways["more"] == f"{home}check/"
    draft.refresh_from_db()
    assert draft.phone == "(479) 555-0110"
    assert draft.weekdays == "12346"
    body = text(client.get(f"{home}check/"))
    for words in (
        "Rosa&#x27;s Bodega",
        "Bodega or grocery",
        "7:30 a.m.",
        "Sam Okafor",
        "Ring twice",
    ):
        assert words in body
    assert "Accept and send" in body


@pytest.mark.parametrize(
    ("page", "typed", "words"),
    [
        ("name", {"name": ""}, "Write what your shop is called."),
        ("days", {"weekdays": []}, "Tick at least one day."),
        ("packages", {"daily_cap": "4"}, "at least 5 packages a day"),
        ("packages", {"daily_cap": "151"}, "150 packages a day is the most"),
        ("packages", {"daily_cap": "3.5"}, "Write a whole number"),
        ("packages", {"travel": "rocket"}, "not one of the available choices"),
        ("address", {"postal_code": "7270"}, "five digits of the ZIP code"),
        ("address", {"postal_code": "٧٢٧٠١"}, "five digits of the ZIP code"),
        ("address", {"postal_code": "94105"}, "is in San Francisco, CA, not in AR."),
        ("address", {"address1": "Center Street"}, "Add the house number"),
        ("address", {"address1": "PO Box 12"}, "stop at a post office box"),
        ("contact", {"phone": "555-0110"}, "Write a US phone number"),
        ("contact", {"phone": "+44 20 7946 0000"}, "Write a US phone number"),
        ("storage", {"storage_kind": ""}, "Choose where packages would wait."),
        (
            "storage",
            {"storage_kind": "other", "storage_note": " "},
            "Say where packages would wait.",
        ),
        ("days", {"weekdays": ["1"]}, "at least four days of the week"),
        ("access", {"receives_from": "23:00"}, "somebody has to be there by 10"),
        ("access", {"receives_from": "soon"}, "Write a time such as 7:30."),
        ("people", {"name_0": " ", "email_0": ""}, "Write at least one name."),
        ("people", {"email_1": ""}, "Write this person’s e-mail address."),
        ("people", {"name_1": ""}, "Write this person’s name."),
        ("people", {"email_1": "ROSA@shop.test"}, "Two people can’t share an address"),
    ],
)
def test_a_bad_answer_says_what_to_do_and_keeps_what_was_typed(client, page, typed, words):
    draft = begin()
    answer = client.post(page_of(draft, page), TYPED[page] | typed)
    body = text(answer)
    assert answer.status_code == 422
    assert words in body
    assert "There is a problem" in body
    assert "<title>Error: " in body
    draft.refresh_from_db()
    assert draft.pages_done == []


@pytest.mark.parametrize(
    ("page", "field", "value", "kind"),
    [
        ("contact", "phone", "0044 20 7946 0000", "phone"),
        ("address", "address1", "The old mill by the river", "address"),
        ("address", "postal_code", "94105", "address"),
    ],
)
def test_what_our_check_refuses_may_be_kept_as_written(client, page, field, value, kind):
    draft = begin()
    typed = TYPED[page] | {field: value}
    assert "Use it as I wrote it" in text(client.post(page_of(draft, page), typed))
    client.post(page_of(draft, page), typed | {"as_written": "on"})
    draft.refresh_from_db()
    assert getattr(draft, field) == value
    assert draft.as_written == [kind]
    client.post(page_of(draft, page), TYPED[page])
    draft.refresh_from_db()
    assert draft.as_written == []


def test_what_is_said_about_papers_is_when_they_are_needed(client):
    body = text(client.get(page_of(begin(), "documents")))
    assert "Before your first packages we have to accept the license and the insurance." in body
    assert "by when" not in body


@pytest.mark.parametrize(
    ("page", "typed"), [("days", {"weekdays": ["1"]}), ("access", {"receives_from": "11:00"})]
)
def test_what_the_company_usually_declines_may_be_meant(client, page, typed):
    draft = begin()
    typed = TYPED[page] | typed
    assert "Use it as I wrote it" in text(client.post(page_of(draft, page), typed))
    assert client.post(page_of(draft, page), typed | {"as_written": "on"}).status_code == 302
    draft.refresh_from_db()
    assert draft.pages_done == [page]


def test_a_change_leads_back_to_the_check(client):
    draft = write(begin())
    url = f"{page_of(draft, 'packages')}?from=check"
    assert 'value="36"' in text(client.get(url))
    answer = client.post(url, {"daily_cap": "20", "travel": "walk"})
    assert answer.url == f"/apply/{draft.reference}/check/"
    assert "On foot" in text(client.get(answer.url))


def test_come_back_later_keeps_even_what_is_wrong_and_mails_the_link(client):
    draft = begin()
    typed = TYPED["address"] | {"postal_code": "727"}
    answer = client.post(page_of(draft, "address"), typed | {"later": "yes"})
    assert answer.url == f"/apply/{draft.reference}/later/"
    assert "All is saved" in text(client.get(answer.url))
    assert Mail.objects.filter(to="rosa@shop.test").count() == 2
    body = text(client.get(page_of(draft, "address")))
    assert 'value="727"' in body
    assert 'value="112 W Center St"' in body


def test_people_are_added_one_by_one(client):
    draft = begin()
    url = page_of(draft, "people")
    assert 'value="rosa@shop.test"' in text(client.get(url))
    answer = client.post(url, TYPED["people"] | {"more": "yes"})
    assert answer.url == url
    body = text(client.get(url))
    assert 'value="sam@shop.test"' in body
    assert "Person 3: first and last name" in body
    client.post(url, TYPED["people"] | {"name_2": "", "email_2": ""})
    assert [str(one) for one in draft.people.all()] == ["Rosa Marte", "Sam Okafor"]


def test_unfinished_people_come_back(client):
    draft = begin()
    typed = {"name_0": "Rosa Marte", "email_0": "rosa@shop.test", "name_1": "Sam", "email_1": "sam"}
    client.post(page_of(draft, "people"), typed | {"later": "yes"})
    body = text(client.get(page_of(draft, "people")))
    assert 'value="Sam"' in body
    assert 'value="sam"' in body
    assert not draft.people.exists()


def test_half_ticked_days_come_back_ticked(client):
    draft = write(begin(), days={"weekdays": "67"})
    body = text(client.get(page_of(draft, "days")))
    assert body.count("checked") == 2


def test_the_link_is_not_mailed_without_end(client):
    draft = begin()
    for _ in range(7):
        client.post(f"/apply/{draft.reference}/later/")
    assert Mail.objects.filter(to="rosa@shop.test").count() == 1 + 5


def test_the_first_mailbox_loses_the_key_when_the_address_is_corrected(client):
    draft = write(begin("wrong@stranger.test"))
    answer = client.post(f"{page_of(draft, 'email')}?from=check", {"email": "rosa@shop.test"})
    old, draft = draft.reference, Application.objects.get()
    assert answer.url == f"/apply/{draft.reference}/check/"
    assert "Rosa&#x27;s Bodega" in text(client.get(answer.url))
    assert f"/apply/{draft.reference}/" in Mail.objects.get(to="rosa@shop.test").body
    for address in ("", "answers/name/", "check/", "later/", "record.pdf", "documents/"):
        gone = client.get(f"/apply/{old}/{address}")
        assert gone.status_code == 404
        assert "/apply/links/" in text(gone)
        assert "rosa@" not in text(gone)
    guessed = text(client.get("/apply/abcdefghijklmnopqrstuvwxyz/"))
    assert "/apply/links/" in guessed
    with pytest.raises(actions.NoSuchDraft):
        actions.save_page(reference=old, page="name", answers={"name": "Zed's"}, at=MORNING)


def test_another_address_that_can_wait_is_led_to_its_own_page(client):
    draft = begin("wrong@stranger.test")
    answer = client.post(page_of(draft, "email"), {"email": "rosa@shop.test", "later": "yes"})
    draft.refresh_from_db()
    assert answer.url == f"/apply/{draft.reference}/later/"
    assert "r•••@shop.test" in text(client.get(answer.url))


def test_another_address_is_not_written_to_without_end(client):
    draft = begin()
    for number in range(7):
        answer = client.post(page_of(draft, "email"), {"email": f"r{number}@shop.test"})
        draft.refresh_from_db()
    assert Mail.objects.exclude(to="rosa@shop.test").count() == 5
    assert answer.status_code == 429
    assert "Too many letters were asked for" in text(answer)
    assert 'value="r6@shop.test"' in text(answer)
    assert draft.email == "r4@shop.test"
    assert client.post(page_of(draft, "email"), {"email": draft.email}).status_code == 302


def test_one_draft_writes_to_few_addresses_from_whatever_connection(client):
    draft = begin()
    for number in range(7):
        typed = {"email": f"r{number}@shop.test", "later": "yes"}
        client.post(page_of(draft, "email"), typed, REMOTE_ADDR=f"10.0.0.{number}")
        draft.refresh_from_db()
    assert Mail.objects.exclude(to="rosa@shop.test").count() <= 6


def test_a_check_with_gaps_names_them_and_offers_no_button(client):
    draft = begin()
    url = f"/apply/{draft.reference}/check/"
    body = text(client.get(url))
    assert "Some pages have no answers yet" in body
    assert "Accept and send" not in body
    assert client.post(url).status_code == 409
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_sending_leads_to_a_page_that_can_be_kept(client):
    make_station()
    draft = write(begin())
    url = f"/apply/{draft.reference}/"
    assert "No van comes to your street yet" not in text(client.get(f"{url}check/"))
    assert client.post(f"{url}check/").url == url
    body = text(client.get(url))
    for words in ("We have your application", draft.reference[:8].upper(), "You hear from us by"):
        assert words in body
    assert client.post(f"{url}check/").url == url
    assert client.get(page_of(draft, "name")).url == url
    assert client.get(f"{url}later/").url == url


def test_a_street_without_a_van_is_told_before_sending(client):
    make_station(latitude=40.0, longitude=-80.0)
    draft = write(begin())
    assert "No van comes to your street yet" in text(client.get(f"/apply/{draft.reference}/check/"))


def test_who_types_somebody_elses_facts_learns_nothing(client, time_machine):
    """A draft's e-mail address is not proven, so no page says what we know about it."""
    time_machine.move_to(MORNING, tick=False)
    first = send(write(begin()))
    pages, words = [], []
    for draft in (write(begin()), write(begin(), address={**ANSWERS["address"], **ELSEWHERE})):
        url = f"/apply/{draft.reference}/"
        assert client.post(f"{url}check/").url == url
        for job in Job.objects.filter(name="applications.screen", done_at=None):
            perform_job(job_id=job.pk, clock=clock.now)
        body = without_tokens(text(client.get(url))).replace(draft.reference, "")
        pages.append(body.replace(draft.reference[:8].upper(), ""))
        words.append(text(client.get(f"{url}documents/")).count("<li"))
        assert first.reference not in body
    assert pages[0] == pages[1]
    assert words[0] == words[1]


def test_only_the_mailbox_and_staff_learn_that_it_came_twice(client):
    first, draft = send(write(begin())), write(begin())
    client.post(f"/apply/{draft.reference}/check/")
    draft.refresh_from_db()
    assert draft.status == "repeated"
    letter = Mail.objects.get(subject="We have your application already")
    assert letter.to == "rosa@shop.test"
    assert f"/apply/{first.reference}/" in letter.body
    assert draft.reference not in letter.body
    actions.screen_application(application_id=first.pk, at=MORNING)
    client.force_login(make_staff("Olga", "reviewer"))
    assert "Sent again with the same e-mail" in text(client.get(f"/ops/applications/{first.pk}/"))
    assert "Sent again" in text(client.get("/ops/applications/?status=all"))
    waiting = text(client.get("/ops/applications/"))
    assert f"/ops/applications/{draft.pk}/" not in waiting
    assert Application.objects.undecided().get() == first


def test_deleted_answers_are_gone(client):
    draft = write(begin())
    answer = client.post(f"/apply/{draft.reference}/withdraw/", follow=True)
    assert answer.status_code == 410
    assert "Your answers are deleted" in text(answer)
    assert client.get(page_of(draft, "name")).url == f"/apply/{draft.reference}/"


def test_links_are_sent_again_and_the_answer_tells_nobody(client):
    begin()
    known = text(client.post("/apply/links/", {"email": "rosa@shop.test"}))
    unknown = text(client.post("/apply/links/", {"email": "zed@shop.test"}))
    known, unknown = without_tokens(known), without_tokens(unknown)
    assert known.replace("rosa@", "zed@") == unknown
    assert Mail.objects.filter(to="zed@shop.test").count() == 0
    assert Mail.objects.filter(to="rosa@shop.test").count() == 2
    assert "Enter a valid" in text(client.post("/apply/links/", {"email": "rosa"}))


def test_strangers_do_not_use_up_an_applicants_letters(client):
    begin()
    for number in range(10):
        client.post("/apply/links/", {"email": "rosa@shop.test"}, REMOTE_ADDR=f"10.0.0.{number}")
    before = Mail.objects.count()
    client.post("/apply/links/", {"email": "Rosa@shop.test"}, REMOTE_ADDR="10.1.1.1")
    assert Mail.objects.count() == before + 1


def test_nobody_is_flooded_from_many_connections(client):
    begin()
    for number in range(30):
        client.post("/apply/links/", {"email": "rosa@shop.test"}, REMOTE_ADDR=f"10.0.0.{number}")
    assert Mail.objects.count() == 1 + 25


@pytest.mark.parametrize(
    "address", ["", "answers/name/", "check/", "later/", "record.pdf", "withdraw/"]
)
def test_a_guessed_reference_is_no_page(client, address):
    url = f"/apply/abcdefghijklmnopqrstuvwxyz/{address}"
    assert {client.get(url).status_code, client.post(url).status_code} <= {404, 405}


def test_an_unknown_page_is_no_page(client):
    draft = begin()
    assert client.get(page_of(draft, "bank")).status_code == 404


def test_pages_of_a_draft_stay_out_of_search_engines_and_caches(client):
    draft = begin()
    for address in ("", "answers/name/", "check/", "later/"):
        answer = client.get(f"/apply/{draft.reference}/{address}")
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in answer.headers["Cache-Control"]


def test_the_tasks_cost_the_same_for_one_answer_and_for_all(client, django_assert_num_queries):
    draft = begin()
    url = f"/apply/{draft.reference}/"
    with django_assert_num_queries(1):
        client.get(url)
    write(draft)
    with django_assert_num_queries(1):
        client.get(url)
