"""Who may stand behind a shop's counter."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from hubshops.shops.models import MemberRole, Shop
from hubshops.shops.queries import membership_of

View = Callable[..., HttpResponse]


def shop_of(user: AbstractBaseUser | AnonymousUser) -> Shop | None:
    """The shop a person works for now, or None. One query."""
    membership = membership_of(user) if user.is_authenticated else None
    return membership.shop if membership else None


def shop_member(view: View) -> View:
    """Let in whoever works for a shop; the view finds it in `request.shop`, with the person's
    `request.membership`. Anonymous people are sent to sign in, strangers get 404."""
    return _guarded(view, {MemberRole.OWNER, MemberRole.HELPER})


def shop_owner(view: View) -> View:
    """Let in a shop's owners only: the pages with money and people. A helper gets 404."""
    return _guarded(view, {MemberRole.OWNER})


def _guarded(view: View, roles: set[str]) -> View:
    @wraps(view)
    def guard(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        membership = membership_of(request.user)
        if membership is None or membership.role not in roles:
            raise Http404
        request.membership, request.shop = membership, membership.shop
        return view(request, *args, **kwargs)

    return guard
