"""Stations, for repairs."""

from django.contrib import admin

from hubshops.stations.models import Station
from kernel.repairs import RepairAdmin


@admin.register(Station)
class StationAdmin(RepairAdmin):
    list_display = ["code", "name", "city", "zone", "cutoff_time", "plans_at", "drops_from"]
    search_fields = ["code", "name"]
    readonly_fields = ["code", "opened_at"]
