"""The books, for reading."""

from django.contrib import admin

from kernel.repairs import ReadOnlyAdmin
from payouts.ledger.models import Account, Entry, Posting


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ["kind", "shop", "currency"]
    list_filter = ["kind"]
    search_fields = ["shop__name"]


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["source_type", "source_key", "booked_on", "posted_at", "posted_by"]
    list_filter = ["source_type"]
    search_fields = ["source_key"]


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ["entry", "debit", "credit", "amount_cents"]
