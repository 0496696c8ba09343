"""A practice day: nothing in it is real, and its end makes a shop live."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.applications.models import Application, ApplicationEvent
from hubshops.documents.actions import ask_for
from hubshops.documents.models import Document, DocumentKind
from hubshops.packages.models import PackageEvent
from hubshops.practice import actions, queries, rules
from hubshops.practice.models import PracticeDay, PracticePackage
from hubshops.shops.actions import NotGettingReady, lift_ramp
from hubshops.shops.models import CapStep, MemberRole, Shop, ShopStatus
from kernel.audit.models import Decision
from kernel.notifications.models import Mail
from tests.factories import MORNING, make_member, make_person, make_shop, make_staff
from tests.hubshops.agreements.helpers import sign
from tests.hubshops.applications.test_actions import apply, approve
from tests.hubshops.documents.helpers import accepted, good_papers

pytestmark = pytest.mark.django_db
PRACTICE = "/shop/practice/"
DAMAGED = [one.code for one in rules.PACKAGES if one.is_damaged]


@pytest.fixture
def olga():
    return make_staff("Olga", "reviewer")


@pytest.fixture
def paperless(olga):
    """Rosa's, approved with a cap of 30; its papers are still to come."""
    return approve(apply(), olga).shop


@pytest.fixture
def shop(paperless, olga):
    """The same, its papers accepted."""
    good_papers(paperless, olga)
    return paperless


@pytest.fixture
def rosa(shop):
    return shop.memberships.get().user


def walk_through(shop, by):
    """A whole practice day but for its last word."""
    actions.start_practice(shop=shop, by=by, at=MORNING)
    actions.count_in(shop=shop, damaged=DAMAGED, at=MORNING)
    for one in rules.TO_DELIVER:
        actions.tell_door(shop=shop, code=one.code, outcome=one.at_the_door, at=MORNING)


def close(shop, by, still_here=1):
    return actions.close_practice(shop=shop, still_here=still_here, by=by, at=MORNING)


def status_of(shop):
    return Shop.objects.get(pk=shop.pk).status


def test_passing_makes_the_shop_live_and_tells_its_owner(shop, rosa):
    sign(shop, rosa, at=MORNING)
    walk_through(shop, rosa)
    assert Application.objects.get().status == "practice"
    assert close(shop, rosa) is True
    assert status_of(shop) == ShopStatus.LIVE
    assert Application.objects.get().status == "live"
    kinds = list(ApplicationEvent.objects.values_list("kind", flat=True))
    assert kinds[-4:] == ["sent", "signed", "practice", "live"]
    letter = Mail.objects.get(subject="Your shop is live")
    assert letter.to == "rosa@shop.test"
    assert "You start with up to 15 packages a day." in letter.body
    assert Decision.objects.filter(action="go_live").exists()
    assert not PackageEvent.objects.exists()


def test_a_new_shop_starts_with_few_and_a_small_one_with_all_it_agreed_to(shop, rosa):
    sign(shop, rosa, at=MORNING)
    walk_through(shop, rosa)
    close(shop, rosa)
    shop.refresh_from_db()
    assert (shop.ramp_cap, shop.cap_now) == (15, 15)
    assert CapStep.objects.get().reason == "started"
    small = make_shop("Small", daily_cap=10, status=ShopStatus.PREPARING)
    walk_through(small, rosa)
    assert close(small, rosa) is False  # no application: staff open it in their own way
    later = MORNING + dt.timedelta(days=9)
    actions.shops.go_live(shop=small, at=later, by=None)
    small.refresh_from_db()
    assert small.opened_at == later, "days before it was live are none of its days"
    assert (small.ramp_cap, small.cap_now) == (None, 10)


def test_nobody_practices_before_the_agreement_is_signed(shop, rosa):
    with pytest.raises(actions.SignFirst, match="sign the agreement first"):
        actions.start_practice(shop=shop, by=rosa, at=MORNING)
    assert not PracticeDay.objects.exists()


def test_starting_twice_is_one_day(shop, rosa):
    sign(shop, rosa, at=MORNING)
    first = actions.start_practice(shop=shop, by=rosa, at=MORNING)
    assert actions.start_practice(shop=shop, by=rosa, at=MORNING) == first


def test_a_wrong_answer_costs_nothing_and_says_why(shop, rosa):
    sign(shop, rosa, at=MORNING)
    actions.start_practice(shop=shop, by=rosa, at=MORNING)
    with pytest.raises(actions.LookAgain, match="a corner of PRACTICE-05 is torn and wet"):
        actions.count_in(shop=shop, damaged=[], at=MORNING)
    with pytest.raises(actions.LookAgain, match="PRACTICE-01 is dry and whole"):
        actions.count_in(shop=shop, damaged=[*DAMAGED, "PRACTICE-01"], at=MORNING)
    assert not PracticePackage.objects.exists()
    actions.count_in(shop=shop, damaged=DAMAGED, at=MORNING)
    with pytest.raises(actions.LookAgain, match="somebody opened and took PRACTICE-01"):
        actions.tell_door(shop=shop, code="PRACTICE-01", outcome="nobody_home", at=MORNING)
    with pytest.raises(actions.LookAgain, match="nobody opened"):
        actions.tell_door(shop=shop, code="PRACTICE-08", outcome="delivered", at=MORNING)
    with pytest.raises(actions.NoPracticeNow):
        actions.tell_door(shop=shop, code="PRACTICE-05", outcome="delivered", at=MORNING)
    assert set(PracticePackage.objects.values_list("outcome", flat=True)) == {"taken", "damaged"}


