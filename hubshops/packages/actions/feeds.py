"""Loading a station's feed: judged row by row, staged by COPY, written by a few statements."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from hubshops.packages.feeds import csv_v1
from hubshops.packages.models import FeedBatch
from hubshops.packages.rules import BEFORE_THE_DROP, State
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.sheets import Complaint
from kernel.zips import place_of_zip

Progress = Callable[[int, int], None]

ROWS_A_WRITE = 2_000

STAGE = """
CREATE TEMPORARY TABLE staged_package (
    line int, tracking_id text, recipient_name text, address1 text, address2 text, city text,
    state_code text, postal_code text, latitude float8, longitude float8, phone text,
    instructions text, weight_g int, length_mm int, width_mm int, height_mm int, requires text,
    is_placed_by_zip bool
) ON COMMIT DROP
"""
# Tabs between cells and a quote that no cell can hold: nothing has to be escaped.
COPY = r"""
COPY staged_package FROM STDIN (
    FORMAT csv, DELIMITER E'\t', QUOTE E'\x01', NULL '',
    FORCE_NOT_NULL (address2, city, state_code, phone, instructions, requires)
)
"""
FACTS = (
    "recipient_name, address1, address2, city, state_code, postal_code, latitude, longitude, phone,"
    " instructions, weight_g, length_mm, width_mm, height_mm, requires, is_placed_by_zip"
)


def facts_of(table: str) -> str:
    """The columns a feed tells, of one table."""
    return ", ".join(f"{table}.{name.strip()}" for name in FACTS.split(","))


DIFFERS = f"""
(package.service_day <> %(day)s
 OR ROW({facts_of("package")}) IS DISTINCT FROM ROW({facts_of("staged_package")}))
"""
TAKE_REPEATS_OUT = """
WITH repeated AS (
    SELECT tracking_id, min(line) AS first_line FROM staged_package
    GROUP BY tracking_id HAVING count(*) > 1
)
DELETE FROM staged_package USING repeated
WHERE staged_package.tracking_id = repeated.tracking_id AND line > first_line
RETURNING line, first_line, staged_package.tracking_id
"""
LOCK = f"""
SELECT package.id FROM package JOIN staged_package USING (tracking_id)
WHERE package.station_id = %(station)s AND {DIFFERS}
ORDER BY package.id FOR NO KEY UPDATE OF package
"""
COMPARE = f"""
CREATE TEMPORARY TABLE known_package ON COMMIT DROP AS
SELECT staged_package.line, package.id, package.tracking_id, package.state, package.shop_id,
    package.service_day,
    ROW(package.address1, package.postal_code, package.latitude, package.longitude)
        IS DISTINCT FROM ROW(staged_package.address1, staged_package.postal_code,
                             staged_package.latitude, staged_package.longitude) AS has_moved,
    CASE
        WHEN NOT {DIFFERS} THEN 'unchanged'
        WHEN NOT package.state = ANY(%(changeable)s) THEN 'beyond'
        WHEN package.service_day <> %(day)s AND package.state <> 'ANNOUNCED' THEN 'planned'
        ELSE 'updated'
    END AS verdict
