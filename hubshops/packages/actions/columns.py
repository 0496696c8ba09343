"""What a station means by the names in its header."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.packages.models import ColumnMapping
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal

MOST_MAPPINGS = 500


class TooManyNames(Refusal):
    code = "too_many_names"
    message = _("More column names are remembered than a station can have. Call support.")


@transaction.atomic
def remember_columns(
    *, station: Station, answers: Mapping[str, str], at: dt.datetime, by: User | None
) -> None:
    """Keep which of our columns each foreign name of a station stands for (empty: none). Every
    later file of the station is read by it; a new answer replaces the old one. Refuses more names
    than any sane system has. Holds the station's row.
    """
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    known = station.column_mappings.exclude(header__in=answers).count()
    if known + len(answers) > MOST_MAPPINGS:
        raise TooManyNames
    rows = [
        ColumnMapping(station=station, header=header, column=column, agreed_at=at, agreed_by=by)
        for header, column in answers.items()
    ]
    ColumnMapping.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["station", "header"],
        update_fields=["column", "agreed_at", "agreed_by"],
    )
    audit.record(at=at, by=by, action="remember_columns", subject=station, columns=dict(answers))
