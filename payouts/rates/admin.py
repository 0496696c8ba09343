"""Fees, for reading: they are agreed on their own page."""

from django.contrib import admin

from kernel.repairs import ReadOnlyAdmin
from payouts.rates.models import Rate, RateCard


@admin.register(RateCard)
class RateCardAdmin(ReadOnlyAdmin):
    list_display = ["station", "shop"]
    search_fields = ["shop__name", "station__code"]


@admin.register(Rate)
class RateAdmin(ReadOnlyAdmin):
    list_display = ["card", "kind", "amount_cents", "valid", "agreed_at"]
    list_filter = ["kind"]
