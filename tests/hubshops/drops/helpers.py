"""Hand-overs for tests."""

import datetime as dt
import uuid

from hubshops.drops.actions import open_handover, sign_as_giver, sign_as_taker
from hubshops.drops.models import Handover
from hubshops.drops.rules import Count, Counts, Remark, Said, Told
from tests.factories import DAY, MORNING

LATER = MORNING + dt.timedelta(minutes=10)


def opened(shop, *, day=DAY, at=MORNING, **options) -> Handover:
    return open_handover(shop=shop, service_day=day, at=at, **options)


def give(handover, packages=2, returns=0, *, name="Lee", at=LATER) -> Handover:
    return sign_as_giver(token=handover.token, counts=Counts(packages, returns), name=name, at=at)


def said(kind, package, **fields) -> Said:
    tracking_id = package if isinstance(package, str) else package.tracking_id
    return Said(
        fields.pop("id", uuid.uuid4()), Remark(kind), tracking_id, fields.pop("at", LATER), **fields
    )


def count(packages=2, returns=0, *, told=None, remarks=(), **fields) -> Count:
    """A shop's count; `told` is what it heard: packages, returns and a name."""
    heard = Told(Counts(*told[:2]), *told[2:]) if told else None
    defaults = {"id": uuid.uuid4(), "day": DAY, "counted_at": LATER}
    return Count(
        counts=Counts(packages, returns),
        driver_said=heard,
        remarks=tuple(remarks),
        **defaults | fields,
    )


def take(shop, by, one: Count | None = None, *, at=LATER, **fields):
    return sign_as_taker(shop=shop, by=by, count=one or count(**fields), at=at)
