"""What phones send, parsed strictly: whatever arrives is an act or a sentence, never a crash."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubshops.deliveries.forms import parse_act, parse_phone, refused_item
from hubshops.deliveries.rules import Act, ActKind, Phone
from kernel.refusals import Refusal

ID = "0193a1b2-0000-7000-8000-000000000001"
GOOD = {
    "id": ID,
    "act": "deliver",
    "tracking_id": " TBA000000001 ",
    "happened_at": "2026-11-20T14:40:00-06:00",
    "outcome": "front_door",
    "reason": None,
    "latitude": 36.08,
    "longitude": -94,
    "accuracy_m": 12.5,
    "note": "",
}


def test_an_act_as_a_phone_sends_it():
    act = parse_act(GOOD | {"fee_cents": 900, "shop": "zed", "by": 7})
    assert act == Act(
        id=uuid.UUID(ID),
        act=ActKind.DELIVER,
        tracking_id="TBA000000001",
        happened_at=dt.datetime(2026, 11, 20, 20, 40, tzinfo=dt.UTC),
        outcome="front_door",
        latitude=36.08,
        longitude=-94.0,
        accuracy_m=12.5,
    )


def test_only_four_fields_are_needed():
    bare = {name: GOOD[name] for name in ("id", "act", "tracking_id", "happened_at")}
    assert parse_act(bare).latitude is None


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-20T20:40:00Z",
        "2026-11-20T20:40:00.123456+00:00",
        "2026-11-20 20:40+00:00",
        "1970-01-01T00:00:00Z",
    ],
)
def test_moments_that_name_their_zone(moment):
    assert parse_act(GOOD | {"happened_at": moment}).happened_at.tzinfo is dt.UTC


BAD = [
    ("not_an_act", "deliver"),
    ("not_an_act", None),
    ("not_an_act", [GOOD]),
    ("bad_id", GOOD | {"id": None}),
    ("bad_id", GOOD | {"id": 7}),
    ("bad_id", GOOD | {"id": [ID]}),
    ("bad_id", GOOD | {"id": "1"}),
    ("bad_id", GOOD | {"id": "{" + ID + "}"}),
    ("bad_id", GOOD | {"id": ID.replace("-", "")}),
    ("unknown_act", GOOD | {"act": "lose"}),
    ("unknown_act", GOOD | {"act": None}),
    ("unknown_act", GOOD | {"act": {"deliver": 1}}),
    ("unknown_act", GOOD | {"act": "DELIVER"}),
    ("bad_tracking_id", GOOD | {"tracking_id": ""}),
    ("bad_tracking_id", GOOD | {"tracking_id": 12}),
    ("bad_tracking_id", GOOD | {"tracking_id": "x" * 41}),
    ("bad_tracking_id", GOOD | {"tracking_id": "TBA\x00"}),
    ("bad_tracking_id", GOOD | {"tracking_id": "TBA\ud800"}),
    ("bad_happened_at", GOOD | {"happened_at": None}),
    ("bad_happened_at", GOOD | {"happened_at": 1700000000}),
    ("bad_happened_at", GOOD | {"happened_at": "yesterday"}),
    ("bad_happened_at", GOOD | {"happened_at": "2026-11-20"}),
    ("bad_happened_at", GOOD | {"happened_at": "2026-11-20T14:40:00"}),
    ("bad_happened_at", GOOD | {"happened_at": "0001-01-01T00:00:00+14:00"}),
    ("bad_happened_at", GOOD | {"happened_at": "9999-12-31T23:59:59-14:00"}),
    ("outcome_unknown", GOOD | {"outcome": 1}),
    ("outcome_unknown", GOOD | {"outcome": "x" * 41}),
    ("reason_unknown", GOOD | {"reason": ["NOT_HOME"]}),
    ("bad_place", GOOD | {"latitude": 91}),
    ("bad_place", GOOD | {"longitude": -180.5}),
    ("bad_place", GOOD | {"latitude": "36.08"}),
    ("bad_place", GOOD | {"latitude": True}),
    ("bad_place", GOOD | {"latitude": None}),
    ("bad_place", GOOD | {"longitude": float("nan")}),
    ("bad_place", GOOD | {"longitude": 10**400}),
    ("bad_accuracy_m", GOOD | {"accuracy_m": -1}),
    ("bad_accuracy_m", GOOD | {"accuracy_m": float("inf")}),
    ("bad_note", GOOD | {"note": "x" * 501}),
    ("bad_note", GOOD | {"note": {"text": "x"}}),
    ("bad_note", GOOD | {"note": "\x00"}),
]


@pytest.mark.parametrize(("code", "item"), BAD)
def test_what_we_cannot_use_is_refused_with_a_sentence(code, item):
    with pytest.raises(Refusal) as no:
        parse_act(item)
    assert no.value.code == code
    receipt = refused_item(item, no.value)
    assert (receipt.result, receipt.reason) == ("refused", code)
    assert receipt.message.endswith(".")


def test_a_receipt_carries_the_id_as_it_was_sent():
    sent = GOOD | {"id": ID.upper(), "act": "lose"}
    with pytest.raises(Refusal) as no:
        parse_act(sent)
    assert refused_item(sent, no.value).id == ID.upper()
    assert refused_item({"id": "x" * 1000}, no.value).id == ""


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.fixed_dictionaries(dict.fromkeys(GOOD, json_values)) | json_values)
def test_no_json_crashes_the_parser(item):
    try:
        assert isinstance(parse_act(item), Act)
    except Refusal as no:
        assert no.sentence


@given(st.sampled_from(sorted(GOOD)), json_values)
def test_no_single_odd_field_crashes_the_parser(name, value):
    try:
        act = parse_act(GOOD | {name: value})
    except Refusal:
        return
    assert len(act.note) <= 500
    assert len(act.tracking_id) <= 40


# --- What later versions of the sync added -------------------------------------------------------

LATER = {"sequence": 118, "by": 42, "proof": ID, "code": " 481926 "}


@pytest.mark.parametrize(
    ("protocol", "heard"),
    [
        (1, (None, None, None, "")),
        (2, (118, 42, None, "")),
        (3, (118, 42, uuid.UUID(ID), "481926")),
    ],
)
def test_a_version_hears_its_own_keys_only(protocol, heard):
    act = parse_act(GOOD | LATER, protocol=protocol)
    assert (act.sequence, act.by_id, act.proof, act.code) == heard


@pytest.mark.parametrize("odd", [True, -1, 2**63, 1.5, "7", [], {}, "\x00", None, ""])
def test_an_odd_help_never_refuses_an_act(odd):
    act = parse_act(GOOD | {"sequence": odd, "proof": odd, "code": odd}, protocol=3)
    assert (act.sequence, act.proof) == (None, None)
    assert act.code == ("7" if odd == "7" else "")


@pytest.mark.parametrize("odd", [True, -1, 1.5, "7", [], {}, 2**70])
def test_who_cannot_be_a_person_refuses_that_act(odd):
    with pytest.raises(Refusal, match="never worked") as no:
        parse_act(GOOD | {"by": odd}, protocol=3)
    assert no.value.code == "not_a_member"


def test_a_phone_tells_of_itself():
    phone = parse_phone(
        {
            "protocol": 4,
            "device": ID,
            "name": "Android · Chrome" + "x" * 90,
            "sent_at": "2026-11-20T14:41:07-06:00",
            "unsent": 12,
            "unsent_photos": 3,
            "oldest_unsent_at": "2026-11-20T12:02:00-06:00",
        }
    )
    assert (phone.protocol, phone.key, len(phone.name)) == (3, uuid.UUID(ID), 60)
    assert (phone.unsent, phone.unsent_photos) == (12, 3)
    assert phone.sent_at == dt.datetime(2026, 11, 20, 20, 41, 7, tzinfo=dt.UTC)


@pytest.mark.parametrize("odd", [None, True, -1, "x", 10**40, 2.5, [1], {"a": 1}, "\x00"])
def test_a_field_of_a_phone_that_cannot_be_used_is_not_said(odd):
    names = ("device", "name", "sent_at", "unsent", "unsent_photos", "oldest_unsent_at")
    phone = parse_phone({"protocol": 2} | dict.fromkeys(names, odd))
    assert phone == Phone(protocol=2, name="x" if odd == "x" else "")
    assert parse_phone({"protocol": odd, "device": ID}).key is None


def test_the_first_version_tells_nothing_of_a_phone():
    assert parse_phone({"device": ID, "unsent": 4}) == Phone()
