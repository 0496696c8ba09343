"""Parsing what drivers and shops' pages and phones send."""

import datetime as dt
import uuid
from typing import Annotated, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, ValidationError

from hubshops.drops import rules
from hubshops.drops.rules import Counts, Remark, Said, Told
from hubshops.stations.models import Station
from kernel.web.fields import between

MOST_REMARKS = 200
LONGEST_TRACKING_ID, LONGEST_NOTE, LONGEST_NAME, LONGEST_ID = 40, 500, 80, 64
EARLIEST, LATEST = dt.datetime(1969, 12, 30, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


class DriverForm(forms.Form):
    """What a driver signs."""

    packages = forms.IntegerField(
        label=_("How many packages do you hand over?"),
        min_value=0,
        max_value=rules.MOST_COUNT,
        error_messages=between(0, rules.MOST_COUNT),
    )
    returns = forms.IntegerField(
        label=_("How many returns do you take back?"),
        min_value=0,
        max_value=rules.MOST_COUNT,
        error_messages=between(0, rules.MOST_COUNT),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def counts(self) -> Counts:
        """Both numbers."""
        return Counts(self.cleaned_data["packages"], self.cleaned_data["returns"])


class DayForm(forms.Form):
    """Which station's hand-overs, on which day."""

    station = forms.ModelChoiceField(
        Station.objects.order_by("code"), to_field_name="code", required=False, label=_("Station")
    )
    day = forms.DateField(
        required=False, label=_("Day"), widget=forms.DateInput(attrs={"type": "date"})
    )


# --- What phones send ----------------------------------------------------------------------------


def storable(text: str) -> str:
    """A text that PostgreSQL can keep."""
    if "\x00" in text:
        raise ValueError("holds a NUL")
    return text


def believable(moment: dt.datetime) -> dt.datetime:
    """A moment in a year that a table can hold."""
    if not EARLIEST <= moment <= LATEST:
        raise ValueError("is out of range")
    return moment


Text = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(storable)]
Moment = Annotated[AwareDatetime, AfterValidator(believable)]
Number = Annotated[int, Field(ge=0, le=rules.MOST_COUNT)]


class DriverSaid(Schema):
    """What a shop heard from a driver who did not sign on her own phone."""

    given_count: Number
    returns_taken_count: Number
    name: Annotated[Text, Field(max_length=LONGEST_NAME)] = ""


class RemarkIn(Schema):
    """What a shop says about one package at the drop."""

    id: uuid.UUID = Field(description="Made by the phone; its photo is sent under the same id")
    kind: Remark
    tracking_id: Annotated[Text, Field(min_length=1, max_length=LONGEST_TRACKING_ID)]
    happened_at: Moment = Field(description="The phone's clock, with its offset")
    note: Annotated[Text, Field(max_length=LONGEST_NOTE)] | None = None

    def said(self) -> Said:
        """The remark as the rules take it."""
        return Said(self.id, self.kind, self.tracking_id, self.happened_at, self.note or "")


class CountIn(Schema):
    """A shop's signature under a hand-over. Each of `remarks` is a remark; one that can't be read
    is refused in the answer, and the others are kept."""

    id: uuid.UUID = Field(description="Made by the phone; the same id again is the same count")
    day: dt.date
    number: int = Field(1, ge=1, le=rules.MOST_VANS_A_DAY, description="1 is the day's first van")
    counted_at: Moment = Field(description="The phone's clock, with its offset")
    taken_count: Number = Field(description="Packages the shop took")
    returns_given_count: Number = Field(description="Returns the shop gave")
    code: Annotated[Text, Field(max_length=12)] | None = Field(
        None, description="The six digits the driver told"
    )
    driver_said: DriverSaid | None = None
    shop: int | None = Field(
        None, description="The `shop_id` of the list this belongs to: 409 in another shop's session"
    )
    remarks: list[Any] = Field(default_factory=list, max_length=MOST_REMARKS)

    def count(self, remarks: list[Said]) -> rules.Count:
        """The count as the action takes it, with those remarks that could be read."""
        said = self.driver_said
        return rules.Count(
            id=self.id,
            day=self.day,
            number=self.number,
            counted_at=self.counted_at,
            counts=Counts(self.taken_count, self.returns_given_count),
            code="".join((self.code or "").split()),
            driver_said=Told(Counts(said.given_count, said.returns_taken_count), said.name)
            if said
            else None,
            remarks=tuple(remarks),
        )


def parse_remark(item: object) -> Said | None:
    """One remark, or None when it can't be read."""
    try:
        return RemarkIn.model_validate(item).said()
    except ValidationError:
        return None


def sent_id(item: object) -> str:
    """The id of a remark as it was sent, so that the phone finds its answer; else nothing."""
    given = item.get("id") if isinstance(item, dict) else None
    is_usable = isinstance(given, str) and len(given) <= LONGEST_ID and given.isprintable()
    return given if is_usable else ""
