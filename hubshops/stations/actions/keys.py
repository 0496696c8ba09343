"""Making, using and revoking the keys of a station's own systems."""

import datetime as dt
import hashlib
import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from hubshops.stations.models import Station, StationKey
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal

START = "hub_"
RANDOM_BYTES = 32
SHOWN = 10
NOTE_USE_EVERY = dt.timedelta(minutes=1)


class KeyNameIsTaken(Refusal):
    code = "key_name_is_taken"
    message = _("There is a key called “{name}” already. Choose another name.")


class KeyIsGone(Refusal):
    code = "key_is_gone"
    message = _("This key was revoked already.")


class UnknownKey(Refusal):
    code = "unknown_key"
    message = _("Send a working key of your station.")


def hash_of(token: str) -> str:
    """What we keep of a key."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_key(
    *,
    station: Station,
    name: str,
    at: dt.datetime,
    by: User | None = None,
    expires_at: dt.datetime | None = None,
) -> tuple[StationKey, str]:
    """Make a key of 256 random bits; the row, and the key itself, which nobody can read again.

    Refuses a name that a working key of this station has.
    """
    token = START + secrets.token_urlsafe(RANDOM_BYTES)
    name = " ".join(name.split())
    try:
        with transaction.atomic():
            key = StationKey.objects.create(
                station=station,
                name=name,
                shown=token[:SHOWN],
                hash=hash_of(token),
                made_at=at,
                made_by=by,
                expires_at=expires_at,
            )
    except IntegrityError as met:
        if "station_key_name_once" not in str(met):
            raise
        raise KeyNameIsTaken(name=name) from met
    audit.record(at=at, by=by, action="make_key", subject=key, station=station.code, name=name)
    return key, token


@transaction.atomic
def revoke_key(*, key_id: int, station: Station, at: dt.datetime, by: User | None) -> StationKey:
    """Close the door to a key at once. Refuses one that was revoked before, or is not there."""
    keys = StationKey.objects.select_for_update(no_key=True)
    key = keys.filter(pk=key_id, station=station, revoked_at=None).first()
    if key is None:
        raise KeyIsGone
    key.revoked_at, key.revoked_by = at, by
    key.save(update_fields=["revoked_at", "revoked_by"])
    audit.record(
        at=at, by=by, action="revoke_key", subject=key, station=station.code, name=key.name
    )
    return key


def use_key(*, token: str, at: dt.datetime) -> StationKey:
    """The working key behind `token`, with its station; its use is noted once a minute.

    Refuses a wrong, a revoked and an expired key in the same words. One query, two once a minute.
    """
    found = StationKey.objects.working(at).select_related("station")
    key = found.filter(hash=hash_of(token)).first()
    if key is None:
        raise UnknownKey
    if key.last_used_at is None or key.last_used_at <= at - NOTE_USE_EVERY:
        StationKey.objects.filter(pk=key.pk).update(last_used_at=at)
    return key
