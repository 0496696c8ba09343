"""Pay runs, for reading."""

from django.contrib import admin

from kernel.repairs import ReadOnlyAdmin
from payouts.payruns.models import HeldShop, PayRun, Transfer


@admin.register(PayRun)
class PayRunAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "through",
        "zone",
        "status",
        "shops",
        "cents",
        "drafted_by",
        "approved_by",
    ]
    list_filter = ["status", "zone"]


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ["key", "run", "shop", "amount_cents", "status"]
    list_filter = ["status"]
    search_fields = ["key", "shop__name"]


@admin.register(HeldShop)
class HeldShopAdmin(ReadOnlyAdmin):
    list_display = ["run", "shop", "cents", "reason"]
