"""Opening a station."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.stations import rules
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal


class StationFactIsWrong(Refusal):
    code = "station_fact_is_wrong"


class StationDiffers(Refusal):
    code = "station_differs"
    message = _("{code} is already open with another {facts}; nothing was changed.")


@transaction.atomic
def open_station(
    *,
    code: str,
    name: str,
    city: str,
    state: str,
    latitude: float,
    longitude: float,
    zone: str,
    at: dt.datetime,
    by: User | None = None,
) -> tuple[Station, bool]:
    """Open a depot; True when this call opened it. The same facts again change nothing.

    Refuses a fact that can't be, and a code that is already open with other facts.
    """
    code = code.strip().upper()
    facts: dict[str, Any] = {
        "name": " ".join(name.split()),
        "city": " ".join(city.split()),
        "state": state.strip().upper(),
        "latitude": latitude,
        "longitude": longitude,
        "zone": zone.strip(),
    }
    check_facts(code, **facts)
    station, is_created = Station.objects.get_or_create(
        code=code, defaults=facts | {"opened_at": at}
    )
    if is_created:
        audit.record(at=at, by=by, action="open_station", subject=station, code=code)
    elif others := [name for name, value in facts.items() if getattr(station, name) != value]:
        raise StationDiffers(code=code, facts=", ".join(others))
    return station, is_created


def check_facts(
    code: str, *, name: str, city: str, state: str, latitude: float, longitude: float, zone: str
) -> None:
    """Refuse the first fact that no station can have."""
    if not rules.is_code(code):
        raise StationFactIsWrong(
            _("A station's code is 2 to 12 capital letters, digits or hyphens, like FAY.")
        )
    if not 0 < len(name) <= 80:
        raise StationFactIsWrong(_("Give the station a name of at most 80 characters."))
    if not 0 < len(city) <= 80:
        raise StationFactIsWrong(_("Give the station's city in at most 80 characters."))
    if not rules.STATE.fullmatch(state):
        raise StationFactIsWrong(_("Give the state as two letters, like AR."))
    if not rules.is_on_the_globe(latitude, longitude):
        raise StationFactIsWrong(
            _("Latitude lies between -90 and 90, longitude between -180 and 180.")
        )
    if not rules.is_zone(zone):
        raise StationFactIsWrong(
            _("“%(zone)s” is not a time zone; give one like America/Chicago.") % {"zone": zone}
        )
