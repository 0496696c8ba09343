"""Every letter can be worded in every language, as text and as HTML; staff see what became of them
and not what they say."""

import datetime as dt
import re
from pathlib import Path
from types import SimpleNamespace as Thing

import pytest
from django.conf import settings
from django.test import Client

from hubshops.shops.models import Membership, Shop
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.jobs.models import Job
from kernel.notifications import actions
from kernel.notifications.documents import html_of
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_staff

TEMPLATES = sorted(
    str(one.relative_to("templates")) for one in Path("templates").glob("*/mail/*.txt")
)
DAY = MORNING.date()


class Anything:
    """A fact of no particular kind: every part of it is a word, a number, a day, as asked."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        return fact(name)

    def __str__(self) -> str:
        return "a fact"

    def __iter__(self):
        return iter([])


def fact(name: str) -> object:
    """A value that fits the name of a fact."""
    if name.endswith(("_cents", "_m")) or name in ("pk", "id", "packages", "stops", "count"):
        return 1234
    if name in ("version", "added", "withdrawn", "extra", "daily_cap"):
        return 2
    if name.endswith(("_at", "_until")) or name == "until":
        return MORNING
    if name.endswith(("_on", "_day", "_by", "_from")) or name == "day":
        return DAY
    if name == "weekdays":
        return "12345"
    if name.startswith(("is_", "has_")):
        return True
    if name in ("shop", "application", "person", "station", "change", "membership"):
        return FACTS[name]
    return f"the {name}"


STATION = Station(code="FAY", name="Fayetteville", zone="America/Chicago")
SHOP = Shop(
    pk=1, name="Rosa & Sam's <Bodega>", station=STATION, daily_cap=30, radius_m=900, weekdays="123"
)
ROSA = User(pk=1, name="Rosa", email="rosa@shop.test", language="en")
FACTS = {
    "person": ROSA,
    "shop": SHOP,
    "station": STATION,
    "membership": Membership(shop=SHOP, user=ROSA, role="manager"),
    "path": "/shop/",
    "address": f"{settings.PUBLIC_URL}/shop/",
    "intro": "You can deliver for us.",
    "words": "Some words.",
    "fix": "Write another account down.",
    "day": DAY,
    "answer_by": DAY,
    "again_from": DAY,
    "is_new": True,
    "cases": [(Anything(), "/shop/cases/1/")],
    "name": "Rosa",
    "runs_out_on": DAY,
    "ends_on": DAY,
    "until": DAY,
    "appeal_until": DAY,
    "left": 3,
    "signature": Thing(version=Thing(number=1), legal_name="Rosa", role="owner", sha256="ab" * 32),
    "rings": [Thing(shop=SHOP, packages=2, get_cause_display="No list")],
}
FACTS["application"] = Thing(
    name="Rosa's", contact_name="Rosa", station=STATION, shop=SHOP, reference="abc"
)


def facts_for(source: str) -> dict[str, object]:
    """What a template asks for: what we know by name, a fact of no particular kind for the rest."""
    asked = set(re.findall(r"(?:=|\{\{ |\bif |\bin )([a-z_]+)\b(?=[.|\s}])", source))
    return {name: Anything() for name in asked if name not in FACTS} | FACTS


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_is_worded_in_every_language_as_text_and_as_html(template, language):
    source = Path("templates", template).read_text()
    subject, body = actions.word_letter(
        subject=lambda: "About & <this>",
        template=template,
        facts=facts_for(source),
        language=language,
    )
    house = {"en": "Questions? Call", "es": "¿Preguntas? Llame"}
    assert house[language] in body
    assert "{{" not in body
    assert "\n\n\n\n" not in body, "too much air"
    page = html_of(Mail(subject=subject, body=body, language=language, created_at=MORNING))
    assert f'<html lang="{language}">' in page
    assert "About &amp; &lt;this&gt;" in page
    assert house[language] in page
    assert "<Bodega>" not in page
    assert 'src="' not in page
    if settings.PUBLIC_URL in body:
        assert 'class="go"' in page


def test_there_are_letters_to_test():
    assert len(TEMPLATES) >= 25


@pytest.mark.django_db
class TestThePostRoom:
    """What staff see."""

    @pytest.fixture
    def olga(self, client) -> Client:
        client.force_login(make_staff("Olga", "support"))
        return client

    def write(self, to="rosa@shop.test", **fields) -> Mail:
        return actions.send_mail(
            to=to, subject="Secret subject", body="Secret words", at=MORNING, **fields
        )

    def give_up(self, mail: Mail) -> None:
        Job.objects.filter(args__mail_id=mail.pk).update(
            gave_up_at=MORNING, claims=3, last_error="Refused: {'zed@shop.test': (550, 'no')}"
        )

    def test_staff_see_to_whom_which_and_when_and_no_words(self, olga):
        actions.deliver_mail(mail_id=self.write(template="shops: role").pk, at=MORNING)
        self.give_up(self.write(to="zed@shop.test"))
        page = olga.get("/ops/letters/").content.decode()
        assert "r…@shop.test" in page
        assert "shops: role" in page
        assert "1 letter was not taken by the mail server" in page
        assert "Refused" in page
        for hidden in ("Secret", "rosa@shop", "zed@shop"):
            assert hidden not in page

    def test_letters_are_found_by_state_and_whole_address(self, olga):
        sent, failed = self.write(), self.write(to="zed@shop.test")
        self.write(to="ana@shop.test")
        actions.deliver_mail(mail_id=sent.pk, at=MORNING)
        self.give_up(failed)
        for asked, shown in (
            ({"state": "sent"}, "r…@"),
            ({"state": "failed"}, "z…@"),
            ({"state": "wait"}, "a…@"),
            ({"to": "ANA@shop.test"}, "a…@"),
        ):
            page = olga.get("/ops/letters/", asked).content.decode()
            assert [one for one in ("r…@", "z…@", "a…@") if one in page] == [shown], asked
        assert "No such letters" in olga.get("/ops/letters/", {"to": "an"}).content.decode()

    def test_a_failed_letter_is_sent_again(self, olga):
        mail = self.write()
        self.give_up(mail)
        answer = olga.post(f"/ops/letters/{mail.pk}/again/", follow=True)
        assert "The letter is tried again." in answer.content.decode()
        assert Job.objects.get().gave_up_at is None
        assert olga.post("/ops/letters/999/again/").status_code == 404

    def test_a_page_costs_the_same_for_one_and_for_fifty(self, olga, django_assert_max_num_queries):
        self.write()
        with django_assert_max_num_queries(9) as found:
            olga.get("/ops/letters/")
        one = len(found)
        for _ in range(49):
            self.write()
        with django_assert_max_num_queries(9) as found:
            olga.get("/ops/letters/")
        assert len(found) == one


@pytest.mark.django_db
def test_a_letter_leaves_as_text_and_html(mailoutbox):
    mail = actions.send_mail(to="rosa@shop.test", subject="News", body="You are in.\n", at=MORNING)
    actions.deliver_mail(mail_id=mail.pk, at=MORNING + dt.timedelta(minutes=1))
    [sent] = mailoutbox
    assert sent.body == "You are in.\n"
    [page] = sent.alternatives
    assert page.mimetype == "text/html"
    assert "You are in." in page.content
