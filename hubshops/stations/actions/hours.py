"""When a station plans its day, and when its vans come."""

import datetime as dt

from django.db import transaction

from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.audit import actions as audit


@transaction.atomic
def set_hours(
    *,
    station: Station,
    plans_at: dt.time | None,
    drops_from: dt.time | None,
    drops_until: dt.time | None,
    at: dt.datetime,
    by: User,
) -> Station:
    """Let these hours hold from now on. Audited with what was before."""
    locked = Station.objects.select_for_update().get(pk=station.pk)
    hours = {"plans_at": plans_at, "drops_from": drops_from, "drops_until": drops_until}
    before = {name: str(getattr(locked, name) or "") for name in hours}
    for name, value in hours.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(hours))
    after = {name: str(value or "") for name, value in hours.items()}
    audit.record(at=at, by=by, action="set_hours", subject=locked, before=before, after=after)
    return locked
