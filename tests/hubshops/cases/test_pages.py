"""Cases as a shop and as staff read them."""

import datetime as dt
import re
import uuid
from html import unescape

import pytest
import time_machine

from hubshops.cases.actions import answer_case, claim_case, open_cases, reply_to_case
from hubshops.cases.models import Case, CaseKind
from hubshops.cases.queries import found_proofs
from hubshops.deliveries.models import Conflict, Proof
from hubshops.drops.models import HandoverRemark
from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import State
from tests.factories import make_member, make_packages, make_shop, make_staff
from tests.hubshops.cases.test_cases import NOON, check_of, conflict_of, delivered, stray_of
from tests.hubshops.drops.helpers import give, opened, said, take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _it_is_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(client, shop):
    rosa = make_member(shop, "Rosa")
    client.force_login(rosa)
    return rosa


@pytest.fixture
def olga():
    return make_staff("Olga", "support")


@pytest.fixture
def cases(shop, rosa):
    """One case of every kind."""
    packages = make_packages(4, shop=shop, state=State.MANIFESTED)
    give(opened(shop), 3)
    remarks = [
        said("short", packages[0]),
        said("damaged", packages[1], note="wet on one side"),
        said("over", "NOBODYS1"),
        said("over_cap", packages[2]),
    ]
    take(shop, rosa, packages=1, remarks=remarks)
    conflict_of(shop)
    stray_of(shop, rosa)
    phones = [{"name": "Sam · Android", "unsent": 3, "last_seen_at": "2026-11-20T15:00:00Z"}]
    check_of(shop, received=5, delivered=4, not_counted_in=2, unsent_devices=phones)
    delivered(shop, requires="signature", at=NOON - dt.timedelta(days=2))
    open_cases(at=NOON)
    open_cases(at=NOON, finders=[found_proofs])
    return {case.kind: case for case in Case.objects.all()}


WORDS = {
    CaseKind.DROP: "The driver and the shop counted differently",
    CaseKind.OVER: "A package came that was not on the list: NOBODYS1",
    CaseKind.DAMAGED: "came damaged, and the shop did not take it",
    CaseKind.OVER_CAP: "was one more than the shop agreed to, and the shop did not take it",
    CaseKind.CONFLICT: "Two phones say that they delivered package",
    CaseKind.STRAY: "which was not with this shop then",
    CaseKind.GAP: "Received 5. Delivered 4",
    CaseKind.UNSENT: "Sam · Android: 3 acts or photos",
    CaseKind.PROOF: "the signature it needs is missing",
}


def text(response) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


@pytest.mark.parametrize("kind", WORDS)
def test_each_kind_says_what_happened(client, cases, olga, kind):
    case = cases[kind]
    page = text(client.get(f"/shop/cases/{case.pk}/"))
    assert WORDS[kind] in page
    assert "it is settled in the shop's favor" in page
    client.force_login(olga)
    page = text(client.get(f"/ops/cases/{case.pk}/"))
    assert WORDS[kind] in page
    assert "the case is settled in the shop's favor" in page


def test_a_shop_answers_and_reads_it_back(client, cases):
    case = cases[CaseKind.DROP]
    url = f"/shop/cases/{case.pk}/"
    assert client.post(url, {"text": ""}).status_code == 422
    assert client.post(url, {"text": "It was not on board."}).status_code == 302
    page = text(client.get(url))
    assert "It was not on board." in page
    assert "Waits for the operator" in page


def test_a_claim_has_words_of_its_own(client, cases, shop, rosa, olga):
    case = cases[CaseKind.DROP]
    claim_case(case_id=case.pk, by=olga, at=NOON)
    answer_case(case_id=case.pk, shop_id=shop.pk, by=rosa, text="It was not there.", at=NOON)
    client.force_login(rosa)
    page = client.get(f"/shop/cases/{case.pk}/").content.decode()
    lines = re.findall("<strong>(.*?)</strong>", page.split('id="lines"')[1].split("</ol>")[0])
    assert lines == ["Open", f"{olga} looks after this case.", "The shop answered"]


def test_another_shop_finds_no_page(client, cases):
    client.force_login(make_member(make_shop("Zed's Flowers"), "Zed"))
    url = f"/shop/cases/{cases[CaseKind.DROP].pk}/"
    assert client.get(url).status_code == client.post(url, {"text": "x"}).status_code == 404


def test_a_question_is_on_the_shops_day_until_it_is_answered(client, cases, olga):
    case = cases[CaseKind.DROP]
    assert "has a question" not in text(client.get("/shop/"))
    reply_to_case(case_id=case.pk, by=olga, text="Is it there?", at=NOON, is_question=True)
    assert "The station has a question about 1 case" in text(client.get("/shop/"))
    client.post(f"/shop/cases/{case.pk}/", {"text": "No."})
    assert "has a question" not in text(client.get("/shop/"))


def test_staff_take_ask_settle_and_put_away(client, cases, olga):
    client.force_login(olga)
    case = cases[CaseKind.DROP]
    url = f"/ops/cases/{case.pk}/"
    for sent, status in [
        ({"do": "claim"}, "open"),
        ({"do": "ask", "text": "Is it there?"}, "waiting_shop"),
        ({"do": "reply", "text": "We look, too."}, "waiting_shop"),
        ({"do": "resolve", "words": "Found.", "effect": "short_confirmed"}, "resolved"),
        ({"do": "close"}, "closed"),
    ]:
        assert client.post(url, sent).status_code == 302, sent
        case.refresh_from_db()
        assert case.status == status
    page = text(client.get(url))
    assert "The packages did not come: the shop is right." in page


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "ask", "text": ""},
        {"do": "resolve", "words": ""},
        {"do": "resolve", "words": "x", "effect": "lost"},
    ],
)
def test_what_is_not_whole_changes_nothing(client, cases, olga, sent):
    client.force_login(olga)
    case = cases[CaseKind.DROP]
    assert client.post(f"/ops/cases/{case.pk}/", sent).status_code == 422
    case.refresh_from_db()
    assert case.status == "open"


