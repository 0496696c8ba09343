"""Packages, the feeds that announce them and the events that happen to them."""

from typing import NamedTuple

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hubshops.packages.rules import IN_CUSTODY, EventKind, State
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel.models import TransactionNumber


class FeedBatch(models.Model):
    """One file of packages for one service day, as the station sent it. Laws: the same bytes for
    the same station and day are one batch; the batches of a station's day are numbered from 1.

    A later batch adds to the day. What it takes off the list is `withdrawn`: rows that say so, and,
    when it was sent as the whole list (`is_whole_list`), what it does not name.
    """

    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="batches")
    service_day = models.DateField()
    version = models.PositiveIntegerField(help_text=_("1 is the day's first file"))
    is_whole_list = models.BooleanField(default=False)
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of the file"))
    file_name = models.CharField(max_length=200, blank=True)
    accepted = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    rejected = models.JSONField(
        default=list, help_text=_("line, field, reason, found and cells per bad row")
    )
    loaded_at = models.DateTimeField()
    loaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by"
    )

    class Meta:
        db_table = "feed_batch"
        ordering = ["-loaded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "service_day", "fingerprint"], name="feed_batch_once"
            ),
            models.UniqueConstraint(
                fields=["station", "service_day", "version"], name="feed_batch_version_once"
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="feed_batch_version_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station.code} {self.service_day}"


class UploadStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    LOOKED_AT = "looked_at", _("Looked at, not loaded")
    LOADING = "loading", _("Being loaded")
    LOADED = "loaded", _("Loaded")
    REFUSED = "refused", _("Refused")
    PUT_ASIDE = "put_aside", _("Put aside")


UNDER_WAY = [UploadStatus.RECEIVED, UploadStatus.LOOKED_AT, UploadStatus.LOADING]


class FeedUpload(models.Model):
    """A station's file as it came in: the very bytes, how far they are, and what a dry run said. It
    is kept a day. Its number is drawn from the batches', so it is known from the first moment by
    the id of the batch it becomes. Laws: the same bytes for the same station and day are one file;
    what is loaded is its own batch; what is refused says why."""

    id = models.BigIntegerField(primary_key=True)
    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="uploads", db_index=False
    )
    service_day = models.DateField()
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of the file"))
    file_name = models.CharField(max_length=200)
    content = models.BinaryField()
    size = models.PositiveIntegerField(help_text=_("bytes"))
    is_whole_list = models.BooleanField(default=False, help_text=_("withdraws what it lacks"))
    status = models.CharField(
        max_length=10, choices=UploadStatus.choices, default=UploadStatus.RECEIVED
    )
    status_at = models.DateTimeField()
    looks = models.PositiveIntegerField(default=0, help_text=_("dry runs so far"))
    header = models.JSONField(default=list, help_text=_("the file's column names, as spelt"))
    report = models.JSONField(null=True, help_text=_("the last dry run's answer"))
    problem = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    batch = models.OneToOneField(FeedBatch, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "feed_upload"
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "service_day", "fingerprint"], name="feed_upload_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=UploadStatus.values), name="feed_upload_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(batch=None) | Q(batch=F("id")), name="feed_upload_is_its_batch"
            ),
            models.CheckConstraint(
                condition=Q(status=UploadStatus.LOADED, batch__isnull=False)
                | (~Q(status=UploadStatus.LOADED) & Q(batch=None)),
                name="feed_upload_loaded_has_its_batch",
            ),
            models.CheckConstraint(
                condition=(Q(status=UploadStatus.REFUSED) & ~Q(problem=""))
                | (~Q(status=UploadStatus.REFUSED) & Q(problem="")),
                name="feed_upload_refused_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ColumnMapping(models.Model):
    """What a station means by a name in its header: one of our columns, or nothing (empty). Staff
    said so once; every later file of the station is read by it. Law: a name means one thing."""

    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="column_mappings", db_index=False
    )
    header = models.CharField(max_length=80, help_text=_("in small letters"))
    column = models.CharField(max_length=20, blank=True, help_text=_("empty: not used"))
    agreed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "column_mapping"
        ordering = ["station", "header"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "header"], name="column_mapping_header_once"
            ),
            models.CheckConstraint(condition=~Q(header=""), name="column_mapping_has_a_header"),
        ]

    def __str__(self) -> str:
        return f"{self.header} → {self.column or '–'}"


