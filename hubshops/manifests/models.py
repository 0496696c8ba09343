"""Numbered lists of packages given to one shop for one service day."""

from django.db import models
from django.db.models import Q

from hubshops.packages.models import Package
from hubshops.shops.models import Shop


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

    objects = ManifestQuerySet.as_manager()

    class Meta:
        db_table = "manifest"
        ordering = ["-service_day", "shop"]
        constraints = [
            models.UniqueConstraint(fields=["shop", "service_day"], name="manifest_once_a_shop_day")
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"


class ManifestLine(models.Model):
    """One package on one manifest. Law: a package is on at most one manifest at a time; a withdrawn
    line stays readable with the version that withdrew it."""

    manifest = models.ForeignKey(Manifest, on_delete=models.CASCADE, related_name="lines")
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="manifest_lines")
    stop = models.PositiveSmallIntegerField()
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
            )
        ]

    def __str__(self) -> str:
        return f"{self.stop}: {self.package_id}"