def test_staff_filter_by_kind_and_status(client, cases, olga):
    client.force_login(olga)
    everything = text(client.get("/ops/cases/"))
    assert "Two phones disagree about a package 1" in everything
    page = client.get("/ops/cases/", {"kind": "gap"}).content.decode()
    assert page.count("/ops/cases/") > 1
    assert [int(pk) for pk in re.findall(r'href="/ops/cases/(\d+)/"', page)] == [
        cases[CaseKind.GAP].pk
    ]
    assert "Nothing waits" in text(client.get("/ops/cases/", {"status": "closed"}))
    assert client.get("/ops/cases/", {"kind": "'", "station": "NOPE"}).status_code == 200
    assert client.get("/ops/cases/", {"kind": "\0", "station": "F\0"}).status_code == 200


def test_staffs_day_says_how_many_cases_wait(client, cases, olga):
    client.force_login(olga)
    assert f"{len(CaseKind)} cases to settle" in text(client.get("/ops/"))


def test_lists_cost_the_same_for_one_case_and_many(
    client, shop, rosa, olga, django_assert_num_queries
):
    check_of(shop, received=1)
    open_cases(at=NOON)
    with django_assert_num_queries(5):
        client.get("/shop/cases/")
    client.force_login(olga)
    client.get("/ops/cases/")
    with django_assert_num_queries(7):
        client.get("/ops/cases/")
    for days in range(1, 20):
        check_of(shop, day=NOON.date() - dt.timedelta(days=days), received=1)
    open_cases(at=NOON)
    with django_assert_num_queries(7):
        client.get("/ops/cases/")
    client.force_login(rosa)
    with django_assert_num_queries(5):
        client.get("/shop/cases/")


def test_the_photo_of_a_remark_is_beside_its_words(client, cases, shop, rosa, olga):
    case = cases[CaseKind.DAMAGED]
    remark = HandoverRemark.objects.get(kind="damaged")
    photo = Proof.objects.create(
        act_id=remark.pk,
        shop=shop,
        kind="photo",
        fingerprint="f" * 64,
        file="x.jpg",
        width=1,
        height=1,
        size=1,
        received_at=NOON,
        by=rosa,
    )
    page = client.get(f"/shop/cases/{case.pk}/").content.decode()
    assert f'src="/shop/door/proofs/{photo.pk}/"' in page
    client.force_login(olga)
    page = client.get(f"/ops/cases/{case.pk}/").content.decode()
    assert f'src="/ops/proofs/{photo.pk}/"' in page


def photo_of(shop, rosa, act_id, mark: str) -> Proof:
    return Proof.objects.create(
        shop=shop,
        act_id=act_id,
        kind="photo",
        fingerprint=mark * 64,
        file=f"proofs/{mark}/x.jpg",
        width=40,
        height=30,
        size=900,
        received_at=NOON,
        by=rosa,
    )


def test_the_photo_of_what_did_not_come_is_beside_the_drop(client, cases, shop, rosa, olga):
    short = photo_of(shop, rosa, HandoverRemark.objects.get(kind="short").pk, "a")
    other = photo_of(shop, rosa, HandoverRemark.objects.get(kind="damaged").pk, "b")
    case = cases[CaseKind.DROP]
    for person, path, address in (
        (rosa, f"/shop/cases/{case.pk}/", "/shop/door/proofs"),
        (olga, f"/ops/cases/{case.pk}/", "/ops/proofs"),
    ):
        client.force_login(person)
        page = client.get(path).content.decode()
        assert f'src="{address}/{short.pk}/"' in page
        assert f'src="{address}/{other.pk}/"' not in page


def test_a_conflict_shows_what_each_phone_sent(client, cases, shop, rosa, olga):
    conflict = Conflict.objects.get()
    sam = make_member(shop, "Sam", "helper")
    act_id = uuid.uuid4()
    second = PackageEvent.objects.create(
        package=conflict.package,
        shop=shop,
        by=sam,
        act_id=act_id,
        kind="delivered_again",
        from_state="DELIVERED",
        to_state="DELIVERED",
        happened_at=NOON,
        received_at=NOON,
        counted_at=NOON,
    )
    newer = Conflict.objects.create(
        package=conflict.package,
        shop=shop,
        kind="delivered_again",
        stands=conflict.stands,
        contradicts=second,
        noticed_at=NOON - dt.timedelta(days=2),
    )
    open_cases(at=NOON)
    case = Case.objects.get(cause=f"conflict:{newer.pk}")
    photo = photo_of(shop, sam, act_id, "c")
    for person, path, address in (
        (rosa, f"/shop/cases/{case.pk}/", "/shop/door/proofs"),
        (olga, f"/ops/cases/{case.pk}/", "/ops/proofs"),
    ):
        client.force_login(person)
        answer = client.get(path)
        assert f'src="{address}/{photo.pk}/"' in answer.content.decode()
        assert "What Sam sent" in text(answer)
