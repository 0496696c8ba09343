"""Loading a station's feed: judged row by row, copied into tables, written by a few statements."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from psycopg.errors import UniqueViolation

from hubshops.packages.actions import feed_sql as sql
from hubshops.packages.feeds.csv_v1 import judge, read_feed
from hubshops.packages.models import FeedBatch, Package
from hubshops.packages.rules import BEFORE_THE_DROP, NOT_TAKEN
from hubshops.stations.models import Station
from kernel.accounts.models import User
from kernel.failpoints import failpoint
from kernel.refusals import Refusal
from kernel.sheets import FILE, Cells, Complaint, Content, Sheet, Source
from kernel.zips import place_of_zip

Progress = Callable[[int, int], None]
OnStep = Callable[[str], None]

# What waits for the server fits into the socket, so that it reads on while we judge the next rows.
ROWS_A_WRITE = 400
LINES_A_WORD = 2_000
NO_FACTS = "\t" * 18  # of a row that takes a package off the list
MOST_KEPT_ROWS = 10_000  # refused rows whose cells are kept, so that they can be mended
MOST_REFUSED = 200_000  # rows; a file with more of them is the wrong file, not a list with slips


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What a feed did, or would do when it was a dry run. `batch` is None then, and when every row
    was refused; `version` is the batch's number among those of its day.

    `withdrawn_ids` are the first of those taken off, `warnings` are rows that were taken and need a
    look; `loaded_before` is when the same file was loaded for the same day already.
    """

    batch: int | None
    accepted: int
    updated: int
    unchanged: int
    complaints: tuple[Complaint, ...]
    unknown_columns: tuple[str, ...] = ()
    warnings: tuple[Complaint, ...] = ()
    header: tuple[str, ...] = ()
    loaded_before: dt.datetime | None = None
    withdrawn: int = 0
    withdrawn_ids: tuple[str, ...] = ()
    version: int | None = None

    @property
    def rejected(self) -> list[dict[str, Any]]:
        """Line, field and reason of every refused row, in the order of the file."""
        return [complaint.as_dict() for complaint in self.complaints]


class TooManyRefused(Refusal):
    code = "too_many_refused"
    message = gettext_lazy(
        "More than {most} rows of this file can't be taken, so nothing was loaded. Check"
        " that it is the right file, and that its columns are where the header says."
    )


@transaction.atomic
def ingest_feed(
    *,
    station: Station,
    service_day: dt.date,
    content: Content,
    file_name: str = "",
    at: dt.datetime,
    by: User | None = None,
    mapping: Mapping[str, str] | None = None,
    is_whole_list: bool = False,
    is_dry_run: bool = False,
    number: int | None = None,
    on_progress: Progress | None = None,
    on_step: OnStep | None = None,
) -> FeedReport:
    """Announce the packages of one file for one service day, bring known ones up to date, and take
    off what the file withdraws.

    `content` is bytes, a path or an open file; `mapping` says which of our columns a foreign one
    is. Good rows are saved, bad ones come back as complaints, one each; a file of bad rows alone
    leaves nothing behind. The same bytes for the same station and day are one batch. A package that
    a shop holds is never overwritten nor withdrawn; one that is planned stays with its shop, and a
    warning says when its address moved. When the file is the whole list of the day, what it does
    not name is withdrawn, too. A package that was withdrawn comes back when a later file names
    it. A dry run gives the same answer and writes nothing. `number` is the
    batch's, when its file was given one. Refuses a file that is no feed.

    Holds the station's row while it writes, so that two feeds of a station, or a feed and a plan,
    take turns; a dry run holds nothing, and a file that is merged is read before.
    Memory stays flat; 100,000 rows take about three seconds. `on_step` hears `reading`, `checking`
    and `writing`.
    """
    source = Source(content)
    sheet = read_feed(source, mapping=mapping)
    load = Load(
        batch=FeedBatch(
            pk=number,
            station=station,
            service_day=service_day,
            is_whole_list=is_whole_list,
            fingerprint=source.fingerprint,
            file_name=file_name[:200],
            loaded_at=at,
            loaded_by=by,
        ),
        number=number,
        at=at,
        by=by,
        on_progress=on_progress or (lambda done, total: None),
        on_step=on_step or (lambda step: None),
    )
    of_day = Package.objects.of_day(station, service_day)
    is_straight = not is_dry_run and not of_day.exists()
    if not is_straight:
        load.stage(sheet)
    if not is_dry_run:
        Station.objects.select_for_update(no_key=True).get(pk=station.pk)
    known = load.take_number()
    if is_straight and (known or of_day.exists() or not load.announce_straight(sheet)):
        is_straight = False
        sheet = read_feed(source, mapping=mapping)
        load.stage(sheet)
    if not is_straight:
        load.merge(known, is_dry_run=is_dry_run)
    is_written = not is_dry_run and not load.batch._state.adding
    return FeedReport(
        batch=load.batch.pk if is_written else None,
        version=load.batch.version if is_written else None,
        complaints=tuple(load.rows.complaints),
        unknown_columns=tuple(sheet.unknown_columns),
        warnings=(*sheet.warnings, *load.warnings),
        loaded_before=known.loaded_at if known else None,
        header=tuple(sheet.header),
        withdrawn_ids=tuple(load.withdrawn_ids),
        **load.counts,
    )