class Requirement(models.TextChoices):
    NONE = "", _("nothing")
    SIGNATURE = "signature", _("a signature")
    CODE = "code", _("a code")


class Look(NamedTuple):
    """How pages say a state: always a word and an icon, the colour beside them."""

    text: object
    icon: str
    tone: str


# The one vocabulary of states, for shops and staff alike.
LOOKS: dict[str, Look] = {
    State.ANNOUNCED: Look(_("Announced"), "file-up", ""),
    State.ASSIGNED: Look(_("Planned"), "store", ""),
    State.MANIFESTED: Look(_("Coming with the van"), "truck", ""),
    State.AT_SHOP: Look(_("At the shop"), "package-check", "info"),
    State.OUT_FOR_DELIVERY: Look(_("Out for delivery"), "bike", "info"),
    State.DELIVERED: Look(_("Delivered"), "circle-check", "good"),
    State.ATTEMPTED: Look(_("Try again"), "rotate-cw", "warn"),
    State.RETURN_PENDING: Look(_("To give back"), "undo-2", "warn"),
    State.RETURNED_TO_STATION: Look(_("Back at the station"), "warehouse", ""),
    State.MISSING: Look(_("Missing"), "circle-question-mark", "bad"),
    State.SHORT: Look(_("Did not come with the van"), "package-minus", "warn"),
    State.REJECTED_AT_DROP: Look(_("Not taken at the drop"), "package-x", "warn"),
    State.CANCELLED: Look(_("Taken off the list"), "circle-slash", ""),
}


EVENT_LOOKS: dict[str, Look] = {
    EventKind.ANNOUNCED: Look(_("Announced by the station"), "file-up", ""),
    EventKind.CHANGED: Look(_("Changed by the station"), "file-pen", ""),
    EventKind.WITHDRAWN: Look(_("Taken off the list by the station"), "circle-slash", "warn"),
    EventKind.ASSIGNED: Look(_("Planned for the shop"), "store", ""),
    EventKind.UNASSIGNED: Look(_("Taken off its shop"), "store", "warn"),
    EventKind.MANIFESTED: Look(_("Put on the manifest"), "list-checks", ""),
    EventKind.RECEIVED: Look(_("Counted in"), "package-check", "info"),
    EventKind.LOADED: Look(_("Taken along"), "bike", "info"),
    EventKind.DELIVERED: Look(_("Delivered"), "circle-check", "good"),
    EventKind.DELIVERED_AGAIN: Look(_("Delivered again, without a fee"), "copy-check", "warn"),
    EventKind.ATTEMPTED: Look(_("Not delivered"), "rotate-cw", "warn"),
    EventKind.ATTEMPTED_TOO: Look(_("Another phone said: not delivered"), "split", "warn"),
    EventKind.RETURNED: Look(_("Given back to the station"), "undo-2", ""),
    EventKind.AMENDED: Look(_("Corrected"), "pencil", "info"),
    EventKind.SHORT: Look(_("Did not come with the van"), "package-minus", "warn"),
    EventKind.REJECTED: Look(_("Not taken at the drop"), "package-x", "warn"),
}
HELD = sorted(state.value for state in IN_CUSTODY)


class PackageQuerySet(models.QuerySet["Package"]):
    def of_day(self, station: Station, day: object) -> "PackageQuerySet":
        """The packages of one station's service day."""
        return self.filter(station=station, service_day=day)

    def unplaced(self) -> "PackageQuerySet":
        """Announced, and no shop has them yet."""
        return self.filter(state=State.ANNOUNCED)


