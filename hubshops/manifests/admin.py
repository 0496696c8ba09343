"""Manifests, for reading."""

from django.contrib import admin

from hubshops.manifests.models import Manifest, ManifestLine
from kernel.repairs import ReadOnlyAdmin


@admin.register(Manifest)
class ManifestAdmin(ReadOnlyAdmin):
    list_display = ["number", "shop", "service_day", "version", "published_at"]
    search_fields = ["number", "shop__name"]


@admin.register(ManifestLine)
class ManifestLineAdmin(ReadOnlyAdmin):
    list_display = ["manifest", "stop", "package", "added_in", "withdrawn_in"]
    search_fields = ["=package__tracking_id"]
