"""What a text says. It names the shop and its phone, and nothing of the recipient: no name, no
address, no tracking id, no link."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubshops.deliveries.models import Outcome
from hubshops.deliveries.queries import recipient_code
from hubshops.packages.models import Package, Requirement
from hubshops.packages.rules import State
from hubshops.recipients.queries import Unsaid
from hubshops.recipients.rules import Kind

LEFT = {
    Outcome.HANDED_TO_RESIDENT: gettext_lazy("%(shop)s handed your package over at %(time)s."),
    Outcome.FRONT_DOOR: gettext_lazy("%(shop)s left your package at the front door at %(time)s."),
    Outcome.MAIL_ROOM: gettext_lazy("%(shop)s left your package in the mail room at %(time)s."),
    Outcome.RECEPTIONIST: gettext_lazy(
        "%(shop)s left your package with the receptionist at %(time)s."
    ),
    Outcome.NEIGHBOUR: gettext_lazy("%(shop)s left your package with a neighbor at %(time)s."),
    Outcome.SAFE_PLACE: gettext_lazy("%(shop)s left your package in a safe place at %(time)s."),
}
TRIED = {
    State.ATTEMPTED: gettext_lazy(
        "%(shop)s could not deliver your package. They will try again. Nothing to do."
    ),
    State.RETURN_PENDING: gettext_lazy(
        "%(shop)s could not deliver your package. It goes back to the station. Ask the seller what"
        " happens next."
    ),
}
WITH_CODE = gettext_lazy(
    "%(shop)s brings your package today. Give this code to the person at your door: %(code)s."
)


def words_for(one: Unsaid, at: dt.datetime) -> str:
    """The text about one package, in the station's language."""
    with translation.override(one.language):
        contact = _("Questions: %(phone)s. No more texts: %(support)s.") % {
            "phone": one.shop_phone,
            "support": settings.SUPPORT_PHONE,
        }
        return f"{sentence_for(one, at)} {contact}"


def sentence_for(one: Unsaid, at: dt.datetime) -> str:
    """What happened, and what there is to do."""
    facts = {"shop": one.shop}
    if one.standing.kind == Kind.LEFT:
        facts["time"] = time_of(one.standing.acted_at, one.standing.zone, at)
        return str(LEFT[Outcome(one.outcome)]) % facts
    if one.standing.kind == Kind.TRIED:
        return str(TRIED[State(one.standing.state)]) % facts
    if one.requires == Requirement.CODE:
        facts["code"] = recipient_code(Package(pk=one.package_id, tracking_id=one.tracking_id))
        return str(WITH_CODE) % facts
    return _("%(shop)s brings your package today. Nothing to do.") % facts


def time_of(moment: dt.datetime, zone: str, at: dt.datetime) -> str:
    """The time of day by the station's clock, with the day when it was yesterday."""
    local = moment.astimezone(ZoneInfo(zone))
    time = formats.date_format(local, "g:i a").replace(".", "")
    if local.date() == at.astimezone(ZoneInfo(zone)).date():
        return time
    return _("%(time)s yesterday") % {"time": time}
