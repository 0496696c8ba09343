"""Photos and signatures: how they come, who sees them, and how much of them is asked for."""

import datetime as dt
import hashlib
import io
import threading
import uuid

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from PIL import Image

from hubshops.deliveries import queries
from hubshops.deliveries.actions import (
    EnoughPictures,
    close_day,
    keep_proof,
    record_acts,
    set_proof_rules,
)
from hubshops.deliveries.models import Device, Proof, ProofRule
from hubshops.deliveries.rules import Act, ActKind, Phone, as_read, is_far, proof_levels
from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import State
from kernel import files
from kernel.audit.models import Decision
from kernel.limits import take_turn
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_package,
    make_packages,
    make_shop,
    make_staff,
    make_station,
)
from tests.portal.test_api import is_problem, phone_of

pytestmark = pytest.mark.django_db
NOON = MORNING + dt.timedelta(hours=3)
MANIFEST = "/api/v1/door/manifest"
ACT = uuid.UUID("0193a1b2-0000-7000-8000-000000000001")


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def sam(shop):
    return make_member(shop, "Sam", "helper")


@pytest.fixture
def phone(sam):
    return phone_of(sam)


def photo(colour: str = "red", width: int = 60, form: str = "JPEG") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (width, 40), colour).save(kept, form)
    return kept.getvalue()


def put(client, content: bytes, act: object = ACT, kind: str = "photo", **headers: str):
    return client.put(
        f"/api/v1/door/proofs/{act}?kind={kind}",
        content,
        content_type="image/jpeg",
        headers=headers,
    )


def kept_files() -> int:
    storage = storages["private"]
    try:
        return sum(len(storage.listdir(f"proofs/{one}")[1]) for one in storage.listdir("proofs")[0])
    except FileNotFoundError:
        return 0


# --- How they come -------------------------------------------------------------------------------


def test_a_photo_comes_before_its_act_and_comes_again(phone, shop, sam):
    content = photo()
    answer = put(phone, content, **{"X-Taken-At": "2026-11-20T12:00:00-06:00", "X-Is-Good": "1"})
    assert answer.status_code == 201
    sha = hashlib.sha256(content).hexdigest()
    words = {"act": str(ACT), "kind": "photo", "sha256": sha}
    assert answer.json() == words | {"result": "recorded"}
    proof = Proof.objects.get()
    assert (proof.shop, proof.by, proof.act_id, proof.fingerprint) == (shop, sam, ACT, sha)
    assert (proof.width, proof.height, proof.is_good) == (60, 40, True)
    assert proof.taken_at == NOON
    stored = files.open_private(proof.file).read()
    assert len(stored) == proof.size
    assert Image.open(io.BytesIO(stored)).format == "JPEG"
    before = kept_files()
    again = put(phone, content)
    assert again.status_code == 200
    assert again.json() == words | {"result": "already_recorded"}
    assert (Proof.objects.count(), kept_files()) == (1, before)


def test_a_signature_says_who_signed(phone):
    said = {"X-Said": "Ines%20Bell%C3%A1", "X-Is-Good": "perhaps", "X-Taken-At": "noon"}
    assert put(phone, photo(form="PNG"), kind="signature", **said).status_code == 201
    proof = Proof.objects.get()
    assert (proof.kind, proof.said, proof.is_good, proof.taken_at) == (
        "signature",
        "Ines Bellá",
        None,
        None,
    )


def test_a_shop_that_sends_pictures_without_end_is_told_to_come_later(phone, shop):
    for _ in range(2_000):
        assert take_turn("pictures", str(shop.pk), most=2_000, seconds=86_400)
    late = put(phone, photo())
    assert "Nothing is lost" in is_problem(late, 429)["detail"]
    assert late.headers["Retry-After"] == "60"
    assert not Proof.objects.exists()
    neighbour = phone_of(make_member(make_shop("Zed's Flowers"), "Zed"))
    assert put(neighbour, photo()).status_code == 201


