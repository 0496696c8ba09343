"""Who delivers what, for reading."""

from django.contrib import admin

from hubshops.assignment.models import Assignment
from kernel.repairs import ReadOnlyAdmin


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ["package", "shop", "service_day", "slot", "cap", "distance_m"]
    search_fields = ["=package__tracking_id"]
