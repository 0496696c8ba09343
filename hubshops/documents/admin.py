"""Documents, for repairs."""

from django.contrib import admin

from hubshops.documents.models import Document, Dossier
from kernel.repairs import ReadOnlyAdmin


@admin.register(Dossier)
class DossierAdmin(ReadOnlyAdmin):
    list_display = ["name", "shop", "opened_at", "closed_at"]
    search_fields = ["name", "reference"]


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ["dossier", "kind", "holder", "status", "expires_on"]
    list_filter = ["kind", "status"]