@pytest.mark.parametrize("odd", ["%FF%FE", "%00", "%ED%A0%80", "x" * 200])
def test_an_odd_name_never_refuses_a_picture(phone, odd):
    assert put(phone, photo(), **{"X-Said": odd}).status_code == 201
    assert len(Proof.objects.get().said) in (0, 80)


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"", 422, "can't read"),
        (b"GIF89a" + bytes(40), 422, "can't read"),
        (photo()[:300], 422, "can't read"),
        (bytes(5_000_001), 413, "over 5 MB"),
    ],
)
def test_what_is_no_picture_is_a_problem_with_a_sentence(phone, content, status, words):
    before = kept_files()
    assert words in is_problem(put(phone, content), status)["detail"]
    assert not Proof.objects.exists()
    assert kept_files() == before


def test_an_address_that_names_no_act_or_kind_is_a_problem(phone):
    is_problem(put(phone, photo(), act="seven"), 422)
    is_problem(put(phone, photo(), kind="code"), 422)
    is_problem(put(phone, photo(), kind=""), 422)


def test_an_act_of_another_shop_is_not_there(phone):
    zeds = make_shop("Zed's Florist")
    zed, act = make_member(zeds, "Zed"), uuid.uuid4()
    package = make_package(shop=zeds, state=State.AT_SHOP)
    record_acts(
        shop=zeds, by=zed, acts=[Act(act, ActKind.LOAD, package.tracking_id, NOON)], at=NOON
    )
    is_problem(put(phone, photo(), act=act), 404)
    theirs = uuid.uuid4()
    assert put(phone_of(zed), photo(), act=theirs).status_code == 201
    is_problem(put(phone, photo(), act=theirs), 404)
    assert Proof.objects.count() == 1


def test_ten_pictures_of_one_act_are_enough(phone):
    for width in range(10):
        assert put(phone, photo(width=10 + width)).status_code == 201
    assert "enough" in is_problem(put(phone, photo(width=90)), 422)["detail"]
    assert put(phone, photo(width=10)).status_code == 200
    assert put(phone, photo(), kind="signature").status_code == 201


def test_a_picture_without_a_session_or_its_token_is_refused(shop, client):
    is_problem(put(client, photo()), 401)
    stranger = phone_of(make_staff("Olga"))
    is_problem(put(stranger, photo()), 404)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE proof SET fingerprint = ''",
        "UPDATE proof SET width = NULL",
        "UPDATE proof SET kind = 'code'",
        "DELETE FROM proof",
    ],
)
def test_law_a_picture_is_a_picture_and_stays(phone, change):
    put(phone, photo())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as sql:
        sql.execute(change)


@pytest.mark.django_db(transaction=True)
def test_the_same_photo_sent_twice_at_once_is_one(shop, sam):
    start, results = threading.Barrier(3), []

    def send() -> None:
        start.wait()
        try:
            _proof, is_new = keep_proof(
                shop=shop, by=sam, act_id=ACT, kind="photo", content=photo("blue"), at=NOON
            )
            results.append(is_new)
        finally:
            connection.close()

    before = kept_files()
    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == [False, False, True]
    assert (Proof.objects.count(), kept_files()) == (1, before + 1)


@pytest.mark.django_db(transaction=True)
def test_ten_pictures_are_ten_however_many_come_at_once(shop, sam):
    pictures = [photo(width=40 + number) for number in range(20)]
    start, refused = threading.Barrier(20), []

    def send(content: bytes) -> None:
        start.wait()
        try:
            keep_proof(shop=shop, by=sam, act_id=ACT, kind="photo", content=content, at=NOON)
        except EnoughPictures as no:
            refused.append(no.sentence)
        finally:
            connection.close()

    before = kept_files()
    threads = [threading.Thread(target=send, args=[one]) for one in pictures]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (Proof.objects.count(), kept_files()) == (10, before + 10)
    assert refused == ["We have ten pictures of this already. That is enough."] * 10


