"""Every address answers everybody as the matrix says: strangers learn nothing, not even that a page
exists."""

import io
import re
import uuid
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.urls import URLPattern, get_resolver
from django.utils import timezone
from PIL import Image

from hubshops.applications.actions import (
    begin_application,
    join_waitlist,
    name_person,
    save_page,
    screen_application,
    submit_application,
)
from hubshops.cases.actions import open_cases
from hubshops.cases.models import Case
from hubshops.deliveries.actions import keep_proof
from hubshops.deliveries.models import Proof
from hubshops.documents.actions import keep_upload, open_shops_dossier
from hubshops.documents.models import Document
from hubshops.documents.queries import dossier_of
from hubshops.drops.models import Handover, HandoverRemark
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.manifests.rules import stop_code
from hubshops.packages.rules import State
from hubshops.reviews.actions import start_checks
from hubshops.shops.actions import ask_facts_change, end_membership, make_team_link
from hubshops.shops.models import MemberRole, Shop, ShopStatus
from hubshops.stations.actions import make_key
from hubshops.subscriptions.actions import subscribe
from kernel.accounts.models import Role, User
from kernel.ids import new_id
from payouts.accruals.actions import accrue_waiting
from payouts.adjustments.actions import open_dispute, place_hold
from payouts.payruns.actions import keep_returns
from payouts.payruns.models import ReturnFile
from payouts.statements.models import Statement
from tests.architecture.urls import MATRIX, ROLES
from tests.factories import (
    DAY,
    let_through,
    make_member,
    make_package,
    make_person,
    make_shop,
    make_staff,
    make_station,
)
from tests.hubshops.agreements.helpers import sign
from tests.hubshops.applications.test_actions import FACTS
from tests.hubshops.documents.helpers import photo
from tests.payouts.adjustments.helpers import propose
from tests.payouts.helpers import LATER, change_card, earn, make_olga, make_pavel, pay, plain
from tests.payouts.providers import test_nacha

pytestmark = [pytest.mark.django_db, pytest.mark.long]
CANARY = "Canary Yellow"
ACT = uuid.UUID("0193a1b2-0000-7000-8000-000000000001")
REPAIRS = "admin/"


