"""Decisions, for reading."""

from django.contrib import admin

from kernel.audit.models import Decision
from kernel.repairs import ReadOnlyAdmin


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ["at", "by", "action", "subject", "subject_id"]
    list_filter = ["action"]
    search_fields = ["subject_id"]