# --- Who sees them -------------------------------------------------------------------------------


@pytest.fixture
def proof(shop, sam):
    return keep_proof(shop=shop, by=sam, act_id=ACT, kind="photo", content=photo(), at=NOON)[0]


def test_a_shops_people_see_their_pictures_and_nobody_keeps_them(client, sam, proof):
    client.force_login(sam)
    page = client.get(f"/shop/door/proofs/{proof.pk}/")
    assert page.status_code == 200
    assert b"".join(page.streaming_content) == files.open_private(proof.file).read()
    assert page.headers["Content-Type"] == "image/jpeg"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Content-Disposition"] == f'inline; filename="photo-{proof.pk}.jpg"'


def test_another_shop_finds_no_picture(client, proof):
    client.force_login(make_member(make_shop("Zed's Florist"), "Zed"))
    assert client.get(f"/shop/door/proofs/{proof.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [("support", 200), ("dispatcher", 200), ("reviewer", 404), ("finance_drafter", 404)],
)
def test_staff_who_look_at_packages_see_pictures(client, proof, role, status):
    client.force_login(make_staff("Olga", role))
    assert client.get(f"/ops/proofs/{proof.pk}/").status_code == status


def test_a_forgotten_picture_and_a_code_are_not_there(client, sam, shop, proof):
    code = Proof.objects.create(
        shop=shop, act_id=ACT, kind="code", is_good=True, received_at=NOON, by=sam
    )
    client.force_login(sam)
    assert client.get(f"/shop/door/proofs/{code.pk}/").status_code == 404
    files.forget_private(proof.file)
    assert client.get(f"/shop/door/proofs/{proof.pk}/").status_code == 404
    Proof.objects.filter(pk=proof.pk).update(file="")
    assert client.get(f"/shop/door/proofs/{proof.pk}/").status_code == 404


def test_a_picture_is_nowhere_under_static_or_media(client, proof, settings):
    client.force_login(make_staff("Olga", "admin"))
    for start in (settings.STATIC_URL, settings.MEDIA_URL or "/media/", "/"):
        assert client.get(start + proof.file).status_code == 404


def test_shop_and_staff_read_the_same_of_a_delivery(client, shop, sam):
    package, door, key = make_package(shop=shop, state=State.AT_SHOP), uuid.uuid4(), uuid.uuid4()
    north = package.latitude + 0.0009  # a hundred metres
    act = Act(
        ACT,
        ActKind.DELIVER,
        package.tracking_id,
        NOON,
        outcome="front_door",
        latitude=north,
        longitude=package.longitude,
        accuracy_m=9,
        proof=door,
        code="000000",
    )
    phone = Phone(key=key, name="Android · Chrome", protocol=3)
    record_acts(shop=shop, by=sam, acts=[act], at=NOON, phone=phone)
    own, shared = (
        keep_proof(shop=shop, by=sam, act_id=one, kind="photo", content=photo(), at=NOON)[0]
        for one in (ACT, door)
    )
    client.force_login(sam)
    theirs = client.get(f"/shop/door/{package.pk}/").content.decode()
    client.force_login(make_staff("Olga", "support"))
    staffs = client.get(f"/ops/packages/{package.pk}/").content.decode()
    words = [
        "100 m from the door",
        "give or take 9 m",
        "It was not the right one",
        "Sent with Android · Chrome",
    ]
    for html in (theirs, staffs):
        assert all(word in html for word in words), words
        assert "may be wrong on the map" not in html
        assert html.count("<img") == 2
    for one in (own, shared):
        assert f"/shop/door/proofs/{one.pk}/" in theirs
        assert f"/ops/proofs/{one.pk}/" in staffs


