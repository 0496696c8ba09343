"""Referrals and what they pay, for repairs."""

from django.contrib import admin

from hubshops.referrals.models import Milestone, Referral
from kernel.repairs import ReadOnlyAdmin


@admin.register(Referral)
class ReferralAdmin(ReadOnlyAdmin):
    list_display = ["link", "application", "void", "noted_at", "live_at"]
    list_filter = ["void"]


@admin.register(Milestone)
class MilestoneAdmin(ReadOnlyAdmin):
    list_display = ["kind", "amount_cents", "valid"]