def walk(resolver: object, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the portal with its pattern, Django's admin aside."""
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from walk(pattern, address)
        elif not address.startswith(REPAIRS):
            yield address, pattern


ADDRESSES = dict(walk(get_resolver()))


def of(*kinds: str, **marks: object) -> list[str]:
    """The addresses of these audiences."""
    return [
        address
        for address, audience in MATRIX.items()
        if audience.kind in kinds
        and all(getattr(audience, name) == value for name, value in marks.items())
    ]


def test_every_address_is_in_the_matrix():
    missing = sorted(set(ADDRESSES) - set(MATRIX))
    assert not missing, f"say in tests/architecture/urls.py who may open: {missing}"


def test_the_matrix_names_no_address_that_is_gone():
    assert not sorted(set(MATRIX) - set(ADDRESSES))


def test_the_matrix_knows_every_role():
    assert set(ROLES) == set(Role.values)


def test_a_guard_lets_in_exactly_the_roles_of_the_matrix(rf):
    people = {role: make_staff(role, role, email=f"{role}@hub.test") for role in ROLES}
    people["nobody"] = make_person("Zed")
    for address in of("staff"):
        let_in = set()
        for role, person in people.items():
            request = rf.get("/")
            request.user = person
            if ADDRESSES[address].callback.lets_in(request):
                let_in.add(role)
        assert let_in == MATRIX[address].roles, address


def test_a_shops_guard_lets_in_exactly_its_people(rf):
    shop = make_shop()
    people = {
        "owner": make_member(shop, "Rosa"),
        "manager": make_member(shop, "Mia", MemberRole.MANAGER),
        "helper": make_member(shop, "Sam", MemberRole.HELPER),
        "stranger": make_person("Ana"),
        "staff": make_staff("Olga", *ROLES),
    }
    ranks = ["owner", "manager", "helper"]
    for address in of("member", "manager", "owner"):
        let_in = set()
        for who, person in people.items():
            request = rf.get("/")
            request.user, request.session = person, {}
            if ADDRESSES[address].callback.lets_in(request):
                let_in.add(who)
        kind = MATRIX[address].kind
        expected = set(ranks[: ranks.index(kind.replace("member", "helper")) + 1])
        assert let_in == expected, address


@pytest.fixture
def world():
    """Rosa's shop, full of rows that carry a canary; Zed owns the shop next door."""
    cache.clear()
    rosas = make_shop(CANARY, contact_name=CANARY)
    rosa = make_member(rosas, "Rosa")
    helper = make_member(rosas, "Sam", MemberRole.HELPER, email="sam@shop.test")
    make_member(rosas, "Mia", MemberRole.MANAGER, email="mia@shop.test")
    make_member(make_shop("Zed's Flowers"), "Zed")
    package = make_package(shop=rosas, state=State.MANIFESTED, recipient_name=CANARY)
    manifest = Manifest.objects.create(
        shop=rosas, service_day=DAY, number="M-1", published_at=timezone.now()
    )
    line = ManifestLine.objects.create(manifest=manifest, package=package, stop=1)
    earn(rosas)
    accrue_waiting(at=LATER)
    olga = make_olga()
    run = pay(olga, make_pavel(), at=LATER)
    change = change_card(plain(200), shop=rosas, by=olga, at=LATER)
    application = submit_application(**FACTS | {"name": "Ana's Bakery"}, at=LATER)
    let_through(application)
    subscription, _secret = subscribe(
        station=rosas.station, url="https://station.example/", at=LATER, by=None
    )
    handover = Handover.objects.create(
        shop=rosas, service_day=DAY, token="T", announced=1, opened_at=LATER, expires_at=LATER
    )
    HandoverRemark.objects.create(
        id=new_id(),
        handover=handover,
        kind="over",
        tracking_id=CANARY,
        happened_at=LATER,
        received_at=LATER,
        by=helper,
    )
    open_cases(at=LATER)
    case = Case.objects.get()
    delivery = rosas.deliveries.first()
    dispute = open_dispute(shop=rosas, about=delivery, cents=75, words=CANARY, by=helper, at=LATER)
    return {
        "adjustment_id": propose(rosas, 500, olga, words=CANARY).pk,
        "dispute_id": dispute.pk,
        "delivery_id": delivery.pk,
        "hold_id": place_hold(shop=rosas, cents=1, words=CANARY, by=olga, at=LATER).pk,
        "package_id": package.pk,
        "proof_id": a_proof(rosas, helper).pk,
        "act_id": ACT,
        "handover_id": handover.pk,
        "case_id": case.pk,
        "version": 1,
        "signature_id": sign(rosas, rosa, at=LATER).pk,
        "stop_code": stop_code(line.pk, line.stop),
        "membership_id": helper.memberships.get().pk,
        "link_id": make_team_link(shop=rosas, role="helper", at=timezone.now(), by=helper).pk,
        "number": getattr(Statement.objects.filter(shop=rosas).first(), "number", "S-1"),
        "run_id": run.pk,
        "transfer_id": run.transfers.get().pk,
        "notice_id": 1,
        "file_id": a_file_of_returns(olga).pk,
        "year": DAY.year,
        "change_id": change.pk,
        "feed_id": package.batch_id,
        "batch": package.batch_id,
        "job_id": 1,
        "event_id": 1,
        "key_id": 1,
        "subscription_id": subscription.pk,
        "person_id": helper.pk,
        "pk": helper.pk,  # of a passkey: there is none
        "document_id": a_paper(rosas, olga).pk,
        "page_number": 1,
        "application_id": application.pk,
        "check_id": application.people.get().check_of.pk,
        "reference": application.reference,
        "page": "name",
        "slug": rosas.slug,
        "section": "contact",
        "mail_id": 1,
        "facts_change_id": ask_facts_change(
            shop=rosas, facts={"name": CANARY + " 2"}, at=LATER, by=helper
        ).pk,
        "code": rosas.station.code,
        "day": DAY,
        "uid": "MQ",
        "token": "abc-def",
        "uidb36": "1",
        "key": "abc-def",
    }


def a_proof(shop: Shop, by: User) -> Proof:
    """A photo of the shop's."""
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "JPEG")
    picture = {"kind": "photo", "content": content.getvalue()}
    return keep_proof(shop=shop, by=by, act_id=ACT, at=LATER, **picture)[0]


def a_paper(shop: Shop, by: User) -> Document:
    """A paper of the shop's, with its picture."""
    dossier = open_shops_dossier(shop=shop, at=LATER, by=by)
    document = dossier.documents.get(kind="licence")
    keep_upload(document_id=document.pk, file=photo(), at=LATER, by=by)
    return document


def a_file_of_returns(by: User) -> ReturnFile:
    """A bank's file that says nothing about us."""
    pair = test_nacha.entry_back(cents=1), test_nacha.returned("R01", "091000010000001")
    content = test_nacha.answer(pair)
    return keep_returns(content=content, by=by, at=LATER)[0]


