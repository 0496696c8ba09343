"""Django's admin, kept for superusers' repairs: behind our own sign-in, mostly for reading."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

HOUSE = ("kernel.", "hubshops.", "payouts.", "portal.")


class HouseAdminSite(admin.AdminSite):
    """The admin. Superusers only, with a second factor; anonymous people sign in as everywhere,
    others find no page."""

    site_header = _("Repairs")
    site_title = _("Repairs")
    index_title = _("Tables")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take only tables that say what may be repaired: other packages' own pages would let rows
        be added and deleted, so they are left out; one of ours is a mistake."""
        if admin_class is not None and issubclass(admin_class, RepairAdmin):
            super().register(model_or_iterable, admin_class, **options)
        elif admin_class is not None and admin_class.__module__.startswith(HOUSE):
            raise ImproperlyConfigured(f"{admin_class.__name__} must be a RepairAdmin")

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_active and user.is_superuser and not user.lacks_second_factor

    @login_not_required
    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Our sign-in instead of the admin's, which nothing throttles."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or request.get_full_path())
        if request.user.is_superuser and request.user.lacks_second_factor:
            return redirect("mfa_index")
        if not self.has_permission(request):
            raise Http404
        return redirect(f"{self.name}:index")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Guard a page of the admin."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not self.has_permission(request):
                return self.login(request)
            return inner(request, *args, **kwargs)

        return guarded


class RepairAdmin(admin.ModelAdmin):
    """A table whose rows may be mended by hand. Nothing is added or deleted here: rows are born in
    actions and end by a date."""

    list_per_page = 50
    show_full_result_count = False
    actions = None
    list_select_related = True

    def has_add_permission(self, request: HttpRequest, *_objects: object) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnlyAdmin(RepairAdmin):
    """A table that is only read: append-only by law, or written by one action alone."""

    show_facets = admin.ShowFacets.NEVER

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
