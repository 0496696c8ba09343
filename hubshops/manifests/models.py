"""Numbered lists of packages given to one shop for one service day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _

from hubshops.packages.models import Package
from hubshops.shops.models import Shop
from hubshops.stations.models import Station


class ManifestQuerySet(models.QuerySet["Manifest"]):
    def of_day(self, shop: Shop, day: object) -> "ManifestQuerySet":
        """The manifest of one shop-day, if it was published."""
        return self.filter(shop=shop, service_day=day)


class Manifest(models.Model):
    """What one shop is asked to deliver on one service day. Laws: one manifest a shop-day; a change
    after publishing is a new version of it."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="manifests")
    service_day = models.DateField()
    number = models.CharField(max_length=90, unique=True)
    version = models.PositiveSmallIntegerField(default=1)
    published_at = models.DateTimeField()
    has_own_order = models.BooleanField(
        default=False, help_text=_("whether the shop put its stops into an order of its own")
    )

    objects = ManifestQuerySet.as_manager()

    class Meta:
        db_table = "manifest"
        ordering = ["-service_day", "shop"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "service_day"], name="manifest_once_a_shop_day")
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"


class VersionCause(models.TextChoices):
    PUBLISHED = "published", _("Packages came or went")
    OWN_ORDER = "own_order", _("The shop changed the order")
    SHORTEST = "shortest", _("Back to the shortest tour")
    SHARED = "shared", _("Shared among people")
    JOINED = "joined", _("One tour again")


class ManifestVersion(models.Model):
    """What one publication brought and took, or how a shop ordered or shared its stops. Laws: a
    manifest's versions are numbered from one without a gap (each but the first follows one that
    exists); only publishing brings or takes packages; a version that was published is never
    changed or deleted (trigger)."""

    manifest = models.ForeignKey(
        Manifest, on_delete=models.PROTECT, related_name="versions", db_index=False
    )
    version = models.PositiveSmallIntegerField()
    follows = models.GeneratedField(
        expression=NullIf(F("version") - 1, 0),
        output_field=models.PositiveSmallIntegerField(null=True),
        db_persist=True,
    )
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, db_index=False
    )
    cause = models.CharField(
        max_length=20,
        choices=VersionCause.choices,
        default=VersionCause.PUBLISHED,
        db_default=VersionCause.PUBLISHED,
    )
    helpers = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        help_text=_("keys of the people who share the stops"),
    )
    added = models.PositiveIntegerField(help_text=_("packages that came"))
    withdrawn = models.PositiveIntegerField(help_text=_("packages that were taken off"))
    packages = models.PositiveIntegerField(help_text=_("packages on it then"))
    stops = models.PositiveIntegerField(help_text=_("stops on it then"))

    class Meta:
        db_table = "manifest_version"
        ordering = ["manifest", "version"]
        constraints = [
            models.UniqueConstraint(fields=["manifest", "version"], name="manifest_version_once"),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="manifest_versions_start_at_one"
            ),
            models.CheckConstraint(
                condition=Q(cause__in=VersionCause.values), name="manifest_version_cause_is_known"
            ),
            models.CheckConstraint(
                condition=Q(cause="published") | Q(added=0, withdrawn=0),
                name="manifest_version_only_publishing_brings",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manifest_id} v{self.version}"


class ManifestLine(models.Model):
    """One package on one manifest. Law: a package is on at most one manifest at a time; a withdrawn
    line stays readable with the version that withdrew it."""

    manifest = models.ForeignKey(Manifest, on_delete=models.CASCADE, related_name="lines")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="manifest_lines")
    stop = models.PositiveSmallIntegerField()
    tour = models.PositiveSmallIntegerField(default=1)
    added_in = models.PositiveSmallIntegerField(default=1)
    withdrawn_in = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "manifest_line"
        ordering = ["manifest", "stop", "package"]
        constraints = [
            models.UniqueConstraint(
                fields=["package"],
                condition=Q(withdrawn_in=None),
                name="package_on_one_manifest",
            ),
            models.CheckConstraint(condition=Q(tour__gte=1), name="manifest_line_is_on_a_tour"),
        ]

    def __str__(self) -> str:
        return f"{self.stop}: {self.package_id}"


class Tour(models.Model):
    """The stops of a manifest that one person takes, when a shop split its day. A manifest without
    rows here is one tour. Laws: a tour's number is once a manifest, a person has one tour of it."""

    manifest = models.ForeignKey(
        Manifest, on_delete=models.CASCADE, related_name="tours", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tours"
    )

    class Meta:
        db_table = "tour"
        ordering = ["manifest", "number"]
        constraints = [
            models.UniqueConstraint(fields=["manifest", "number"], name="tour_once"),
            models.UniqueConstraint(fields=["manifest", "helper"], name="tour_once_a_person"),
            models.CheckConstraint(condition=Q(number__gte=1), name="tours_start_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.manifest_id} tour {self.number}"


class StreetPreference(models.Model):
    """A street's place in the order a shop likes, learned from its last own order. Laws: a street
    is remembered once a shop, a place in the sequence is one street's."""

    shop = models.ForeignKey(
        Shop, on_delete=models.CASCADE, related_name="street_preferences", db_index=False
    )
    street = models.CharField(max_length=120)
    rank = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "street_preference"
        ordering = ["shop", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "street"], name="street_preference_once"),
            models.UniqueConstraint(fields=["shop", "rank"], name="street_preference_rank_once"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.rank}: {self.street}"


class StoredPaper(models.Model):
    """A version's PDF in one language, drawn ahead by a job. `fingerprint` is of the facts that
    stand on it: a paper whose facts changed is never handed out. It carries names, so it is
    forgotten with the day it must be destroyed by. Law: one a version and language."""

    manifest = models.ForeignKey(
        Manifest, on_delete=models.CASCADE, related_name="papers", db_index=False
    )
    version = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=10)
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of the facts"))
    content = models.BinaryField()
    drawn_at = models.DateTimeField()
    destroy_by = models.DateField(db_index=True)

    class Meta:
        db_table = "manifest_paper"
        ordering = ["manifest", "version", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["manifest", "version", "language"], name="manifest_paper_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.manifest_id} v{self.version} {self.language}"


class RingCause(models.TextChoices):
    NO_PLAN = "no_plan", _("The day is not planned")
    NO_MANIFEST = "no_manifest", _("The shop has no manifest")
    INCOMPLETE = "incomplete", _("The manifest misses packages")


class Ring(models.Model):
    """The watchdog's alarm about a morning: a station without a plan (no shop named), or a shop
    whose packages are not on its manifest. Law: one a station or shop and day; it closes when the
    day is published, and opens again without a second letter."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="rings")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, null=True, related_name="rings")
    service_day = models.DateField()
    cause = models.CharField(max_length=20, choices=RingCause.choices)
    packages = models.PositiveIntegerField(help_text=_("packages it is about"))
    rang_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "manifest_ring"
        ordering = ["-service_day", "station", "shop"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "shop", "service_day"],
                name="ring_once_a_shop_day",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(cause__in=RingCause.values), name="ring_cause_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop or self.station} {self.service_day}: {self.get_cause_display()}"