class Rows:
    """The judged rows of one file on their way into a table. What is wrong with the others is kept,
    and which packages they name."""

    def __init__(self) -> None:
        self.complaints: list[Complaint] = []
        self.named: list[str] = []
        self.has_nameless = False
        self.told = 0

    def straight(self, sheet: Sheet, tail: str, on_progress: Progress) -> Iterator[str]:
        """The good rows as text for COPY, some hundreds at once, each with `tail` behind it."""
        rows: list[str] = []
        for line, row in judge(sheet, place_of_zip):
            if isinstance(row, str):
                rows.append(row)
            elif isinstance(row, Complaint):
                self.keep(row)
                continue
            else:
                raise NotAllNew
            if len(rows) >= ROWS_A_WRITE:
                rows.append("")
                yield tail.join(rows)
                rows.clear()
                self.tell(line, sheet, on_progress)
        rows.append("")
        yield tail.join(rows)
        on_progress(sheet.lines, sheet.lines)

    def staged(self, sheet: Sheet, on_progress: Progress) -> Iterator[str]:
        """The good rows and the withdrawals as text for COPY, some hundreds at once, each with its
        line."""
        rows: list[str] = []
        for line, row in judge(sheet, place_of_zip):
            if isinstance(row, str):
                rows.append(f"{row}\tf\t{line}\n")
            elif isinstance(row, Complaint):
                self.keep(row)
                continue
            else:
                rows.append(f"{row.tracking_id}{NO_FACTS}\tt\t{line}\n")
            if len(rows) >= ROWS_A_WRITE:
                yield "".join(rows)
                rows.clear()
                self.tell(line, sheet, on_progress)
        yield "".join(rows)
        on_progress(sheet.lines, sheet.lines)

    def tell(self, line: int, sheet: Sheet, on_progress: Progress) -> None:
        """Say how far the file is, but not with every piece: it costs a word to the cache."""
        if line - self.told >= LINES_A_WORD:
            self.told = line
            on_progress(line, sheet.lines)

    def keep(self, complaint: Complaint) -> None:
        """Remember what is wrong with a row; of the first thousands with their cells. Refuses the
        file when there are too many, so that memory has an end."""
        if len(self.complaints) >= MOST_REFUSED:
            raise TooManyRefused(most=f"{MOST_REFUSED:,}")
        tracking_id = complaint.cells[0] if complaint.cells else ""
        if tracking_id:
            self.named.append(tracking_id)
        else:
            self.has_nameless = True
        if len(self.complaints) >= MOST_KEPT_ROWS:
            complaint = replace(complaint, cells=())
        self.complaints.append(complaint)


class NotAllNew(Exception):
    """A file that can't be copied straight into the table of packages."""


