"""Parsing what people and phones send.

A phone sends one JSON object per act.

A field that is missing, null or empty is the same as not said. Keys we don't know are ignored. A
value we can't use refuses that one act with a sentence; it never stops the others.
"""

import datetime as dt
import math
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hubshops.deliveries.models import Level, Outcome, ProofKind
from hubshops.deliveries.rules import Act, ActKind, Phone, Receipt, Refused, Result
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel.refusals import Refusal

EARLIEST, LATEST = dt.datetime(1969, 12, 30, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
LONGEST_ID, LONGEST_TRACKING_ID, LONGEST_CODE, LONGEST_NOTE = 64, 40, 40, 500
LONGEST_TOLD, LONGEST_NAME, LONGEST_SAID = 20, 60, 80
MOST_COUNTED, MOST_NUMBERED = 2**31 - 1, 2**63 - 1
NEWEST_PROTOCOL = 3
MOST_PACKAGES = 200
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
KEY = re.compile(r"[0-9]{1,18}")


class NotAnAct(Refusal):
    code = "not_an_act"
    message = _("This is not an act: send an object with id, act, tracking_id and happened_at.")


class BadId(Refusal):
    code = "bad_id"
    message = _("Give each act an id of its own: a UUID.")


class UnknownAct(Refusal):
    code = "unknown_act"
    message = _("An act is one of: receive, load, deliver, attempt, return, amend.")


class BadTrackingId(Refusal):
    code = "bad_tracking_id"
    message = _("Say which package: tracking_id is a text of at most 40 characters.")


class BadMoment(Refusal):
    code = "bad_happened_at"
    message = _("Say when it happened with the time zone, like 2026-11-20T14:40:00-06:00.")


class BadOutcome(Refusal):
    code = "outcome_unknown"
    message = _("We don't know this place. Choose one from the list.")


class BadReason(Refusal):
    code = "reason_unknown"
    message = _("We don't know this reason. Choose one from the list.")


class BadPlace(Refusal):
    code = "bad_place"
    message = _("Give latitude (−90 to 90) and longitude (−180 to 180) together, or neither.")


class BadAccuracy(Refusal):
    code = "bad_accuracy_m"
    message = _("The accuracy is a number of meters, not below zero.")


class BadNote(Refusal):
    code = "bad_note"
    message = _("A note is a text of at most 500 characters.")


class NotAMember(Refusal):
    code = Refused.NOT_A_MEMBER
    message = _("This person never worked for this shop.")


def parse_act(item: object, *, protocol: int = 1) -> Act:
    """One act as a phone sends it that speaks this version. Raises a `Refusal` that says which
    field is wrong; what later versions added is passed over, and so is what a phone adds to help us
    when it can't be used."""
    if not isinstance(item, dict):
        raise NotAnAct
    latitude, longitude = place(item)
    is_second, is_third = protocol >= 2, protocol >= 3
    return Act(
        id=act_id(item.get("id")),
        act=act_kind(item.get("act")),
        tracking_id=text(item, "tracking_id", LONGEST_TRACKING_ID, BadTrackingId, is_needed=True),
        happened_at=moment(item.get("happened_at")),
        outcome=text(item, "outcome", LONGEST_CODE, BadOutcome),
        reason=text(item, "reason", LONGEST_CODE, BadReason),
        latitude=latitude,
        longitude=longitude,
        accuracy_m=number(item.get("accuracy_m"), 0, 1e9, BadAccuracy),
        note=text(item, "note", LONGEST_NOTE, BadNote),
        by_id=person(item.get("by")) if is_second else None,
        sequence=count(item.get("sequence"), MOST_NUMBERED) if is_second else None,
        proof=found_id(item.get("proof")) if is_third else None,
        code=short_text(item.get("code"), LONGEST_TOLD) if is_third else "",
    )


def person(value: object) -> int | None:
    """Who did it: a key that `me` gave once. What can't be one names nobody of the shop."""
    if value is None or value == "":
        return None
    found = count(value, MOST_NUMBERED)
    if found is None:
        raise NotAMember
    return found


def parse_phone(sent: dict[str, Any]) -> Phone:
    """What a phone tells of itself; a field that can't be used is as if it was not sent. A version
    newer than ours is read as ours."""
    protocol = min(count(sent.get("protocol"), MOST_COUNTED) or 1, NEWEST_PROTOCOL)
    if protocol < 2:
        return Phone(protocol=protocol)
    return Phone(
        key=found_id(sent.get("device")),
        name=short_text(sent.get("name"), LONGEST_NAME),
        protocol=protocol,
        sent_at=found_moment(sent.get("sent_at")),
        unsent=count(sent.get("unsent"), MOST_COUNTED),
        unsent_photos=count(sent.get("unsent_photos"), MOST_COUNTED),
        oldest_unsent_at=found_moment(sent.get("oldest_unsent_at")),
    )


def said_of_picture(headers: Mapping[str, str]) -> dict[str, Any]:
    """What a phone says of a picture beside it; what can't be used is as if it was not said."""
    try:
        said = unquote(headers.get("X-Said", ""), errors="strict")
    except UnicodeDecodeError:
        said = ""
    return {
        "taken_at": found_moment(headers.get("X-Taken-At")),
        "said": short_text(said, LONGEST_SAID),
        "is_good": {"1": True, "0": False}.get(headers.get("X-Is-Good", "")),
    }


def count(value: object, most: int) -> int | None:
    """A whole number from zero to `most`, or nothing."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= most else None


def short_text(value: object, longest: int) -> str:
    """The beginning of a text; nothing when it is none."""
    return value.strip()[:longest] if isinstance(value, str) and is_storable(value) else ""


def found_moment(value: object) -> dt.datetime | None:
    """A moment, or nothing."""
    try:
        return moment(value)
    except BadMoment:
        return None


def refused_item(item: object, no: Refusal) -> Receipt:
    """The receipt for an item that is no act; it carries the id that was sent, if that is one."""
    return Receipt(sent_id(item), Result.REFUSED, no.code, no.sentence)


def sent_id(item: object) -> str:
    """The id of an item as it was sent, so that the phone finds its receipt; else nothing."""
    given = item.get("id") if isinstance(item, dict) else None
    is_usable = isinstance(given, str) and len(given) <= LONGEST_ID and is_storable(given)
    return given if is_usable else ""


def act_id(value: object) -> uuid.UUID:
    """A UUID of any version in its usual spelling."""
    found = found_id(value)
    if found is None:
        raise BadId
    return found


def found_id(value: object) -> uuid.UUID | None:
    """A UUID of any version in its usual spelling, or nothing."""
    try:
        found = uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found and str(found) == str(value).lower() else None


def act_kind(value: object) -> ActKind:
    """One of the six acts."""
    try:
        return ActKind(value) if isinstance(value, str) else ActKind("")
    except ValueError as no:
        raise UnknownAct from no


def moment(value: object) -> dt.datetime:
    """An ISO 8601 moment that names its offset, in a year a phone may believe."""
    try:
        found = dt.datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None:
        raise BadMoment
    try:
        return believable(found).astimezone(dt.UTC)
    except ValueError as no:
        raise BadMoment from no


def believable(found: dt.datetime) -> dt.datetime:
    """A moment in a year that tables and pages can hold. ValueError when it is none."""
    if not EARLIEST <= found <= LATEST:
        raise ValueError("is out of range")
    return found


def text(
    item: dict[str, Any],
    name: str,
    longest: int,
    no: type[Refusal],
    *,
    is_needed: bool = False,
) -> str:
    """A text without blanks around it; one that is not said is empty."""
    value = item.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str) or not is_storable(value):
        raise no
    value = value.strip()
    if len(value) > longest or (is_needed and not value):
        raise no
    return value


def is_storable(value: str) -> bool:
    """Whether PostgreSQL can keep this text: no NUL, no half of a surrogate pair."""
    return not UNSTORABLE.search(value)


def place(item: dict[str, Any]) -> tuple[float | None, float | None]:
    """Both coordinates or none."""
    latitude = number(item.get("latitude"), -90, 90, BadPlace)
    longitude = number(item.get("longitude"), -180, 180, BadPlace)
    if (latitude is None) != (longitude is None):
        raise BadPlace
    return latitude, longitude


def number(value: object, least: float, most: float, no: Callable[[], Refusal]) -> float | None:
    """A finite number within bounds, or nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise no()
    if not (math.isfinite(value) if isinstance(value, float) else True):
        raise no()
    if not least <= value <= most:
        raise no()
    return float(value)


# --- The pages of the door -----------------------------------------------------------------------


class ActForm(forms.Form):
    """What every form of the door carries: the id of its act, made when the form was shown, so that
    a second tap is the same act."""

    act_id = forms.UUIDField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note"), max_length=LONGEST_NOTE, required=False, widget=forms.TextInput
    )