class Package(models.Model):
    """One labelled thing with one tracking id. `state`, `shop`, `attempts` and `last_event_at` are
    a projection of its events, written only by `packages.actions`. Laws: a tracking id is one
    package at a station; a package is never deleted (trigger)."""

    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="packages", db_index=False
    )
    service_day = models.DateField()
    tracking_id = models.CharField(max_length=40)
    recipient_name = models.CharField(max_length=120)
    address1 = models.CharField(max_length=120)
    address2 = models.CharField(max_length=60, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state_code = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=10)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    is_placed_by_zip = models.BooleanField(default=False)
    phone = models.CharField(max_length=30, blank=True)
    instructions = models.CharField(max_length=300, blank=True)
    weight_g = models.PositiveIntegerField(null=True)
    length_mm = models.PositiveIntegerField(null=True)
    width_mm = models.PositiveIntegerField(null=True)
    height_mm = models.PositiveIntegerField(null=True)
    requires = models.CharField(max_length=10, blank=True, choices=Requirement.choices)
    deliver_from = models.TimeField(null=True, help_text=_("not before, by the station's clock"))
    deliver_until = models.TimeField(null=True, help_text=_("not after, by the station's clock"))
    batch = models.ForeignKey(
        FeedBatch, on_delete=models.PROTECT, related_name="packages", db_index=False
    )
    state = models.CharField(max_length=20, default=State.ANNOUNCED)
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, null=True, related_name="packages", db_index=False
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    last_event_at = models.DateTimeField()

    objects = PackageQuerySet.as_manager()

    class Meta:
        db_table = "package"
        ordering = ["tracking_id"]
        indexes = [
            models.Index(fields=["station", "service_day", "state"], name="package_day"),
            models.Index(
                fields=["shop", "service_day"],
                name="package_shop_day",
                condition=Q(shop__isnull=False),
            ),
            models.Index(
                fields=["shop", "service_day"],
                name="package_held",
                condition=Q(state__in=HELD),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "tracking_id"], name="package_tracking_id_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values()), name="package_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="package_is_on_the_globe",
            ),
            models.CheckConstraint(
                condition=Q(deliver_from=None)
                | Q(deliver_until=None)
                | Q(deliver_from__lt=F("deliver_until")),
                name="package_window_is_a_span",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["ANNOUNCED", "CANCELLED"]) | Q(shop__isnull=False),
                name="package_under_way_has_a_shop",
            ),
        ]

    def __str__(self) -> str:
        return self.tracking_id

    @property
    def look(self) -> Look:
        """The package's state in words, with icon and tone, for `components/tag.html`."""
        return LOOKS[self.state]


class PackageEvent(models.Model):
    """A time-stamped fact about a package. Laws: append-only (trigger); an act of a phone, known by
    the id the phone gave it, is one event. `id` is the station's cursor.

    That its package exists is held by who writes here (the statement that writes the package, one
    that joins it, or one behind a COPY of as many packages as numbers were drawn) and by packages
    never being deleted: checking a key an event would cost a fifth of loading a feed. That what it
    amends exists is held by `move_custody`, and by events never being deleted. Shop and person have
    a trigger each way in place of a key: the same check, of the events that have one.
    """

    act_id = models.UUIDField(null=True)
    package = models.ForeignKey(
        Package,
        on_delete=models.PROTECT,
        related_name="events",
        db_index=False,
        db_constraint=False,
    )
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=20)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    happened_at = models.DateTimeField(help_text=_("the phone's clock"))
    received_at = models.DateTimeField(help_text=_("our clock"))
    counted_at = models.DateTimeField(help_text=_("the moment that counts for day and fee"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        db_constraint=False,
    )
    reason = models.CharField(max_length=20, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    note = models.CharField(max_length=500, blank=True)
    amends = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False
    )
    device_id = models.UUIDField(null=True, help_text=_("the phone that wrote it"))
    device_sequence = models.BigIntegerField(null=True, help_text=_("its how-manieth act"))
    proof_id = models.UUIDField(null=True, help_text=_("the act whose photo it shares"))
    written_in = models.BigIntegerField(
        db_default=TransactionNumber(), help_text=_("the transaction that wrote it")
    )

    class Meta:
        db_table = "package_event"
        ordering = ["pk"]
        indexes = [
            models.Index(F("package"), F("id"), name="package_event_history"),
            # Events are only added, so their transactions rise along the table.
            BrinIndex(
                fields=["written_in"],
                name="package_event_written_in",
                pages_per_range=128,
                autosummarize=True,
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["act_id"],
                condition=Q(act_id__isnull=False),
                name="package_event_act_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EventKind.values()), name="package_event_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(to_state__in=State.values()), name="package_event_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.to_state}"
