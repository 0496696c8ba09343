"""What changes pay, for reading."""

from django.contrib import admin

from kernel.repairs import ReadOnlyAdmin
from payouts.adjustments.models import Adjustment, Dispute, Hold


@admin.register(Adjustment)
class AdjustmentAdmin(ReadOnlyAdmin):
    list_display = ["shop", "amount_cents", "reason", "status", "proposed_by", "decided_by"]
    list_filter = ["status", "reason"]


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ["shop", "claimed_cents", "status", "opened_at", "due_at"]
    list_filter = ["status"]


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ["shop", "amount_cents", "placed_by", "placed_at", "ended_at"]