def test_far_from_the_door_blames_nobody(client, shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP)
    act = Act(
        ACT,
        ActKind.DELIVER,
        package.tracking_id,
        NOON,
        outcome="front_door",
        latitude=package.latitude + 0.01,
        longitude=package.longitude,
    )
    record_acts(shop=shop, by=sam, acts=[act], at=NOON)
    client.force_login(sam)
    html = client.get(f"/shop/door/{package.pk}/").content.decode()
    assert "1100 m from the door" in html.replace(",", "")
    assert "The door or the phone may be wrong on the map." in html


def test_a_door_known_by_its_zip_only_has_no_distance(shop, sam):
    package = make_package(shop=shop, state=State.AT_SHOP, is_placed_by_zip=True)
    act = Act(ACT, ActKind.LOAD, package.tracking_id, NOON, latitude=36.0, longitude=-94.0)
    record_acts(shop=shop, by=sam, acts=[act], at=NOON)
    events = list(PackageEvent.objects.filter(kind="loaded"))
    assert queries.evidence_of(package, events)[events[0].pk].distance is None


def test_a_history_costs_the_same_for_one_event_and_many(shop, sam, django_assert_num_queries):
    package = make_package(shop=shop, state=State.AT_SHOP)
    for count in (1, 30):
        acts = [Act(uuid.uuid4(), ActKind.LOAD, package.tracking_id, NOON) for _ in range(count)]
        record_acts(shop=shop, by=sam, acts=acts, at=NOON, phone=Phone(key=ACT))
        with django_assert_num_queries(3):
            events = queries.acts_on(package.pk)
            queries.evidence_of(events[0].package, events)
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    ("distance", "accuracy", "far"),
    [(40, None, False), (150, None, False), (151, None, True), (300, 200, False), (400, 200, True)],
)
def test_far_is_beyond_a_phones_own_doubt(distance, accuracy, far):
    assert is_far(distance, accuracy) is far


def test_distances_are_said_as_people_say_them():
    assert [as_read(metres) for metres in (3, 38, 994, 1234)] == [0, 40, 990, 1200]


# --- How much is asked for -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requires", "shops", "stations", "asked"),
    [
        ("", {}, {}, "on off off on"),
        ("signature", {}, {}, "on required off on"),
        ("code", {"code": "off"}, {"code": "warn"}, "on off required on"),
        ("", {}, {"photo": "required", "place": "off"}, "required off off off"),
        ("", {"photo": "warn"}, {"photo": "required"}, "warn off off on"),
    ],
)
def test_what_is_nearer_to_the_package_stands(requires, shops, stations, asked):
    levels = proof_levels(requires, shops, stations)
    assert " ".join(levels[kind] for kind in ("photo", "signature", "code", "place")) == asked


@pytest.fixture
def admin(client):
    olga = make_staff("Olga", "admin")
    client.force_login(olga)
    return olga


RULES = "/ops/proof-rules/"
NONE = {"photo": "", "signature": "", "code": "", "place": ""}


def test_staff_say_what_a_station_and_a_shop_are_asked(client, admin, shop, sam):
    page = client.get(RULES)
    assert "As usual: Offered" in page.content.decode()
    answer = client.post(RULES + "?station=FAY", NONE | {"photo": "required", "place": "off"})
    assert answer.status_code == 302
    of_shop = f"{RULES}?station=FAY&shop={shop.slug}"
    assert "As usual: Needed" in client.get(of_shop).content.decode()
    client.post(of_shop, NONE | {"photo": "warn"})
    assert queries.levels_for(shop) == ({"photo": "warn"}, {"photo": "required", "place": "off"})
    html = client.get(RULES).content.decode()
    assert shop.name in html.replace("&#x27;", "'")
    decisions = Decision.objects.filter(action="set_proof_rules").order_by("pk")
    assert [(one.subject, one.by) for one in decisions] == [("station", admin), ("shop", admin)]
    assert decisions[1].facts == {"before": {}, "after": {"photo": "warn"}}
    client.post(of_shop, NONE)
    assert not ProofRule.objects.filter(shop=shop).exists()
    client.post(of_shop, NONE)
    assert decisions.all().count() == 3, "what changes nothing is no decision"


