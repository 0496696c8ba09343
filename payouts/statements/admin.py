"""Statements, for reading."""

from django.contrib import admin

from kernel.repairs import ReadOnlyAdmin
from payouts.statements.models import Statement


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    list_display = ["number", "shop", "first_day", "last_day", "paid_cents", "issued_at"]
    search_fields = ["number", "shop__name"]