@dataclass
class Load:
    """One file on its way into the tables, within the transaction of `ingest_feed`."""

    batch: FeedBatch
    number: int | None
    at: dt.datetime
    by: User | None
    on_progress: Progress
    on_step: OnStep
    rows: Rows = field(default_factory=Rows)
    warnings: list[Complaint] = field(default_factory=list)
    withdrawn_ids: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("accepted", "updated", "unchanged", "withdrawn"), 0)
    )

    def facts(self) -> dict[str, Any]:
        """What the statements take."""
        return {
            "station": self.batch.station_id,
            "day": self.batch.service_day,
            "at": self.at,  # a list that comes again keeps its batch, with the first load's moment
            "by": self.by.pk if self.by else None,
            "batch": self.batch.pk,
            "changeable": sorted(BEFORE_THE_DROP),
            "withdrawable": sorted(BEFORE_THE_DROP | NOT_TAKEN),
            "not_taken": sorted(NOT_TAKEN),
            "is_whole_list": self.batch.is_whole_list and not self.rows.has_nameless,
            "named": self.rows.named,
        }

    def keep_batch(self) -> None:
        """Save the batch as it stands."""
        self.batch.rejected = [asdict(complaint) for complaint in self.rows.complaints]
        for name, count in self.counts.items():
            setattr(self.batch, name, count)
        self.batch.save()

    def take_number(self) -> FeedBatch | None:
        """Number the batch among those of its day; the one of the same file, if there is one."""
        batch = self.batch
        of_day = FeedBatch.objects.filter(station=batch.station, service_day=batch.service_day)
        batch.version = (of_day.aggregate(last=Max("version"))["last"] or 0) + 1
        return of_day.filter(fingerprint=batch.fingerprint).first()

    def announce_straight(self, sheet: Sheet) -> bool:
        """Copy the first file of a day into the table of packages at once: half the work of staging
        it. False, and nothing is written, when one of its packages is known or stands twice."""
        self.on_step("reading")
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                self.keep_batch()
                cursor.execute(sql.DRAW)
                (last,) = cursor.fetchone()
                batch = self.batch
                tail = (
                    f"\t{batch.station_id}\t{batch.service_day}\t{batch.pk}"
                    f"\tANNOUNCED\t0\t{batch.loaded_at.isoformat()}\n"
                )
                with cursor.copy(sql.COPY_TO_PACKAGE) as copy:
                    for piece in self.rows.straight(sheet, tail, self.on_progress):
                        copy.write(piece)
                self.counts["accepted"] = cursor.rowcount
                if not cursor.rowcount:
                    raise NotAllNew
                failpoint("feed_copied")
                self.on_step("writing")
                cursor.execute(sql.LAST_DRAWN)
                (until,) = cursor.fetchone()
                # Somebody else may have drawn numbers between ours; then ours have to be looked up.
                is_run = until - last == self.counts["accepted"]
                announce = sql.ANNOUNCE_RUN if is_run else sql.ANNOUNCE
                cursor.execute(announce, self.facts() | {"last": last, "until": until})
                self.keep_batch()
        except (UniqueViolation, NotAllNew):
            self.batch.pk = self.number
            self.batch._state.adding = True
            self.rows, self.counts["accepted"] = Rows(), 0
            return False
        return True

    def merge(self, known: FeedBatch | None, *, is_dry_run: bool) -> None:
        """Tell the staged rows that are new from known ones, and write what is to be written."""
        self.on_step("checking")
        self.compare(is_dry_run=is_dry_run)
        if known:
            known.is_whole_list = self.batch.is_whole_list
            self.batch = known
        if not is_dry_run and any(self.counts.values()):
            if not known:
                self.keep_batch()
            self.on_step("writing")
            self.write()
        with connection.cursor() as cursor:
            cursor.execute(sql.FORGET)

    def stage(self, sheet: Sheet) -> None:
        """Stream the good rows into a table of this transaction."""
        self.on_step("reading")
        with connection.cursor() as cursor:
            cursor.execute(sql.FORGET)  # a second feed in one transaction starts anew
            cursor.execute(sql.STAGE)
            with cursor.copy(sql.COPY_TO_STAGE) as copy:
                for piece in self.rows.staged(sheet, self.on_progress):
                    copy.write(piece)
            cursor.execute(sql.ANALYZE)

    def compare(self, *, is_dry_run: bool) -> None:
        """Tell new rows from known ones: counts, what is refused, and what needs a look."""
        facts = self.facts()
        with connection.cursor() as cursor:
            cursor.execute(sql.TAKE_REPEATS_OUT)
            refused = [repeated(*row) for row in cursor.fetchall()]
            cursor.execute(sql.COMPARE, facts)
            if not is_dry_run:
                cursor.execute(sql.LOCK)
                if cursor.rowcount:  # a phone may have moved one of them meanwhile
                    cursor.execute(sql.FORGET_COMPARED)
                    cursor.execute(sql.COMPARE, facts)
            cursor.execute(sql.REFUSED)
            refused += [too_late(*row) for row in cursor.fetchall()]
            cursor.execute(sql.MOVED)
            self.warnings = [moved_while_planned(*row) for row in cursor.fetchall()]
            cursor.execute(sql.COUNT)
            self.counts = dict(zip(self.counts, cursor.fetchone(), strict=True))
            cursor.execute(sql.FIRST_WITHDRAWN)
            self.withdrawn_ids = [tracking_id for (tracking_id,) in cursor.fetchall()]
            cursor.execute(sql.STAYING, facts)
            (staying,) = cursor.fetchone()
        self.warnings += about_whole_list(
            staying, is_held_back=self.batch.is_whole_list and self.rows.has_nameless
        )
        for complaint in refused:
            self.rows.keep(complaint)
        self.rows.complaints.sort(key=lambda one: one.line)

    def write(self) -> None:
        """Bring known packages up to date, take off what is withdrawn, announce new ones; one event
        each."""
        facts = self.facts()
        with connection.cursor() as cursor:
            if self.counts["updated"]:
                cursor.execute(sql.UPDATE, facts)
            if self.counts["withdrawn"]:
                cursor.execute(sql.WITHDRAW, facts)
            if self.counts["accepted"]:
                cursor.execute(sql.LAST_PACKAGE)
                (last,) = cursor.fetchone()
                cursor.execute(sql.BRING_BACK, facts)
                cursor.execute(sql.INSERT, facts)
                failpoint("feed_inserted")
                cursor.execute(sql.ANNOUNCE, facts | {"last": last})


