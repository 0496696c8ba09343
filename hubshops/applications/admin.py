"""Applications, for repairs."""

from django.contrib import admin

from hubshops.applications.models import Application, ApplicationEvent
from kernel.repairs import ReadOnlyAdmin, RepairAdmin


@admin.register(Application)
class ApplicationAdmin(RepairAdmin):
    list_display = ["name", "city", "state", "status", "station", "submitted_at"]
    list_filter = ["status", "station"]
    search_fields = ["name", "email", "reference"]
    readonly_fields = [
        "reference",
        "status",
        "findings",
        "submitted_at",
        "screened_at",
        "decided_at",
        "decided_by",
        "decision_reason",
        "shop",
    ]


@admin.register(ApplicationEvent)
class ApplicationEventAdmin(ReadOnlyAdmin):
    list_display = ["application", "kind", "at", "by"]
    list_filter = ["kind"]
