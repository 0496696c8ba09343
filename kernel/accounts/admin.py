"""People, for repairs. Roles are given on the page of people, where it is audited."""

from allauth.account.models import EmailAddress
from django.contrib import admin

from kernel.accounts.models import StaffRole, User
from kernel.repairs import ReadOnlyAdmin, RepairAdmin


@admin.register(User)
class UserAdmin(RepairAdmin):
    list_display = ["email", "name", "language", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "language", "is_active", "is_superuser", "last_login", "created_at"]
    readonly_fields = ["email", "is_superuser", "last_login", "created_at"]


@admin.register(StaffRole)
class StaffRoleAdmin(ReadOnlyAdmin):
    list_display = ["user", "role", "granted_at"]
    list_filter = ["role"]


@admin.register(EmailAddress)
class EmailAddressAdmin(RepairAdmin):
    """Who lost her mailbox proves herself another way; then the address is verified by hand."""

    list_display = ["email", "user", "verified", "primary"]
    list_filter = ["verified"]
    search_fields = ["email"]
    readonly_fields = ["user", "email", "primary"]
