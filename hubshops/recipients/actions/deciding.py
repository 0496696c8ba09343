"""What people decide about texts: whether a station sends them, and who gets none."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.recipients.models import Silence, StationTexts, TextStop
from hubshops.recipients.rules import fingerprint_of, number_of
from hubshops.stations.models import Station
from kernel.audit.actions import record
from kernel.notifications.actions import hold_back_texts
from kernel.refusals import Refusal


@transaction.atomic
def switch_texts(
    *, station: Station, is_on: bool, language: str, at: dt.datetime, by: object
) -> StationTexts:
    """Send a station's recipients texts from now on, or none. Saying the same again changes
    nothing."""
    known = StationTexts.objects.select_for_update().filter(pk=station.pk).first()
    if known and (known.is_on, known.language) == (is_on, language):
        return known
    switch, _new = StationTexts.objects.update_or_create(
        station=station, defaults={"is_on": is_on, "language": language, "changed_at": at}
    )
    record(
        at=at,
        by=by,
        action="switch_recipient_texts",
        subject=station,
        is_on=is_on,
        language=language,
    )
    return switch


class NotANumber(Refusal):
    code = "not_a_number"
    message = _("Write an American phone number with its area code, like (479) 555-0110.")


@transaction.atomic
def stop_texts(*, phone: str, at: dt.datetime, by: object) -> TextStop:
    """Send nothing to this number any more, and hold back what waits for it. Only its fingerprint
    is kept. Refuses what can't be an American number; a number may be stopped again."""
    number = number_of(phone)
    if not number:
        raise NotANumber
    stop, is_new = TextStop.objects.get_or_create(
        fingerprint=fingerprint_of(number), defaults={"since": at, "by": by}
    )
    hold_back_texts(to=number, reason=Silence.STOPPED.value, at=at)
    if is_new:
        record(at=at, by=by, action="stop_texts", subject=stop)
    return stop