def url_of(address: str, world: dict[str, object]) -> str:
    """An address with Rosa's values in it."""
    plain = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<str:\1>", address)
    plain = plain.replace("^", "").replace("$", "")
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda name: str(world[name[1]]), plain)


def answers(client, address, world):
    """What GET and POST say."""
    url = url_of(address, world)
    return [client.get(url), client.post(url, {})]


def body_of(answer) -> str:
    """What an answer says, files included."""
    content = b"".join(answer) if answer.streaming else answer.content
    return content.decode(errors="replace")


def turned_away(heard: list) -> bool:
    """No such page, whichever method; a method the page never takes may say so instead."""
    codes = {answer.status_code for answer in heard}
    return 404 in codes and codes <= {404, 405}


def let_in_anyway(client, addresses, world) -> list[str]:
    """The addresses that did not turn this browser away."""
    return [one for one in addresses if not turned_away(answers(client, one, world))]


def sent_to_sign_in(answer) -> bool:
    return answer.status_code == 302 and answer.url.startswith("/account/login/?next=")


def test_anonymous_people_sign_in_first(client, world):
    wrong = []
    for address, audience in MATRIX.items():
        for answer in answers(client, address, world):
            if audience.kind == "public":
                # No broker runs beside the tests, and the ready check says so.
                is_honest = answer.status_code < 500 or address == "healthz/ready"
                is_right = not sent_to_sign_in(answer) and is_honest
            elif "phone" in audience.kind or "key" in audience.kind:
                is_right = answer.status_code in (401, 405)
            else:
                is_right = sent_to_sign_in(answer)
            if not is_right or CANARY in body_of(answer):
                wrong.append((address, answer.request["REQUEST_METHOD"], answer.status_code))
    assert not wrong


@pytest.fixture
def zed(client, world):
    """The owner of the shop next door, signed in."""
    client.force_login(User.objects.get(email="zed@shop.test"))
    return client


def test_a_stranger_finds_no_page_of_staff_and_no_row_of_another_shop(zed, world):
    assert not let_in_anyway(zed, of("staff"), world)
    assert not let_in_anyway(
        zed, of("member", "manager", "owner", "owner's phone", of_one=True), world
    )


def test_nobody_walks_in_where_only_a_stations_key_opens(client, zed, world):
    for person in ("rosa@shop.test", "zed@shop.test", make_staff("Una", *ROLES).email):
        client.force_login(User.objects.get(email=person))
        for address in of("station's key"):
            codes = {answer.status_code for answer in answers(client, address, world)}
            assert codes <= {401, 405}, address


def test_a_key_opens_its_own_station_and_nothing_of_another(client, world):
    station = Shop.objects.get(slug=world["slug"]).station
    _key, ours = make_key(station=station, name="Feeds", at=timezone.now())
    _key, theirs = make_key(station=make_station("NSH"), name="Feeds", at=timezone.now())
    for address in of("station's key", of_one=True):
        url = url_of(address, world)
        stranger = {"headers": {"Authorization": f"Bearer {theirs}"}}
        heard = [client.get(url, **stranger), client.post(url, **stranger)]
        assert turned_away(heard), address
        assert not any(CANARY in body_of(answer) for answer in heard), address
        friend = {"headers": {"Authorization": f"Bearer {ours}"}}
        heard = [client.get(url, **friend), client.post(url, **friend)]
        assert not turned_away(heard), address


def test_a_strangers_own_pages_never_show_another_shop(zed, world):
    for address in of("member", "manager", "owner", "phone", "owner's phone", "person"):
        for answer in answers(zed, address, world):
            assert answer.status_code < 500, address
            assert CANARY not in body_of(answer), address


def test_a_person_without_shop_or_role_finds_no_page(client, world):
    client.force_login(make_person("Ana"))
    assert not let_in_anyway(client, of("staff", "member", "manager", "owner"), world)


def test_a_helper_finds_no_page_with_money_or_people(client, world):
    client.force_login(User.objects.get(email="sam@shop.test"))
    assert not let_in_anyway(client, of("manager", "owner", "owner's phone", "staff"), world)


def test_a_manager_finds_no_page_with_money(client, world):
    client.force_login(User.objects.get(email="mia@shop.test"))
    assert not let_in_anyway(client, of("owner", "owner's phone", "staff"), world)
    assert client.get("/shop/team/").status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_own_pages_and_no_others(client, world, role):
    client.force_login(make_staff("Una", role, email="una@hub.test"))
    others = [one for one in of("staff") if role not in MATRIX[one].roles]
    assert not let_in_anyway(client, others, world)
    for address in of("staff"):
        if role in MATRIX[address].roles and not re.search(
            "progress|job_id|event_id|number", address
        ):
            answer = client.get(url_of(address, world))
            assert answer.status_code in (200, 205, 302, 405), address