def test_an_unknown_level_station_or_shop_changes_nothing(client, admin, shop):
    far = make_shop("Far Shop", station=make_station("EAU"))
    assert client.post(RULES + "?station=FAY", NONE | {"photo": "always"}).status_code == 422
    assert "Choose a station" in client.get(RULES + "?station=NONE").content.decode()
    client.post(f"{RULES}?station=NONE", NONE | {"photo": "off"})
    assert not ProofRule.objects.exists()
    page = client.get(f"{RULES}?station=FAY&shop={far.slug}")
    assert far.name not in page.content.decode()
    answer = client.post(f"{RULES}?station=FAY&shop={far.slug}", NONE | {"photo": "off"})
    assert answer.status_code == 404
    assert not ProofRule.objects.exists()


@pytest.mark.parametrize("role", ["dispatcher", "support", "finance_drafter"])
def test_other_staff_do_not_find_the_rules(client, shop, role):
    client.force_login(make_staff("Pavel", role))
    assert client.get(RULES).status_code == 404


def test_law_one_rule_a_station_shop_and_kind(shop):
    rule = {"station": shop.station, "shop": None, "kind": "photo", "level": "on"}
    ProofRule.objects.create(**rule)
    with pytest.raises(IntegrityError, match="proof_rule_once"), transaction.atomic():
        ProofRule.objects.create(**rule | {"level": "off"})
    with pytest.raises(IntegrityError, match="proof_rule_is_known"):
        ProofRule.objects.create(**rule | {"kind": "smell"})


# --- What a phone carries ------------------------------------------------------------------------


def test_a_phone_carries_what_is_asked_of_each_package(phone, shop, sam, admin):
    set_proof_rules(station=shop.station, shop=None, levels={"place": "off"}, at=NOON, by=admin)
    make_package(shop=shop, state=State.AT_SHOP, requires="signature", tracking_id="A")
    make_package(shop=shop, state=State.AT_SHOP, is_placed_by_zip=True, tracking_id="B")
    body = phone.get("/api/v1/door/manifest", {"day": "2026-11-20"}).json()
    rows = {row["tracking_id"]: row for row in body["packages"]}
    assert rows["A"]["proof"] == {
        "photo": "on",
        "signature": "required",
        "code": "off",
        "place": "off",
    }
    assert rows["B"]["proof"]["signature"] == "off"
    assert (rows["A"]["distance_warn_m"], rows["B"]["distance_warn_m"]) == (150.0, None)
    assert {"id", "tour", "helper"} <= set(rows["A"])
    assert body["me"] == {"id": sam.pk, "name": str(sam)}
    assert (body["shop_id"], body["is_owner"], body["max_undo_minutes"]) == (shop.pk, False, 10)
    assert dt.datetime.fromisoformat(body["server_at"]).tzinfo
    assert {"evidence", "is_paid"} <= set(body["reasons"][0])


def test_a_manifest_names_yesterday_until_somebody_closed_it(phone, shop, sam):
    yesterday = DAY - dt.timedelta(days=1)
    assert phone.get(MANIFEST, {"day": str(DAY)}).json()["to_close"] is None
    make_package(shop=shop, state=State.DELIVERED, day=yesterday)
    assert phone.get(MANIFEST, {"day": str(DAY)}).json()["to_close"] == str(yesterday)
    close_day(
        shop=shop, by=sam, close_id=uuid.uuid4(), day=yesterday, closed_at=MORNING, at=MORNING
    )
    assert phone.get(MANIFEST, {"day": str(DAY)}).json()["to_close"] is None


def test_a_manifest_costs_the_same_for_one_package_and_fifty(
    phone, shop, django_assert_num_queries
):
    for count in (1, 49):
        make_packages(count, shop=shop, state=State.AT_SHOP)
        with django_assert_num_queries(8):
            body = phone.get("/api/v1/door/manifest", {"day": "2026-11-20"}).json()
    assert len(body["packages"]) == 50