def test_a_wrong_count_leaves_the_day_open(shop, rosa):
    sign(shop, rosa, at=MORNING)
    walk_through(shop, rosa)
    with pytest.raises(actions.CountAgain, match="How many are still with you"):
        close(shop, rosa, still_here=0)
    assert status_of(shop) == ShopStatus.PREPARING
    assert PracticeDay.objects.get().closed_at is None


def test_the_day_is_not_closed_before_its_doors_are_told(shop, rosa):
    sign(shop, rosa, at=MORNING)
    actions.start_practice(shop=shop, by=rosa, at=MORNING)
    with pytest.raises(actions.NoPracticeNow):
        close(shop, rosa)
    assert status_of(shop) == ShopStatus.PREPARING


def test_a_live_shop_practices_again_and_nothing_else_changes():
    shop = make_shop()
    rosa = make_member(shop)
    for _ in range(2):
        walk_through(shop, rosa)
        assert close(shop, rosa) is False
    assert PracticeDay.objects.count() == 2
    assert not Mail.objects.exists()
    assert not CapStep.objects.exists()


@pytest.mark.parametrize("kind", ["licence", "insurance"])
def test_a_shop_that_practiced_waits_for_its_papers_and_goes_live_by_itself(
    paperless, olga, client, kind
):
    rosa = paperless.memberships.get().user
    sign(paperless, rosa, at=MORNING)
    walk_through(paperless, rosa)
    good_papers(paperless, olga)
    paper = paperless.dossier.documents.filter(kind=kind)
    Document.objects.filter(pk__in=paper).update(status="expired", expires_on=MORNING.date())
    assert close(paperless, rosa) is False
    client.force_login(rosa)
    waits = "Your shop is live by itself as soon as we have accepted these papers:"
    assert waits in client.get(PRACTICE).content.decode()
    today = client.get("/shop/").content.decode()
    assert "Next: your papers" in today
    assert waits in today
    assert actions.let_ready_shops_go_live(at=MORNING) == 0
    assert status_of(paperless) == ShopStatus.PREPARING
    ask_for(dossier_id=paperless.dossier.pk, kind=DocumentKind(kind), at=MORNING)
    accepted(paperless.dossier, kind, olga, ends=MORNING.date() + dt.timedelta(days=99))
    assert actions.let_ready_shops_go_live(at=MORNING) == 1
    assert actions.let_ready_shops_go_live(at=MORNING) == 0
    assert status_of(paperless) == ShopStatus.LIVE
    assert Application.objects.get().status == "live"
    assert Mail.objects.filter(subject="Your shop is live").count() == 1


def test_good_papers_alone_make_no_shop_live(shop, rosa):
    assert actions.let_ready_shops_go_live(at=MORNING) == 0
    sign(shop, rosa, at=MORNING)
    walk_through(shop, rosa)
    assert actions.let_ready_shops_go_live(at=MORNING) == 0
    assert status_of(shop) == ShopStatus.PREPARING


def test_staff_let_a_shop_go_live_whose_papers_are_missing(paperless, client):
    pavel = make_staff("Pavel", "admin")
    sign(paperless, paperless.memberships.get().user, at=MORNING)
    client.force_login(pavel)
    assert "Business license" in client.get("/ops/getting-ready/").content.decode()
    page = f"/ops/getting-ready/{paperless.slug}/live/"
    body = client.get(page).content.decode()
    assert "Papers that are missing" in body
    assert "Insurance certificate" in body
    assert client.post(page, {"reason": "Both were shown to us."}).status_code == 302
    assert status_of(paperless) == ShopStatus.LIVE
    facts = Decision.objects.get(action="let_go_live").facts
    assert facts["missing_papers"] == ["licence", "insurance"]


def test_staff_let_a_signed_shop_go_live_with_a_reason(shop, rosa):
    pavel = make_staff("Pavel", "admin")
    with pytest.raises(actions.NotSigned, match="did not sign"):
        actions.let_go_live(shop=shop, reason="Knows the work", by=pavel, at=MORNING)
    sign(shop, rosa, at=MORNING)
    with pytest.raises(actions.ReasonIsMissing):
        actions.let_go_live(shop=shop, reason=" ", by=pavel, at=MORNING)
    assert status_of(shop) == ShopStatus.PREPARING
    actions.let_go_live(shop=shop, reason="Knows the work", by=pavel, at=MORNING)
    assert status_of(shop) == ShopStatus.LIVE
    decision = Decision.objects.get(action="let_go_live")
    assert (decision.by, decision.reason) == (pavel, "Knows the work")
    assert ApplicationEvent.objects.last().words == "Knows the work"
    with pytest.raises(NotGettingReady, match="its status is “Live”"):
        actions.let_go_live(shop=shop, reason="Again", by=pavel, at=MORNING)


