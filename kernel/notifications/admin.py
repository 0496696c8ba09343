"""Letters, for reading."""

from django.contrib import admin

from kernel.notifications.models import Mail
from kernel.repairs import ReadOnlyAdmin


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ["subject", "to", "created_at", "sent_at"]
    search_fields = ["to"]
