"""Deliveries for reading; the reasons of attempts for editing, without a release."""

from django.contrib import admin

from hubshops.deliveries.models import Delivery, Reason
from kernel.repairs import ReadOnlyAdmin, RepairAdmin


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ["package", "shop", "outcome", "delivered_at", "delivered_on", "voided_by"]
    list_filter = ["outcome"]
    search_fields = ["=package__tracking_id"]


@admin.register(Reason)
class ReasonAdmin(RepairAdmin):
    """Codes stay: events name them. Words, fault class, evidence and next step may change."""

    list_display = ["code", "label", "fault_class", "is_paid", "next_step", "position"]
    readonly_fields = ["code", "x12_code"]