def kept_cells(cells: list[str | None]) -> Cells:
    """A staged row as the file told it."""
    return tuple(cell or "" for cell in cells)


def repeated(line: int, first_line: int, cells: list[str | None]) -> Complaint:
    """The complaint about a tracking id that stands higher up in the same file."""
    reason = _(
        "This tracking id is on line %(line)s already; the first row counts. Take one of them out."
    )
    return Complaint(
        line, "tracking_id", reason % {"line": first_line}, cells[0] or "", kept_cells(cells)
    )


def too_late(
    line: int, verdict: str, state: str, day: dt.date | None, cells: list[str | None]
) -> Complaint:
    """The complaint about a package that a feed may not change or take off."""
    if verdict == "unknown":
        reason = _("Nobody announced this package, so there is nothing to take off the list.")
    elif verdict == "other_day":
        reason = _("This package is on the list of %(day)s. Send this row for that day.")
    elif verdict == "stays":
        reason = _(
            "This package reached a shop on %(day)s already; it can't be taken off the list."
        )
    elif state in BEFORE_THE_DROP:
        reason = _("This package is planned for %(day)s already. Take it off that list first.")
    elif state in NOT_TAKEN:
        reason = _("No shop took this package on %(day)s. Send it for another day.")
    else:
        reason = _("This package reached a shop on %(day)s already; it was not changed.")
    return Complaint(line, "tracking_id", reason % {"day": day}, cells[0] or "", kept_cells(cells))


def moved_while_planned(line: int, tracking_id: str, shop_name: str) -> Complaint:
    """The warning about a planned package whose address moved."""
    reason = _("The address changed after planning; the package stays with %(shop)s.")
    return Complaint(line, "address1", reason % {"shop": shop_name}, tracking_id)


def about_whole_list(staying: int, *, is_held_back: bool) -> list[Complaint]:
    """The warnings about what a whole list does not name and still is not taken off."""
    warnings = []
    if is_held_back:
        reason = _(
            "A row without a readable tracking id may name any package, so nothing that is missing"
            " here was taken off. Mend the row and send the list again."
        )
        warnings.append(Complaint(1, FILE, reason))
    if staying:
        reason = ngettext(
            "%(count)s package that this list does not name reached a shop already; it stays.",
            "%(count)s packages that this list does not name reached a shop already; they stay.",
            staying,
        )
        warnings.append(Complaint(1, FILE, reason % {"count": staying}))
    return warnings