def test_the_database_lets_no_unsigned_shop_go_live(shop):
    with (
        pytest.raises(IntegrityError, match="did not sign its agreement"),
        transaction.atomic(),
    ):
        Shop.objects.filter(pk=shop.pk).update(status=ShopStatus.LIVE)


@pytest.mark.parametrize(
    ("law", "row"),
    [
        ("practice_package_is_pretend", {"code": "TBA000000001", "outcome": "taken"}),
        ("practice_package_outcome_is_known", {"code": "PRACTICE-01", "outcome": "lost"}),
    ],
)
def test_a_real_package_is_none_of_practice(law, row, rosa, shop):
    day = PracticeDay.objects.create(shop=shop, started_at=MORNING, started_by=rosa)
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        PracticePackage.objects.create(day=day, at=MORNING, **row)


def test_laws_of_a_practice_day(rosa, shop):
    PracticeDay.objects.create(shop=shop, started_at=MORNING, started_by=rosa)
    with pytest.raises(IntegrityError, match="practice_day_open_once"), transaction.atomic():
        PracticeDay.objects.create(shop=shop, started_at=MORNING, started_by=rosa)
    with pytest.raises(IntegrityError, match="practice_day_closed_by"), transaction.atomic():
        PracticeDay.objects.update(closed_at=MORNING)


def test_the_cap_of_a_new_shop_changes_by_a_kept_step_only(shop, rosa):
    sign(shop, rosa, at=MORNING)
    walk_through(shop, rosa)
    close(shop, rosa)
    for cap in (16, None):
        with (
            pytest.raises(IntegrityError, match="by a step that is kept"),
            transaction.atomic(),
        ):
            Shop.objects.filter(pk=shop.pk).update(ramp_cap=cap)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE cap_step SET cap = 99")
    assert lift_ramp(shop=shop, by=None, at=MORNING) is True
    assert lift_ramp(shop=shop, by=None, at=MORNING) is False
    shop.refresh_from_db()
    assert shop.ramp_cap is None


def test_a_helper_goes_through_the_pages(client, shop, rosa):
    sign(shop, rosa, at=MORNING)
    client.force_login(make_member(shop, "Sam", MemberRole.HELPER))
    assert b"Start the practice day" in client.get(PRACTICE).content
    client.post(f"{PRACTICE}start/")
    page = client.post(f"{PRACTICE}count-in/", {"damaged": []}, follow=True)
    assert b"torn and wet. Say that it is damaged" in page.content
    page = client.post(f"{PRACTICE}count-in/", {"damaged": DAMAGED}, follow=True)
    assert b"Elm Street" in page.content
    for one in rules.TO_DELIVER:
        told = {"code": one.code, "outcome": one.at_the_door}
        page = client.post(f"{PRACTICE}door/", told, follow=True)
    assert b"How many packages are still with you?" in page.content
    page = client.post(f"{PRACTICE}close/", {"still_here": "many"}, follow=True)
    assert b"as a number" in page.content
    page = client.post(f"{PRACTICE}close/", {"still_here": "1"}, follow=True)
    assert b"Your shop is live" in page.content
    assert queries.practice_of(shop).step == "done"


def test_strangers_find_no_practice(client, shop):
    client.force_login(make_person("Zed"))
    assert client.get(PRACTICE).status_code == 404


def test_today_says_what_is_left_before_the_first_packages(client, shop, rosa):
    client.force_login(rosa)
    page = client.get("/shop/").content.decode()
    assert "First: the agreement" in page
    assert "We do not have your bank account yet." in page
    sign(shop, rosa, at=MORNING)
    page = client.get("/shop/").content.decode()
    assert "Next: your practice day" in page
    walk_through(shop, rosa)
    close(shop, rosa)
    assert "Next: your practice day" not in client.get("/shop/").content.decode()


def test_staff_see_new_shops_and_admins_decide(client, shop, rosa):
    sign(shop, rosa, at=MORNING)
    client.force_login(make_staff("Ada", "admin"))
    page = client.get("/ops/getting-ready/").content.decode()
    assert "Agreement signed" in page
    live = f"/ops/getting-ready/{shop.slug}/live/"
    assert client.post(live, {"reason": ""}).status_code == 422
    client.post(live, {"reason": "Knows the work"})
    page = client.get("/ops/getting-ready/").content.decode()
    assert "No shop is getting ready" in page
    assert "grows with good days" in page
    client.post(f"/ops/getting-ready/{shop.slug}/cap/")
    assert (
        "Every live shop gets all it agreed to."
        in client.get("/ops/getting-ready/").content.decode()
    )
    assert client.get("/ops/getting-ready/nobody/live/").status_code == 404