class PlainForm(ActForm):
    """Counting in, taking along, giving back: nothing more to say."""

    act = forms.ChoiceField(choices=[(one, one) for one in ("receive", "load", "return")])


class DeliverForm(ActForm):
    """Where it was left."""

    outcome = forms.ChoiceField(
        label=_("Where did you leave it?"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say where you left the package.")},
    )


class AttemptForm(ActForm):
    """Why it could not be delivered."""

    reason = forms.CharField(max_length=LONGEST_CODE)


class CorrectForm(ActForm):
    """What really happened: `outcome:front_door`, `reason:NOT_HOME`, or nothing but a note."""

    change = forms.CharField(
        label=_("What really happened?"),
        max_length=LONGEST_CODE + 10,
        error_messages={"required": _("Choose what really happened.")},
    )

    def said(self) -> dict[str, str]:
        """The change as the words of an act."""
        name, _colon, code = self.cleaned_data["change"].partition(":")
        return {name: code} if name in ("outcome", "reason") else {}


# --- Staff's rules of proof -----------------------------------------------------------------------


class WhoseRulesForm(forms.Form):
    """Whose rules: a station's, or those of one of its shops."""

    station = forms.ModelChoiceField(
        Station.objects.order_by("code"), to_field_name="code", label=_("Station"), required=False
    )
    shop = forms.ModelChoiceField(
        Shop.objects.none(),
        to_field_name="slug",
        label=_("Shop"),
        required=False,
        empty_label=_("All its shops"),
    )

    def __init__(self, data: Mapping[str, str], *args: object, **kwargs: object) -> None:
        only = Station.objects.values_list("code", flat=True)[:2]
        code = data.get("station") or (only[0] if len(only) == 1 else "")
        super().__init__({"station": code, "shop": data.get("shop", "")}, *args, **kwargs)
        self.fields["shop"].queryset = Shop.objects.filter(station__code=code).order_by("name")

    def chosen(self) -> tuple[Station | None, Shop | None]:
        """The station (the only one, when there is one) and the shop, if it is one of its."""
        self.is_valid()
        station = self.cleaned_data.get("station")
        return station, self.cleaned_data.get("shop") if station else None


class LevelsForm(forms.Form):
    """How much of each kind of proof is asked for; empty leaves it to what stands above."""

    def __init__(self, *args: Any, above: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = dict(Level.choices)
        for kind, label in ProofKind.choices:
            usual = format_lazy(_("As usual: {level}"), level=words[above[kind]])
            self.fields[kind] = forms.ChoiceField(
                label=label, choices=[("", usual), *Level.choices], required=False
            )


def package_ids(values: list[str]) -> list[int]:
    """The packages a page or form names; what can't be a key is passed over."""
    return [int(value) for value in values[:MOST_PACKAGES] if KEY.fullmatch(value)]
