"""Payout accounts, for superusers' repairs."""

from django.contrib import admin

from kernel.web.admin import RepairAdmin
from payouts.providers.models import PayoutAccount


@admin.register(PayoutAccount)
class PayoutAccountAdmin(RepairAdmin):
    list_display = ["shop", "gateway", "payee_reference", "hold_reason"]
    search_fields = ["shop__name", "payee_reference"]
    raw_id_fields = ["shop"]
