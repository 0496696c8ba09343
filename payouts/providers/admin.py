"""Payout accounts for repairs, payment files for reading."""

from django.contrib import admin

from kernel.repairs import ReadOnlyAdmin, RepairAdmin
from payouts.providers.models import PaymentFile, PaymentLine, PayoutAccount


@admin.register(PayoutAccount)
class PayoutAccountAdmin(RepairAdmin):
    list_display = ["shop", "gateway", "payee_reference", "hold_reason"]
    list_filter = ["gateway"]
    search_fields = ["shop__name", "payee_reference"]
    readonly_fields = ["shop"]


@admin.register(PaymentFile)
class PaymentFileAdmin(ReadOnlyAdmin):
    list_display = ["number", "made_at", "bank_reference", "confirmed_at"]
    search_fields = ["number"]


@admin.register(PaymentLine)
class PaymentLineAdmin(ReadOnlyAdmin):
    list_display = ["file", "key", "payee_reference", "amount_cents"]
    search_fields = ["key"]
