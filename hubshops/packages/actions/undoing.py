"""Taking a load back while nobody has touched its packages."""

import datetime as dt
import hashlib

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from hubshops.packages.actions.feed_sql import TAKE_BACK
from hubshops.packages.models import FeedBatch
from hubshops.packages.queries import new_packages, undo_obstacle
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal


class CannotUndo(Refusal):
    code = "cannot_undo"
    message = _("This load can't be undone any more.")


@transaction.atomic
def undo_load(*, batch_id: int, at: dt.datetime, by: User | None) -> FeedBatch:
    """Take the packages that a load announced off the list, as the day's next version.

    What the load changed or withdrew stays so. Refuses once a later list came, once one of the
    packages was planned, and a second time. Costs two statements and a few small ones.
    """
    seen = FeedBatch.objects.filter(pk=batch_id).values_list("station_id", flat=True).first()
    if seen is None:
        raise CannotUndo
    Station.objects.select_for_update(no_key=True).get(pk=seen)
    batch = FeedBatch.objects.select_related("station").get(pk=batch_id)
    if obstacle := undo_obstacle(batch):
        raise CannotUndo(obstacle)
    withdrawn = withdraw(batch, at, by)
    undo = FeedBatch.objects.create(
        station=batch.station,
        service_day=batch.service_day,
        version=batch.version + 1,
        fingerprint=hashlib.sha256(f"undo of {batch.pk}".encode()).hexdigest(),
        withdrawn=withdrawn,
        undoes=batch,
        loaded_at=at,
        loaded_by=by,
    )
    audit.record(
        at=at, by=by, action="undo_load", subject=batch, batch=undo.pk, withdrawn=withdrawn
    )
    return undo


def withdraw(batch: FeedBatch, at: dt.datetime, by: User | None) -> int:
    """Take the packages that a load announced off the list; how many."""
    packages = new_packages(batch).select_for_update().order_by("pk")
    ids = list(packages.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, {"ids": ids, "at": at, "by": by.pk if by else None})
        return cursor.rowcount
