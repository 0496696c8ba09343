"""Fees earned, for reading."""

from django.contrib import admin

from kernel.repairs import ReadOnlyAdmin
from payouts.accruals.models import Accrual


@admin.register(Accrual)
class AccrualAdmin(ReadOnlyAdmin):
    list_display = ["delivery", "kind", "shop", "delivered_on", "amount_cents"]
    list_filter = ["kind"]
