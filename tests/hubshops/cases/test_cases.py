"""What does not add up becomes one case, and no case costs a shop anything by itself."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from hubshops.cases.actions import (
    CaseIsSettled,
    CouldNotCountIn,
    NoSuchCase,
    NoSuchEffect,
    SayItInWords,
    SomebodyElseHasIt,
    answer_case,
    claim_case,
    close_case,
    lapse_cases,
    open_cases,
    reply_to_case,
    resolve_case,
)
from hubshops.cases.jobs import Jobs
from hubshops.cases.models import STANDING, Case, CaseEntry, CaseKind, CaseStatus
from hubshops.cases.queries import KIND_ICONS, found_proofs
from hubshops.cases.rules import (
    EFFECTS,
    TIME_RAN_OUT,
    Deed,
    Effect,
    Status,
    effects_of,
    may,
    status_after,
)
from hubshops.cases.rules import STANDING as STANDING_BY_RULE
from hubshops.deliveries.models import (
    Conflict,
    DayCheck,
    Delivery,
    Proof,
    ProofRule,
    StrayAct,
)
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from kernel.audit.models import Decision
from kernel.jobs.actions import handler_of
from kernel.notifications.models import Mail
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_package,
    make_packages,
    make_shop,
    make_staff,
)
from tests.hubshops.drops.helpers import LATER, give, opened, said, take

pytestmark = pytest.mark.django_db
NOON = MORNING + dt.timedelta(hours=3)
# Friday the 20th; Thursday the 26th is Thanksgiving: five working days end on the 30th.
DUE = dt.datetime(2026, 12, 1, 6, 0, tzinfo=dt.UTC)


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop, "Rosa")


@pytest.fixture
def olga():
    return make_staff("Olga", "support")


@pytest.fixture
def packages(shop):
    return make_packages(3, shop=shop, state=State.MANIFESTED)


@pytest.fixture
def disputed(shop, rosa, packages):
    """A drop whose counts differ, one package short, and its case."""
    give(opened(shop), 3)
    take(shop, rosa, packages=2, remarks=[said("short", packages[0])])
    open_cases(at=NOON)
    return Case.objects.get()


def again(case: Case) -> Case:
    case.refresh_from_db()
    return case


def letters() -> list[tuple[str, str]]:
    return list(Mail.objects.order_by("pk").values_list("to", "subject"))


# --- The sweep -----------------------------------------------------------------------------------


def test_a_disputed_drop_becomes_one_case_with_both_sides_numbers(disputed, shop, packages):
    assert (disputed.kind, disputed.status, disputed.shop) == ("drop", "open", shop)
    assert disputed.facts | {"handover": 0} == {
        "handover": 0,
        "number": 1,
        "announced": 3,
        "given": 3,
        "taken": 2,
        "returns_taken": 0,
        "returns_given": 0,
        "shorts": [packages[0].tracking_id],
    }
    assert disputed.due_at == DUE
    assert [one.status for one in disputed.entries.all()] == ["open"]
    assert letters() == [("rosa@shop.test", "We look into 1 thing for you")]


def test_the_sweep_again_opens_nothing(disputed):
    assert open_cases(at=NOON) == 0
    assert Case.objects.count() == CaseEntry.objects.count() == Mail.objects.count() == 1


def test_a_drop_that_agrees_needs_no_case(shop, rosa, packages):
    give(opened(shop), 3)
    take(shop, rosa, packages=3)
    assert open_cases(at=NOON) == 0


def test_a_short_is_looked_for_even_when_both_counts_agree(shop, rosa, packages):
    give(opened(shop), 2)
    take(shop, rosa, packages=2, remarks=[said("short", packages[0])])
    assert open_cases(at=NOON) == 1


def test_a_driver_has_two_hours_to_sign_before_a_short_is_a_case(shop, rosa, packages):
    take(shop, rosa, packages=2, remarks=[said("short", packages[0])])
    assert open_cases(at=LATER + dt.timedelta(minutes=119)) == 0
    assert open_cases(at=LATER + dt.timedelta(minutes=120)) == 1


def test_what_came_unannounced_damaged_too_big_or_beyond_the_cap_is_a_case_each(
    shop, rosa, packages
):
    remarks = [
        said("over", "NOBODYS1"),
        said("damaged", packages[0], note="wet"),
        said("oversize", packages[1]),
        said("over_cap", packages[2]),
    ]
    take(shop, rosa, packages=0, remarks=remarks)
    assert open_cases(at=LATER) == 4
    kinds = sorted(Case.objects.values_list("kind", "facts__remark"))
    assert kinds == [
        ("damaged", "damaged"),
        ("damaged", "oversize"),
        ("over", "over"),
        ("over_cap", "over_cap"),
    ]
    assert letters() == [("rosa@shop.test", "We look into 4 things for you")]


def conflict_of(shop, *, at=MORNING) -> Conflict:
    package = make_package(shop=shop, state=State.DELIVERED)
    first = PackageEvent.objects.get(package=package, kind="delivered")
    second = PackageEvent.objects.create(
        package=package,
        shop=shop,
        kind="delivered_again",
        from_state="DELIVERED",
        to_state="DELIVERED",
        happened_at=at,
        received_at=at,
        counted_at=at,
    )
    return Conflict.objects.create(
        package=package,
        shop=shop,
        kind="delivered_again",
        stands=first,
        contradicts=second,
        noticed_at=at,
    )


def stray_of(shop, by, *, at=MORNING) -> StrayAct:
    return StrayAct.objects.create(
        act_id=uuid.uuid4(),
        shop=shop,
        package=make_package(shop=shop, state=State.MANIFESTED),
        act="deliver",
        cause="moved_away",
        happened_at=at,
        received_at=at,
        by=by,
    )


def check_of(shop, *, day=DAY, at=MORNING, **fields) -> DayCheck:
    numbers = dict.fromkeys(
        ("received", "delivered", "returned", "on_hand", "missing", "not_counted_in"), 0
    )
    return DayCheck.objects.create(shop=shop, day=day, checked_at=at, **numbers | fields)


def test_what_two_phones_tell_and_no_proof_decides_is_a_case(shop):
    one = conflict_of(shop)
    assert open_cases(at=NOON) == 1
    case = Case.objects.get()
    assert (case.kind, case.cause, case.package) == ("conflict", f"conflict:{one.pk}", one.package)


def test_work_on_another_shops_package_is_a_case(shop, rosa):
    one = stray_of(shop, rosa)
    assert open_cases(at=NOON) == 1
    case = Case.objects.get()
    assert (case.kind, case.cause) == ("stray", f"stray:{one.pk}")
    assert case.facts["by"] == "Rosa"


@pytest.mark.parametrize("numbers", [{"received": 1}, {"not_counted_in": 2}])
def test_a_day_that_does_not_add_up_is_a_case(shop, numbers):
    check_of(shop, **numbers)
    assert open_cases(at=NOON) == 1
    assert Case.objects.get().cause == f"gap:{shop.pk}:2026-11-20"


def test_a_day_that_adds_up_is_none(shop):
    check_of(shop, received=3, delivered=1, returned=1, on_hand=1)
    assert open_cases(at=NOON) == 0


def test_a_shop_has_one_case_about_unsent_work_at_a_time(shop):
    phones = [{"name": "Sam · Android", "unsent": 3, "last_seen_at": "2026-11-20T15:00:00Z"}]
    check_of(shop, unsent_devices=phones)
    assert open_cases(at=NOON) == 1
    check_of(shop, day=DAY + dt.timedelta(days=1), at=NOON, unsent_devices=phones)
    assert open_cases(at=NOON) == 0
    assert Case.objects.get().facts == {"devices": phones}


def delivered(shop, *, requires="", at=MORNING, by_phone=True, **fields):
    """A delivered package whose act has an id, told by a phone or by a page."""
    package = make_package(shop=shop, state=State.MANIFESTED, at=at, requires=requires, **fields)
    event = PackageEvent.objects.create(
        package=package,
        shop=shop,
        kind="delivered",
        from_state="MANIFESTED",
        to_state="DELIVERED",
        happened_at=at,
        received_at=at,
        counted_at=at,
        act_id=uuid.uuid4(),
        device_id=uuid.uuid4() if by_phone else None,
    )
    Package.objects.filter(pk=package.pk).update(state=State.DELIVERED)
    Delivery.objects.create(
        package=package,
        shop=shop,
        event=event,
        outcome="front_door",
        delivered_at=at,
        delivered_on=at.date(),
    )
    return event


def proof_of(event, by, kind="photo", **fields) -> Proof:
    picture = {"fingerprint": "f" * 64, "file": "x.jpg", "width": 1, "height": 1, "size": 1}
    extra = {"is_good": True} if kind == "code" else picture
    return Proof.objects.create(
        act_id=event.act_id,
        shop=event.shop,
        kind=kind,
        received_at=MORNING,
        by=by,
        **extra | fields,
    )


def proofs_missing(*, hours=24) -> list[str]:
    open_cases(at=MORNING + dt.timedelta(hours=hours), finders=[found_proofs])
    return list(Case.objects.order_by("pk").values_list("facts__proof", flat=True))


def test_a_needed_proof_has_a_day_to_come(shop):
    delivered(shop, requires="signature")
    assert proofs_missing(hours=23) == []
    assert proofs_missing(hours=24) == ["signature"]
    assert proofs_missing(hours=25) == ["signature"]


@pytest.mark.parametrize(("own", "cases"), [("required", ["photo"]), ("on", []), (None, ["photo"])])
def test_a_shops_own_rule_stands_over_its_stations(shop, own, cases):
    ProofRule.objects.create(station=shop.station, kind="photo", level="required")
    if own:
        ProofRule.objects.create(station=shop.station, shop=shop, kind="photo", level=own)
    delivered(shop)
    assert proofs_missing() == cases


@pytest.mark.parametrize(
    ("kind", "fields", "cases"),
    [
        ("code", {}, []),
        ("code", {"is_good": False}, ["code"]),
        ("photo", {}, ["code"]),
    ],
)
def test_a_proof_that_came_needs_no_case(shop, rosa, kind, fields, cases):
    proof_of(delivered(shop, requires="code"), rosa, kind, **fields)
    assert proofs_missing() == cases


def test_nobody_is_asked_for_what_is_only_offered_or_could_not_be_sent(shop):
    delivered(shop)
    delivered(shop, requires="signature", by_phone=False)
    assert proofs_missing() == []


def test_the_sweep_costs_the_same_for_one_fact_and_many(shop, rosa, django_assert_num_queries):
    stray_of(shop, rosa)
    with django_assert_num_queries(18):
        open_cases(at=NOON)
    for _ in range(20):
        stray_of(shop, rosa)
    with django_assert_num_queries(18):
        assert open_cases(at=NOON) == 20


def test_the_workers_sweep_and_lapse(shop, rosa, packages):
    for job in Jobs:
        handler_of(job)()


# --- Talking and settling ------------------------------------------------------------------------


def test_a_case_is_talked_about_and_settled(disputed, shop, rosa, olga):
    claim_case(case_id=disputed.pk, by=olga, at=NOON)
    reply_to_case(case_id=disputed.pk, by=olga, text="Is it there?", at=NOON, is_question=True)
    assert again(disputed).status == "waiting_shop"
    answer_case(case_id=disputed.pk, shop_id=shop.pk, by=rosa, text=" No. ", at=NOON)
    assert again(disputed).status == "waiting_ops"
    resolve_case(
        case_id=disputed.pk,
        by=olga,
        words="It was left at the depot.",
        effect=Effect.SHORT_CONFIRMED,
        at=NOON,
    )
    assert (again(disputed).status, disputed.resolved_by) == ("resolved", olga)
    assert disputed.facts["effect"] == "short_confirmed"
    close_case(case_id=disputed.pk, by=olga, at=NOON)
    told = disputed.entries.values_list("status", "text", "is_from_shop")
    assert list(told) == [
        ("open", "", False),
        ("open", "", False),
        ("waiting_shop", "Is it there?", False),
        ("waiting_ops", "No.", True),
        ("resolved", "It was left at the depot.", False),
        ("closed", "", False),
    ]
    assert [subject for _to, subject in letters()] == [
        "We look into 1 thing for you",
        "We have a question for you",
        "1 case is settled",
    ]
    assert set(Decision.objects.values_list("action", flat=True)) == {"resolve_case", "close_case"}


def test_letters_say_where_to_answer_and_name_no_recipient(disputed, olga, packages):
    reply_to_case(case_id=disputed.pk, by=olga, text="We look for it.", at=NOON)
    for mail in Mail.objects.all():
        assert f"/shop/cases/{disputed.pk}/" in mail.body
        assert packages[0].recipient_name not in mail.body
        assert packages[0].address1 not in mail.body
        assert "&#" not in mail.body


def test_a_settled_drop_is_settled_too_and_its_counts_stay(disputed, olga):
    resolve_case(case_id=disputed.pk, by=olga, words="Settled.", at=NOON)
    handover = disputed.shop.handovers.get()
    assert (handover.status, handover.resolved_at) == ("resolved", NOON)
    assert (handover.given_count, handover.taken_count) == (3, 2)


def test_a_package_that_was_found_is_counted_in(disputed, olga, packages):
    resolve_case(
        case_id=disputed.pk, by=olga, words="Under the counter.", effect=Effect.FOUND, at=NOON
    )
    assert Package.objects.get(pk=packages[0].pk).state == State.AT_SHOP


def test_what_can_no_longer_be_counted_in_settles_nothing(disputed, olga, packages):
    Package.objects.filter(pk=packages[0].pk).update(state=State.CANCELLED)
    with pytest.raises(CouldNotCountIn, match="is not on the shop's list any more"):
        resolve_case(case_id=disputed.pk, by=olga, words="Here.", effect=Effect.FOUND, at=NOON)
    assert again(disputed).status == "open"


def test_no_case_takes_a_fee_away(shop, olga):
    conflict = conflict_of(shop)
    open_cases(at=NOON)
    case = Case.objects.get()
    resolve_case(case_id=case.pk, by=olga, words="Yes.", effect=Effect.STANDS, at=NOON)
    assert Delivery.objects.standing().get().package == conflict.package


def test_an_effect_that_does_not_fit_is_refused(disputed, olga):
    with pytest.raises(NoSuchEffect):
        resolve_case(case_id=disputed.pk, by=olga, words="Yes.", effect=Effect.STANDS, at=NOON)
    assert again(disputed).status == "open"


def test_two_people_do_not_look_after_one_case(disputed, olga):
    claim_case(case_id=disputed.pk, by=olga, at=NOON)
    claim_case(case_id=disputed.pk, by=olga, at=NOON)
    with pytest.raises(SomebodyElseHasIt, match="Olga looks after this case"):
        claim_case(case_id=disputed.pk, by=make_staff("Una", "support"), at=NOON)
    assert again(disputed).claimed_by == olga
    assert disputed.entries.count() == 2


def test_what_is_settled_is_not_talked_about_any_more(disputed, shop, rosa, olga):
    resolve_case(case_id=disputed.pk, by=olga, words="Settled.", at=NOON)
    deeds = [
        lambda: answer_case(case_id=disputed.pk, shop_id=shop.pk, by=rosa, text="But", at=NOON),
        lambda: reply_to_case(case_id=disputed.pk, by=olga, text="But", at=NOON),
        lambda: resolve_case(case_id=disputed.pk, by=olga, words="But", at=NOON),
        lambda: claim_case(case_id=disputed.pk, by=olga, at=NOON),
    ]
    for deed in deeds:
        with pytest.raises(CaseIsSettled, match="settled already"):
            deed()
    assert disputed.entries.count() == 2


def test_a_case_that_stands_is_not_put_away(disputed, olga):
    with pytest.raises(CaseIsSettled):
        close_case(case_id=disputed.pk, by=olga, at=NOON)
    assert again(disputed).status == "open"


def test_nothing_is_said_without_words(disputed, shop, rosa, olga):
    for deed in (
        lambda: answer_case(case_id=disputed.pk, shop_id=shop.pk, by=rosa, text=" ", at=NOON),
        lambda: resolve_case(case_id=disputed.pk, by=olga, words="\n", at=NOON),
    ):
        with pytest.raises(SayItInWords):
            deed()
    assert disputed.entries.count() == 1


def test_a_second_tap_says_nothing_twice(disputed, shop, rosa, olga):
    for text in ("No.", " No. ", "Yes."):
        answer_case(case_id=disputed.pk, shop_id=shop.pk, by=rosa, text=text, at=NOON)
    said = [entry.text for entry in disputed.entries.filter(by=rosa)]
    assert said == ["No.", "Yes."]
    before = len(letters())
    for is_question in (False, False, True, True):
        reply_to_case(case_id=disputed.pk, by=olga, text="When?", is_question=is_question, at=NOON)
    assert disputed.entries.filter(by=olga).count() == 2
    assert len(letters()) == before + 2
    answer_case(case_id=disputed.pk, shop_id=shop.pk, by=rosa, text="Yes.", at=NOON)
    assert disputed.entries.filter(by=rosa).count() == 3


def test_another_shop_answers_no_case_of_ours(disputed):
    zeds = make_shop("Zed's Flowers")
    zed = make_member(zeds, "Zed")
    with pytest.raises(NoSuchCase):
        answer_case(case_id=disputed.pk, shop_id=zeds.pk, by=zed, text="Mine", at=NOON)
    assert disputed.entries.count() == 1


def test_silence_settles_in_the_shops_favour(disputed):
    assert lapse_cases(at=DUE - dt.timedelta(seconds=1)) == 0
    assert lapse_cases(at=DUE) == 1
    assert lapse_cases(at=DUE) == 0
    assert (again(disputed).status, disputed.resolution) == ("resolved", TIME_RAN_OUT)
    assert disputed.resolved_by is None
    assert disputed.shop.handovers.get().status == "resolved"
    mail = Mail.objects.last()
    assert "it is settled in your favor" in mail.body


def test_an_answer_gives_the_operator_five_more_days(disputed, shop, rosa):
    later = NOON + dt.timedelta(days=3)  # Monday
    answer_case(case_id=disputed.pk, shop_id=shop.pk, by=rosa, text="No.", at=later)
    assert again(disputed).due_at == DUE + dt.timedelta(days=1)


# --- Rules and laws ------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("status", Status)
def test_every_deed_on_every_status(deed, status):
    is_standing = status in STANDING_BY_RULE
    expected = status == Status.RESOLVED if deed == Deed.CLOSE else is_standing
    assert may(deed, status) is expected
    if expected:
        assert status_after(deed, status) in Status


def test_the_tables_know_every_word_of_the_rules():
    assert {str(one) for one in Status} == set(CaseStatus.values)
    assert {str(one) for one in STANDING_BY_RULE} == set(STANDING)
    assert set(EFFECTS) <= set(CaseKind.values)
    assert set(KIND_ICONS) == set(CaseKind)
    assert effects_of("gap") == (Effect.NOTHING,)


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ("status = 'resolved'", "case_settled_says_how"),
        ("resolution = 'Yes.'", "case_settled_says_how"),
        ("resolved_at = now()", "case_settled_says_how"),
        ("kind = 'other'", "case_words_are_known"),
    ],
)
def test_a_settled_case_says_how(disputed, change, law):
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        run(f"UPDATE shop_case SET {change}")


def test_a_cause_is_one_case(disputed):
    disputed.pk = None
    with pytest.raises(IntegrityError, match="cause"), transaction.atomic():
        disputed.save(force_insert=True)


def test_a_story_is_never_rewritten(disputed):
    for statement in (
        "UPDATE case_entry SET text = 'x'",
        "DELETE FROM case_entry",
        "DELETE FROM shop_case",
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            run(statement)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