@pytest.fixture
def strangers(world):
    """People who have nothing to look for at Rosa's, some of whom had."""
    rosas = Shop.objects.get(slug=world["slug"])
    removed = make_member(rosas, "Ida", email="ida@shop.test")
    end_membership(
        shop=rosas, membership_id=removed.memberships.get().pk, at=timezone.now(), by=None
    )
    owner = make_member(make_shop("Bo's Books", status=ShopStatus.CLOSED), "Bo")
    return {"removed": removed, "closed": owner}


@pytest.mark.parametrize("kind", ["removed", "closed"])
def test_who_was_removed_or_left_finds_no_page_of_staff_and_no_row(client, world, strangers, kind):
    client.force_login(strangers[kind])
    rows = of("member", "manager", "owner", "owner's phone", of_one=True)
    assert not let_in_anyway(client, [*of("staff"), *rows], world)
    for address in of("member", "manager", "owner", "phone", "owner's phone", "person"):
        for answer in answers(client, address, world):
            assert answer.status_code < 500, address
            assert CANARY not in body_of(answer), address


BY_REFERENCE = [
    address for address in MATRIX if "<slug:reference>" in address or address.startswith("check/")
]


@pytest.fixture
def two():
    """Two applicants, each with a draft, a sent application, a check and a place on the waiting
    list, all under her own word."""
    cache.clear()
    return [applicant(word, number) for number, word in enumerate(["Scarlet", "Viridian"], 1)]


def applicant(word: str, number: int) -> dict[str, object]:
    """All that an applicant has, and what stands in its addresses."""
    email = f"{word.lower()}@shop.test"
    facts = {"name": f"{word} Bakery", "contact_name": f"{word} Rossi", "email": email}
    facts |= {"address1": f"{number} {word} St", "phone": f"(479) 555-011{number}"}
    sent = submit_application(**FACTS | facts, message=f"{word} message", at=LATER)
    name_person(application_id=sent.pk, name=f"{word} Helper", email=f"h{number}@shop.test")
    screen_application(application_id=sent.pk, at=LATER)
    start_checks(application_id=sent.pk, by=make_staff(f"Una{number}", "reviewer"), at=LATER)
    draft = begin_application(email=email, language="en", at=LATER)
    written = {name: facts[name] for name in facts if name != "email"} | {"message": word}
    save_page(reference=draft.reference, page="name", answers=written, at=LATER)
    entry = join_waitlist(
        name=f"{word} Rossi",
        email=email,
        trade="bakery",
        postal_code="10001",
        language="en",
        at=LATER,
    )
    document = dossier_of(sent.reference).documents.first()
    return {
        "word": word,
        "references": [sent.reference, draft.reference, entry.reference],
        "token": sent.people.first().check_of.token,
        "document_id": document.pk,
        "page_number": 1,
        "page": "name",
    }


def pages_of(one: dict[str, object]) -> Iterator[str]:
    """Every address that belongs to an applicant."""
    for address in BY_REFERENCE:
        for reference in one["references"]:
            yield url_of(address, one | {"reference": reference})


def test_the_pages_of_one_applicant_never_show_another(client, two):
    sung = {one["word"]: 0 for one in two}
    for mine, other in (two, two[::-1]):
        for url in pages_of(mine):
            body = body_of(client.get(url))
            assert other["word"].lower() not in body.lower(), url
            assert not [one for one in other["references"] if one in body], url
            sung[mine["word"]] += mine["word"] in body
    assert min(sung.values()) > 5, "each word shows on its own pages"


def test_a_key_of_one_applicant_opens_no_paper_of_another(client, two):
    mine, other = two
    for address in BY_REFERENCE:
        if "document_id" in address:
            url = url_of(
                address,
                mine | {"reference": mine["references"][0]} | {"document_id": other["document_id"]},
            )
            assert turned_away([client.get(url), client.post(url, {})]), url


def test_staff_do_not_walk_into_shops(client, world):
    client.force_login(make_staff("Una", *ROLES, email="una@hub.test"))
    assert not let_in_anyway(client, of("member", "manager", "owner"), world)


def test_the_canary_sings_for_its_own_shop(client, world):
    """Without this, the tests above could pass because nothing shows at all."""
    client.force_login(User.objects.get(email="rosa@shop.test"))
    heard = body_of(client.get(url_of("shop/manifests/<day:day>/", world)))
    assert CANARY in heard
