"""Feeds, packages and their events, for reading: only `packages.actions` writes them."""

from django.contrib import admin

from hubshops.packages.models import FeedBatch, Package, PackageEvent
from kernel.repairs import ReadOnlyAdmin


@admin.register(FeedBatch)
class FeedBatchAdmin(ReadOnlyAdmin):
    list_display = ["station", "service_day", "accepted", "updated", "unchanged", "loaded_at"]
    list_filter = ["station"]


@admin.register(Package)
class PackageAdmin(ReadOnlyAdmin):
    list_display = ["tracking_id", "station", "service_day", "state", "shop", "attempts"]
    list_filter = ["station", "state"]
    search_fields = ["tracking_id"]


@admin.register(PackageEvent)
class PackageEventAdmin(ReadOnlyAdmin):
    list_display = ["package", "kind", "to_state", "shop", "happened_at", "received_at"]
    list_filter = ["kind"]
    search_fields = ["=package__tracking_id"]
