"""The pure rules of the phone's application, asked in a real browser: the same cases as in
tests/hubshops/deliveries/test_rules.py where both sides judge."""

import itertools
import uuid

import pytest
from playwright.sync_api import Page

from hubshops.deliveries import rules
from hubshops.deliveries.rules import Act, ActKind, No, Standing
from hubshops.manifests.rules import door_key, short_name, split_street
from hubshops.packages.rules import State
from tests.factories import MORNING

pytestmark = pytest.mark.browser
NEXT_STEPS = {
    "NOT_HOME": "retry",
    "REFUSED": "return",
    "MISSING": "search",
    "KEYING_ERROR": "retry",
}
MODULES = ("rules", "doors", "proofs", "outbox", "moments")
BOOK = {
    "most_attempts": 2,
    "reasons": [{"code": code, "next_step": step} for code, step in NEXT_STEPS.items()],
}
MANIFEST = BOOK | {"zone": "America/Chicago", "day": "2026-11-20", "tick": 5}
NOON = 1_795_197_600_000  # 2026-11-20 12:00 in Chicago


@pytest.fixture(scope="module")
def rules_page(browser):
    """A page of its own, that only lends its engine."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def ask(rules_page: Page, live_server):
    """`ask("(rules, given) => …", given)`: the answer of the modules as the portal serves them."""
    rules_page.goto(f"{live_server.url}/healthz/live")

    def answer(question: str, given: object = None) -> object:
        return rules_page.evaluate(
            f"""async ([addresses, given]) => {{
                const modules = await Promise.all(addresses.map((one) => import(one)));
                const rules = Object.assign({{}}, ...modules);
                return ({question})(rules, given);
            }}""",
            [[f"{live_server.url}/static/js/door/{name}.js" for name in MODULES], given],
        )

    return answer


def package(tracking_id: str = "TBA1", state: str = "AT_SHOP", **fields) -> dict:
    usual = {
        "tracking_id": tracking_id,
        "state": state,
        "attempts": 0,
        "address1": "412 Franklin Ave",
        "postal_code": "72701",
        "service_day": "2026-11-20",
        "stop": 1,
        "helper": "",
    }
    return usual | fields


def row(sequence: int, act: str, tracking_id: str = "TBA1", **fields) -> dict:
    item = {"act": act, "tracking_id": tracking_id} | fields.pop("item", {})
    usual = {
        "id": f"a{sequence}",
        "sequence": sequence,
        "channel": "sync",
        "item": item,
        "made_at": NOON,
        "day": "2026-11-20",
        "state": "waiting",
    }
    return usual | fields


def test_phone_and_portal_judge_every_act_in_every_state_alike(ask):
    """Where the portal says no, the phone changes nothing; else both come to the same state."""
    acts = [
        ("receive", ""),
        ("load", ""),
        ("deliver", ""),
        ("return", ""),
        *(("attempt", reason) for reason in ("NOT_HOME", "REFUSED", "MISSING")),
    ]
    cases, expected = [], []
    book = rules.Rulebook(frozenset({"front_door"}), NEXT_STEPS, 2)
    for state, attempts, (act, reason) in itertools.product(State, (0, 1), acts):
        if state == State.DELIVERED and act == "deliver":
            continue  # kept beside the first, which a phone has no use for
        cases.append([package(state=state, attempts=attempts), {"act": act, "reason": reason}])
        judged = rules.judge(
            Act(
                id=uuid.uuid4(),
                act=ActKind(act),
                tracking_id="TBA1",
                happened_at=MORNING,
                outcome="front_door" if act == "deliver" else "",
                reason=reason,
            ),
            Standing(state, attempts),
            book,
        )
        refused = isinstance(judged, No)
        expected.append(None if refused else [judged.after.state, judged.after.attempts])
    told = ask(
        """(rules, [cases, book]) => cases.map(([one, item]) => {
            const next = rules.after(item, one, book);
            return next && [next.state, next.attempts];
        })""",
        [cases, BOOK],
    )
    wrong = [
        (case, ours, theirs)
        for case, ours, theirs in zip(cases, expected, told, strict=True)
        if ours != theirs
    ]
    assert not wrong


@pytest.mark.parametrize(
    "street",
    ["412 Franklin Avenue", "412  franklin ave., Apt 3B", "7-9 Oak St #2", "88 1/2 N. Main Street",
     "Rural Route", "12a West Elm Drive Unit 7"],
)  # fmt: skip
def test_phone_and_portal_read_doors_alike(ask, street):
    told = ask(
        "(rules, street) => [rules.doorKey({address1: street, postal_code: '72701-1234'}), "
        "rules.splitStreet(street)]",
        street,
    )
    assert told == ["|".join(door_key(street, "72701-1234")), list(split_street(street))]


@pytest.mark.parametrize("name", ["Ines Bell", "Maria del Carmen lopez", "Cher", " Sam  Ode "])
def test_phone_and_portal_shorten_names_alike(ask, name):
    assert ask("(rules, name) => rules.shortName(name)", name) == short_name(name)


def test_a_day_is_the_manifest_and_the_acts_that_are_not_in_it(ask):
    manifest = MANIFEST | {"packages": [package("TBA1", "MANIFESTED"), package("TBA2", "AT_SHOP")]}
    acts = [
        row(2, "deliver"),
        row(1, "receive"),
        row(3, "load", "TBA2", state="refused"),
        row(4, "attempt", "TBA2", state="sent", tick=4, item={"reason": "NOT_HOME"}),
        row(5, "load", "TBA2", state="sent", tick=6),
    ]
    told = ask(
        "(rules, [manifest, acts]) => rules.packagesNow(manifest, acts).map((one) => "
        "[one.tracking_id, one.state, one.attempts])",
        [manifest, acts],
    )
    assert told == [["TBA1", "DELIVERED", 0], ["TBA2", "OUT_FOR_DELIVERY", 0]]


def test_what_is_under_review_changes_no_package(ask):
    manifest = MANIFEST | {"packages": [package()]}
    acts = [row(1, "deliver", state="sent", tick=9, receipt={"reason": "under_review"})]
    states = (
        "(rules, [manifest, acts]) => rules.packagesNow(manifest, acts).map((one) => one.state)"
    )
    assert ask(states, [manifest, acts]) == ["AT_SHOP"]


def test_an_undone_act_leaves_the_package_as_it_was(ask):
    manifest = MANIFEST | {"packages": [package(state="DELIVERED")]}
    undo = row(2, "amend", undoes={"state": "OUT_FOR_DELIVERY", "attempts": 1})
    told = ask("(rules, [m, acts]) => rules.packagesNow(m, acts)[0]", [manifest, [undo]])
    assert (told["state"], told["attempts"]) == ("OUT_FOR_DELIVERY", 1)


def test_the_counts_add_up_whatever_happened(ask):
    packages = [package(str(place), state) for place, state in enumerate(State)]
    counts = ask("(rules, packages) => rules.countsOf(packages)", packages)
    assert counts == {"received": 7, "delivered": 1, "returned": 1, "on_hand": 4, "missing": 1}


def test_the_last_try_is_told_before_it_is_confirmed(ask):
    question = "(rules, [code, packages, book]) => rules.consequences(code, packages, book)"
    first, second = package(), package("TBA2", attempts=1)
    assert ask(question, ["NOT_HOME", [first, second], BOOK]) == {
        "ends": {"ATTEMPTED": 1, "RETURN_PENDING": 1},
        "isLastTry": True,
    }
    assert not ask(question, ["REFUSED", [first], BOOK])["isLastTry"]


def test_what_was_tried_today_is_kept_for_another_day(ask):
    manifest = MANIFEST | {"packages": [package(), package("TBA2", address1="7 Oak St")]}
    acts = [row(1, "attempt", item={"reason": "NOT_HOME"})]
    told = ask(
        """(rules, [manifest, acts]) => {
            const day = rules.dayOf(manifest, acts);
            return [day.stops.length, day.left, day.kept.map((one) => one.tracking_id)];
        }""",
        [manifest, acts],
    )
    assert told == [1, 1, ["TBA1"]]


def test_one_helper_sees_her_tour_and_what_is_everybodys(ask):
    manifest = MANIFEST | {
        "packages": [
            package("TBA1", helper="Sam"),
            package("TBA2", helper="Ana"),
            package("TBA3"),
            package("TBA4", "MANIFESTED", helper="Ana"),
        ]
    }
    told = ask(
        "(rules, manifest) => rules.dayOf(manifest, [], {helper: 'Sam'}).shown"
        ".map((one) => one.tracking_id)",
        manifest,
    )
    assert told == ["TBA1", "TBA3", "TBA4"]


def test_a_hand_over_starts_anew_after_one_was_told(ask):
    told_one = row(3, "", channel="drop", item={"remarks": [{"id": "r1"}]})
    acts = [row(1, "receive"), row(2, "return", "TBA9"), told_one, row(4, "receive", "TBA2")]
    told = ask("(rules, [acts, kept]) => rules.dropOf(acts, kept)", [acts, [{"id": "r1"}]])
    assert told == {"remarks": [], "taken": ["TBA2"], "returned": [], "isOpen": True}


def test_what_came_yesterday_is_in_no_count_of_today(ask):
    acts = [row(1, "receive", day="2026-11-19"), row(2, "receive", "TBA2")]
    told = ask("(rules, acts) => rules.dropOf(acts, [], '2026-11-20').taken", acts)
    assert told == ["TBA2"]


@pytest.mark.parametrize("receipt, is_open", [({"number": 1}, False), ({"message": "No"}, True)])
def test_a_count_that_met_anothers_signature_has_ended(ask, receipt, is_open):
    told = row(2, "", channel="drop", item={"remarks": []}, state="refused", receipt=receipt)
    question = "(rules, acts) => rules.dropOf(acts).isOpen"
    assert ask(question, [row(1, "receive"), told]) == is_open


@pytest.mark.parametrize(
    "fields, minutes, may",
    [
        ({"act": "deliver"}, 9, True),
        ({"act": "deliver"}, 10, False),
        ({"act": "receive"}, 1, True),
        ({"act": "receive", "tried": True}, 1, False),
        ({"act": "attempt", "tried": True}, 1, True),
        ({"act": "amend"}, 1, False),
        ({"act": "deliver", "state": "refused"}, 1, False),
        ({"act": "deliver", "is_undone": True}, 1, False),
    ],
)
def test_a_tap_may_be_undone_for_ten_minutes(ask, fields, minutes, may):
    act = row(1, fields.pop("act"), **fields)
    question = "(rules, [act, now]) => rules.undoable([act], now).length"
    assert bool(ask(question, [act, NOON + minutes * 60_000])) == may


@pytest.mark.parametrize(
    "acts, photos, signed_out, kind, count",
    [
        ([], [], False, "saved", 0),
        ([row(1, "load", state="sent")], [], False, "saved", 0),
        ([row(1, "load"), row(2, "load")], [], False, "acts", 2),
        ([], [{"state": "waiting", "made_at": NOON}], False, "photos", 1),
        ([row(1, "load", state="held")], [], False, "sign_in", 1),
        ([row(1, "load")], [], True, "sign_in", 1),
        ([row(1, "load", state="refused")], [], True, "saved", 0),
    ],
)
def test_the_badge_tells_the_truth(ask, acts, photos, signed_out, kind, count):
    told = ask(
        "(rules, [acts, photos, isSignedOut, now]) => "
        "rules.badge(acts, photos, {now, isSignedOut})",
        [acts, photos, signed_out, NOON + 7_500_000],
    )
    assert (told["kind"], told["count"]) == (kind, count)
    assert told["minutes"] == (125 if count else 0)


def test_the_badge_counts_remarks_that_go_with_their_hand_over(ask):
    told = ask(
        "(rules, [remarks, now]) => rules.badge([], [], {now, remarks})",
        [[{"happened_at": "2026-11-20T12:00:00-06:00"}], NOON + 7_500_000],
    )
    assert told == {"kind": "acts", "count": 1, "minutes": 125}


def test_a_failing_phone_waits_longer_and_never_less_than_it_was_asked_to(ask):
    pauses = ask("(rules) => [0, 1, 2, 3, 4, 9].map((failures) => rules.pause(failures, 0.5))")
    assert pauses == [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]
    assert ask("(rules) => [rules.pause(0, 0), rules.pause(0, 1)]") == [15_000, 45_000]
    assert ask("(rules) => rules.pause(0, 0, 90000)") == 90_000
    assert ask("(rules) => ['7', '', 'soon'].map((text) => rules.retryAfter(text, 0))") == [
        7000,
        0,
        0,
    ]


def test_a_clock_that_was_put_back_makes_nobody_wait(ask):
    later = [None, NOON - 1, NOON + 60_000, NOON + 86_400_000]
    question = "(rules, [later, now]) => later.map((until) => rules.stillAsked(until, now))"
    assert ask(question, [later, NOON]) == [0, 0, 60_000, 0]


def test_a_call_holds_acts_of_one_kind_in_their_order(ask):
    acts = [{"channel": "sync"}] * 3 + [{"channel": "drop"}] * 2 + [{"channel": "sync"}]
    sizes = """(rules, acts) => {
        const sizes = [];
        while (acts.length) {
            const call = rules.nextCall(acts, 2);
            sizes.push(call.length);
            acts = acts.slice(call.length);
        }
        return sizes;
    }"""
    assert ask(sizes, acts) == [2, 1, 1, 1, 1]


def test_ids_are_uuids_of_version_7_and_sort_by_time(ask):
    ids = ask(
        "(rules) => [1, 2, 1795197600000].map((ms) => "
        "rules.uuid7(ms, new Uint8Array(10).fill(255)))"
    )
    parsed = [uuid.UUID(one) for one in ids]
    assert [one.version for one in parsed] == [7, 7, 7]
    assert ids == sorted(ids)
    assert parsed[2].int >> 80 == NOON


@pytest.mark.parametrize(
    "text, found",
    [("TBA000000123", 1), ("tba000000123", 1), ("0123", 2), ("123", 0), (" 0 1 2 3 ", 2), ("", 0)],
)
def test_a_label_is_found_by_its_end(ask, text, found):
    packages = [package("TBA000000123"), package("TBA999990123")]
    question = "(rules, [text, packages]) => rules.named(text, packages).length"
    assert ask(question, [text, packages]) == found


@pytest.mark.parametrize(
    "state, address, verdict",
    [
        ("OUT_FOR_DELIVERY", "412 Franklin Ave", "here"),
        ("OUT_FOR_DELIVERY", "7 Oak St", "stop"),
        ("DELIVERED", "412 Franklin Ave", "finished"),
        ("RETURN_PENDING", "412 Franklin Ave", "finished"),
        ("MANIFESTED", "412 Franklin Ave", "coming"),
    ],
)
def test_a_package_at_the_wrong_door_is_told(ask, state, address, verdict):
    one = package(state=state, address1=address)
    question = "(rules, one) => rules.judgeScan(one, '412 franklin ave|72701')"
    assert ask(question, one) == verdict
    assert ask("(rules) => rules.judgeScan(undefined, 'x')") == "unknown"


def test_the_most_that_is_asked_of_a_door_counts(ask):
    quiet = {"photo": "off", "signature": "off", "code": "off", "place": "on"}
    packages = [package(proof=quiet), package("TBA2", proof=quiet | {"signature": "warn"})]
    asked = ask("(rules, packages) => rules.proofOf(packages)", packages)
    assert asked == {"photo": "off", "signature": "warn", "code": "off", "place": "on"}
    missing = "(rules, asked) => rules.missingProof(asked, {photo: null, signature: null})"
    assert ask(missing, asked | {"code": "required"}) == [
        ["signature", "warn"],
        ["code", "required"],
    ]


def test_a_slip_in_a_code_is_found_without_a_signal(ask):
    right = [f"{number:05d}{check(number)}" for number in (0, 12345, 48192, 99999)]
    assert all(ask("(rules, codes) => codes.map(rules.isCode)", right))
    one_digit_off = [code[:2] + str((int(code[2]) + 1) % 10) + code[3:] for code in right]
    swapped = ["572400", "57204"]
    assert not any(ask("(rules, codes) => codes.map(rules.isCode)", [*one_digit_off, swapped[1]]))


def check(number: int) -> int:
    """The check digit that the portal gives."""
    return next(digit for digit in range(10) if rules.has_check_digit(f"{number:05d}{digit}"))


def test_a_list_goes_twelve_hours_after_its_day(ask):
    midnight = NOON + 12 * 3_600_000
    question = "(rules, now) => rules.isOver('2026-11-20', 'America/Chicago', now)"
    assert not ask(question, NOON)
    assert not ask(question, midnight + 11 * 3_600_000)
    assert ask(question, midnight + 12 * 3_600_000 + 1)


def test_a_moment_is_told_with_the_phones_own_offset(ask):
    told = ask("(rules, ms) => [rules.withOffset(ms, 360), rules.withOffset(ms, -330)]", NOON)
    assert told == ["2026-11-20T12:00:00.000-06:00", "2026-11-20T23:30:00.000+05:30"]
