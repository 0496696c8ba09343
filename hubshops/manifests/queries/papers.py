"""What stands on a manifest's paper, and the papers drawn ahead."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from hubshops.manifests import rules
from hubshops.manifests.models import Manifest, ManifestLine, StoredPaper
from hubshops.shops.models import Membership

KEEP_PAPER = dt.timedelta(days=7)  # a paper with names on it is destroyed after a week


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One package on paper: a first name and an initial, never a phone number."""

    stop: int
    address1: str
    unit: str
    name: str
    instructions: str
    requires: str
    tracking_id: str
    added_in: int
    code: str  # of its stop, for the QR code
    window: str = ""
    tour: int = 1


@dataclass(frozen=True, slots=True)
class OffRow:
    """A package taken off the list after an earlier version."""

    stop: int
    address1: str
    tracking_id: str
    withdrawn_in: int


@dataclass(frozen=True, slots=True)
class ManifestPaper:
    """Everything that stands on a printed manifest. `address` is what comes before a stop's code in
    its QR code."""

    number: str
    version: int
    shop_name: str
    shop_address: str
    station: str
    service_day: dt.date
    destroy_by: dt.date
    stops: int
    rows: tuple[PaperRow, ...]
    address: str
    taken_off: tuple[OffRow, ...] = ()
    helpers: tuple[tuple[int, str], ...] = ()  # of a day that is split: tour and who goes on it

    def address_of(self, row: PaperRow) -> str:
        """Where the QR code of a row's stop leads."""
        return self.address + row.code


def paper_of(manifest: Manifest) -> ManifestPaper:
    """The facts of a manifest's paper. Two queries, three for a manifest that was changed."""
    shop = manifest.shop
    rows = paper_rows(manifest)
    return ManifestPaper(
        number=manifest.number,
        version=manifest.version,
        shop_name=shop.name,
        shop_address=f"{shop.address1}, {shop.city}, {shop.state} {shop.postal_code}",
        station=str(shop.station),
        service_day=manifest.service_day,
        destroy_by=manifest.service_day + KEEP_PAPER,
        stops=len({row.stop for row in rows}),
        rows=rows,
        address=rules.paper_address(settings.PUBLIC_URL),
        taken_off=off_rows(manifest),
        helpers=helpers_of(manifest),
    )


def paper_rows(manifest: Manifest) -> tuple[PaperRow, ...]:
    """The packages on a paper in the order of the tour. One query."""
    lines = ManifestLine.objects.filter(manifest=manifest, withdrawn_in=None).order_by(
        "tour", "stop", "package__address1", "package__address2", "package__tracking_id"
    )
    return tuple(paper_row(line) for line in lines.values_list(*PAPER_COLUMNS, named=True))


PAPER_COLUMNS = (
    "pk",
    "tour",
    "stop",
    "added_in",
    "package__address1",
    "package__address2",
    "package__recipient_name",
    "package__instructions",
    "package__requires",
    "package__tracking_id",
    "package__deliver_from",
    "package__deliver_until",
)


def paper_row(line: Any) -> PaperRow:
    """One line of a paper with the recipient's name cut to what a door needs."""
    return PaperRow(
        stop=line.stop,
        address1=line.package__address1,
        unit=line.package__address2,
        name=rules.short_name(line.package__recipient_name),
        instructions=line.package__instructions,
        requires=line.package__requires,
        tracking_id=line.package__tracking_id,
        added_in=line.added_in,
        code=rules.stop_code(line.pk, line.stop),
        tour=line.tour,
        window=rules.window(line.package__deliver_from, line.package__deliver_until),
    )


def helpers_of(manifest: Manifest) -> tuple[tuple[int, str], ...]:
    """Who goes on which tour of a day that is split. One query."""
    tours = manifest.tours.order_by("number").select_related("helper")
    return tuple((tour.number, str(tour.helper)) for tour in tours)


def off_rows(manifest: Manifest) -> tuple[OffRow, ...]:
    """The packages taken off a list, the latest first; one that came back is left out. One query,
    none for a manifest that never changed."""
    if manifest.version == 1:
        return ()
    standing = ManifestLine.objects.filter(manifest=manifest, withdrawn_in=None)
    lines = (
        ManifestLine.objects.filter(manifest=manifest, withdrawn_in__isnull=False)
        .exclude(package__in=standing.values("package"))
        .order_by("-withdrawn_in", "stop", "package__tracking_id")
        .values_list("stop", "package__address1", "package__tracking_id", "withdrawn_in")
    )
    return tuple(OffRow(*line) for line in lines)


def stored_paper(manifest: Manifest, fingerprint: str) -> bytes | None:
    """The manifest's paper drawn ahead from exactly these facts, or None. One query."""
    papers = StoredPaper.objects.filter(manifest=manifest, fingerprint=fingerprint)
    found = papers.values_list("content", flat=True).first()
    return bytes(found) if found else None


def paper_languages(manifest: Manifest) -> list[str]:
    """The languages that the shop's people read. One query."""
    people = Membership.objects.current().filter(shop=manifest.shop_id)
    spoken = set(people.values_list("user__language", flat=True))
    return sorted(spoken & set(dict(settings.LANGUAGES))) or [settings.LANGUAGE_CODE]
