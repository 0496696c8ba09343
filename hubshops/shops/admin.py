"""Shops and their people, for repairs."""

from django.contrib import admin

from hubshops.shops.models import Membership, Shop
from kernel.repairs import ReadOnlyAdmin, RepairAdmin


@admin.register(Shop)
class ShopAdmin(RepairAdmin):
    list_display = ["name", "station", "city", "status", "daily_cap", "radius_m"]
    list_filter = ["station", "status"]
    search_fields = ["name", "slug", "email"]
    readonly_fields = ["slug", "station", "status", "opened_at"]


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["user", "shop", "role", "started_at", "ended_at"]
    list_filter = ["role"]
    search_fields = ["user__email", "shop__name"]
