"""Who may stand behind a shop's counter."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.errors import HttpError
from ninja.security import APIKeyCookie
from ninja.utils import check_csrf

from hubshops.shops.models import RUNNING_THE_DAY, MemberRole, Membership, Shop, TeamLink
from hubshops.shops.queries import membership_of
from kernel.limits import take_turn
from kernel.refusals import Refusal
from kernel.web.answers import HttpNo

View = Callable[..., HttpResponse]
CHOSEN_SHOP = "shop"
MOST_CALLS_A_MINUTE = 120


def shop_of(user: AbstractBaseUser | AnonymousUser) -> Shop | None:
    """The shop a person works for now, or None. One query."""
    membership = membership_of(user) if user.is_authenticated else None
    return membership.shop if membership else None


def membership_here(request: HttpRequest) -> Membership | None:
    """The membership through which the signed-in person acts: of the shop she chose for this
    session, else the oldest one. One query for most people."""
    chosen = request.session.get(CHOSEN_SHOP, "")
    membership = membership_of(request.user, chosen) if chosen else None
    return membership or membership_of(request.user)


class ShopSession(APIKeyCookie):
    """Lets a shop's people call the API with their session cookie and CSRF token, and finds
    `request.shop` and `request.membership`. Anonymous callers get 401, strangers 404; with
    `owners_only` helpers get 404, too."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, *, owners_only: bool = False) -> None:
        super().__init__()
        self.roles = {MemberRole.OWNER} if owners_only else set(MemberRole)

    def __call__(self, request: HttpRequest) -> Membership:
        """Who is asking comes first, whether her browser meant it second."""
        if not request.user.is_authenticated:
            raise HttpError(401, str(_("Sign in first.")))
        if check_csrf(request):
            raise HttpError(403, str(_("Send the CSRF token of your session.")))
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Membership:
        membership = membership_here(request)
        if membership is None or membership.role not in self.roles:
            raise Http404
        request.membership, request.shop = membership, membership.shop
        return membership


class DoorSession(ShopSession):
    """A shop's person at the door or at the van. More than 120 calls a minute from one session are
    told to come later; nothing is lost by that."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Membership:
        membership = super().authenticate(request, key)
        session = request.session.session_key or ""
        if not take_turn("door", session, most=MOST_CALLS_A_MINUTE, seconds=60):
            words = _("That was a lot at once. Nothing is lost: we go on in a minute.")
            raise HttpNo(429, words, {"Retry-After": "60"})
        return membership


class AnotherShops(Refusal):
    """A phone's work met the session of another shop: it stays on the phone until its person is
    back at their shop."""

    code = "another_shops"
    message = gettext_lazy("This is the work of another shop. It stays on the phone.")


def require_shop(request: HttpRequest, told: object) -> None:
    """Refuse what a phone means for another shop than its session's; None: it doesn't say."""
    if told not in (None, request.shop.pk):
        raise AnotherShops


def shop_member(view: View) -> View:
    """Let in whoever works for a shop; the view finds it in `request.shop`, with the person's
    `request.membership`. Anonymous people are sent to sign in, strangers get 404."""
    return _guarded(view, set(MemberRole))


def shop_manager(view: View) -> View:
    """Let in who decides about a shop's day and its people: owners and managers. A helper gets
    404."""
    return _guarded(view, set(RUNNING_THE_DAY))


def shop_owner(view: View) -> View:
    """Let in a shop's owners only: the pages with money, and what is signed. Others get 404."""
    return _guarded(view, {MemberRole.OWNER})


def _guarded(view: View, roles: set[str]) -> View:
    @wraps(view)
    def guard(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        membership = membership_here(request)
        if membership is None or membership.role not in roles:
            raise Http404
        request.membership, request.shop = membership, membership.shop
        return view(request, *args, **kwargs)

    guard.lets_in = lambda request: role_here(request) in roles
    return guard


def role_here(request: HttpRequest) -> str | None:
    """As what the person acts for a shop, if she does; asked for menus. One query a request at
    most, none on pages that asked already."""
    if not hasattr(request, "_role_here"):
        membership = getattr(request, "membership", None)
        if membership is None and request.user.is_authenticated:
            membership = membership_here(request)
        request._role_here = membership.role if membership else None
    return request._role_here


link_signer = Signer(salt="hubshops.shops.TeamLink")


def key_of(link: TeamLink) -> str:
    """The part of a team link's address that nobody can guess."""
    return link_signer.sign(link.pk)


def link_of(key: str) -> TeamLink | None:
    """The team link that an address names, whatever became of it; its shop with it."""
    try:
        number = link_signer.unsign(key)
    except BadSignature:
        return None
    return TeamLink.objects.select_related("shop__station", "made_by").filter(pk=number).first()
