"""News from providers, for reading."""

from django.contrib import admin

from kernel.repairs import ReadOnlyAdmin
from payouts.webhooks.models import ProviderEvent


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyAdmin):
    list_display = ["reference", "kind", "status", "deliveries", "received_at"]
    list_filter = ["status"]
    search_fields = ["reference", "object_reference"]