FROM staged_package JOIN package USING (tracking_id)
WHERE package.station_id = %(station)s
"""
UPDATE = f"""
WITH changed AS (
    UPDATE package SET
        ({FACTS}) = ROW({facts_of("staged_package")}),
        service_day = %(day)s, batch_id = %(batch)s, last_event_at = %(at)s
    FROM known_package JOIN staged_package USING (line)
    WHERE package.id = known_package.id AND known_package.verdict = 'updated'
    RETURNING package.id, package.state, package.shop_id, line
)
INSERT INTO package_event (
    package_id, shop_id, kind, from_state, to_state, happened_at, received_at, counted_at, by_id,
    reason, outcome, note
)
SELECT id, shop_id, 'changed', state, state, %(at)s, %(at)s, %(at)s, %(by)s, '', '', ''
FROM changed ORDER BY line
"""
INSERT = f"""
WITH announced AS (
    INSERT INTO package (
        station_id, service_day, tracking_id, {FACTS}, batch_id, state, attempts, last_event_at
    )
    SELECT %(station)s, %(day)s, tracking_id, {FACTS}, %(batch)s, 'ANNOUNCED', 0, %(at)s
    FROM staged_package
    WHERE NOT EXISTS (SELECT FROM known_package WHERE known_package.line = staged_package.line)
    ORDER BY line
    RETURNING id
)
INSERT INTO package_event (
    package_id, kind, from_state, to_state, happened_at, received_at, counted_at, by_id,
    reason, outcome, note
)
SELECT id, 'announced', '', 'ANNOUNCED', %(at)s, %(at)s, %(at)s, %(by)s, '', '', ''
FROM announced ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What a feed did, or would do when it was a dry run. `batch` is None then, and when every row
    was refused.

    `warnings` are rows that were taken and need a look; `loaded_before` is when the same file was
    loaded for the same day already.
    """

    batch: int | None
    accepted: int
    updated: int
    unchanged: int
    complaints: tuple[Complaint, ...]
    unknown_columns: tuple[str, ...] = ()
    warnings: tuple[Complaint, ...] = ()
    loaded_before: dt.datetime | None = None

    @property
    def rejected(self) -> list[dict[str, Any]]:
        """Line, field and reason of every refused row, in the order of the file."""
        return [complaint.as_dict() for complaint in self.complaints]


@transaction.atomic
def ingest_feed(
    *,
    station: Station,
    service_day: dt.date,
    content: bytes,
    file_name: str = "",
    at: dt.datetime,
    by: User | None = None,
    is_dry_run: bool = False,
    on_progress: Progress | None = None,
) -> FeedReport:
    """Announce the packages of one file for one service day, and bring known ones up to date.

    Good rows are saved, bad ones come back as complaints, one each; a file of bad rows alone leaves
    nothing behind. The same bytes for the same
    station and day are one batch. A package that a shop holds is never overwritten; one that is
    planned stays with its shop, and a warning says when its address moved. A dry run gives the same
    answer and writes nothing. Refuses a file that is no feed.

    Holds the station's row, so that two feeds of a station, or a feed and a plan, take turns.
    Memory stays flat; 100,000 rows take about a second and a half.
    """
    sheet = csv_v1.read_feed(content)
    Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    fingerprint = hashlib.sha256(content).hexdigest()
    known = FeedBatch.objects.filter(
        station=station, service_day=service_day, fingerprint=fingerprint
    ).first()
    facts = {
        "station": station.pk,
        "day": service_day,
        "at": at,
        "by": by.pk if by else None,
        "changeable": sorted(BEFORE_THE_DROP),
    }
    complaints = stage(csv_v1.judge(sheet, place_of_zip), sheet.lines, on_progress)
    counts, refused, warnings = compare(facts, is_dry_run=is_dry_run)
    complaints = sorted([*complaints, *refused], key=lambda one: one.line)
    batch = known
    if not is_dry_run and any(counts.values()):
        batch = known or FeedBatch.objects.create(
            station=station,
            service_day=service_day,
            fingerprint=fingerprint,
            file_name=file_name[:200],
            rejected=[asdict(complaint) for complaint in complaints],
            loaded_at=at,
            loaded_by=by,
            **counts,
        )
        write(facts | {"batch": batch.pk}, **counts)
    clear_stage()
    return FeedReport(
        batch=batch.pk if batch and not is_dry_run else None,
        complaints=tuple(complaints),
        unknown_columns=tuple(sheet.unknown_columns),
        warnings=tuple(warnings),
        loaded_before=known.loaded_at if known else None,
        **counts,
    )


def stage(
    judged: Iterable[tuple[int, csv_v1.Judged | Complaint]],
    total: int,
    on_progress: Progress | None,
) -> list[Complaint]:
    """Stream the good rows into a table of this transaction; keep what is wrong with the others."""
    complaints: list[Complaint] = []
    with connection.cursor() as cursor:
        clear_stage()
        cursor.execute(STAGE)
        with cursor.copy(COPY) as copy:
            lines: list[str] = []
            for line, row in judged:
                if isinstance(row, Complaint):
                    complaints.append(row)
                    continue
                lines.append(f"{line}\t{row}\n")
                if len(lines) >= ROWS_A_WRITE:
                    copy.write("".join(lines))
                    lines.clear()
                    if on_progress:
                        on_progress(line, total)
            copy.write("".join(lines))
    if on_progress:
        on_progress(total, total)
    return complaints


def clear_stage() -> None:
    """Forget staged rows; a second feed in one transaction starts anew."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.staged_package, pg_temp.known_package")


def compare(
    facts: dict[str, Any], *, is_dry_run: bool
) -> tuple[dict[str, int], list[Complaint], list[Complaint]]:
    """Tell new rows from known ones: counts, what is refused, and what needs a look."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_REPEATS_OUT)
        refused = [repeated(*row) for row in cursor.fetchall()]
        if not is_dry_run:
            cursor.execute(LOCK, facts)
        cursor.execute(COMPARE, facts)
        cursor.execute(
            "SELECT line, tracking_id, state, service_day FROM known_package"
            " WHERE verdict IN ('beyond', 'planned') ORDER BY line"
        )
        refused += [too_late(*row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT line, known_package.tracking_id, shop.name FROM known_package"
            " JOIN shop ON shop.id = shop_id"
            " WHERE verdict = 'updated' AND has_moved ORDER BY line"
        )
        warnings = [moved_while_planned(*row) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT (SELECT count(*) FROM staged_package) - count(*),"
            " count(*) FILTER (WHERE verdict = 'updated'),"
            " count(*) FILTER (WHERE verdict = 'unchanged') FROM known_package"
        )
        accepted, updated, unchanged = cursor.fetchone()
    counts = {"accepted": accepted, "updated": updated, "unchanged": unchanged}
    return counts, refused, warnings


def repeated(line: int, first_line: int, tracking_id: str) -> Complaint:
    """The complaint about a tracking id that stands higher up in the same file."""
    reason = _("This tracking id is on line %(line)s already; the first row counts.")
    return Complaint(line, "tracking_id", reason % {"line": first_line}, tracking_id)


def too_late(line: int, tracking_id: str, state: str, day: dt.date) -> Complaint:
    """The complaint about a package that a feed may not change any more."""
    if state in BEFORE_THE_DROP:
        reason = _("This package is planned for %(day)s already.") % {"day": day}
    elif state == State.CANCELLED:
        reason = _("This package of %(day)s was cancelled.") % {"day": day}
    else:
        reason = _("This package reached a shop on %(day)s already; it was not changed.") % {
            "day": day
        }
    return Complaint(line, "tracking_id", reason, tracking_id)


def moved_while_planned(line: int, tracking_id: str, shop_name: str) -> Complaint:
    """The warning about a planned package whose address moved."""
    reason = _("The address changed after planning; the package stays with %(shop)s.")
    return Complaint(line, "address1", reason % {"shop": shop_name}, tracking_id)


def write(facts: dict[str, Any], *, accepted: int, updated: int, unchanged: int) -> None:
    """Bring known packages up to date and announce new ones, one event each."""
    with connection.cursor() as cursor:
        if updated:
            cursor.execute(UPDATE, facts)
        if accepted:
            cursor.execute(INSERT, facts)
