"""Who may come in, and what staff may do here."""

import functools
from collections.abc import Callable

from allauth.account.decorators import reauthentication_required
from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from kernel.accounts.models import Role, StaffRole, User
from kernel.accounts.rules import key_ring
from kernel.refusals import Refusal

View = Callable[..., HttpResponse]


def roles_of(user: object) -> frozenset[str]:
    """The roles of a person, read once a request."""
    if not getattr(user, "is_active", False) or user.pk is None:
        return frozenset()
    if not hasattr(user, "_staff_roles"):
        roles = StaffRole.objects.filter(user_id=user.pk).values_list("role", flat=True)
        user._staff_roles = frozenset(roles)
    return user._staff_roles


def holds_role(user: object, *roles: str) -> bool:
    """Whether a person was given one of `roles` (any staff role when none is named). The admin role
    and superusers always were; inactive and anonymous people never."""
    if not getattr(user, "is_active", False):
        return False
    if user.is_superuser:
        return True
    held = roles_of(user)
    return Role.ADMIN in held or bool(held & set(roles) if roles else held)


def has_role(user: object, *roles: str) -> bool:
    """Whether a person may act in one of `roles` now: she holds it and, where the settings ask
    staff for a second factor, has one."""
    return holds_role(user, *roles) and not user.lacks_second_factor


def staff_required(*roles: str) -> Callable[[View], View]:
    """Let in staff who hold one of `roles` (any staff when none is named). Anonymous people are
    sent to sign in, staff without a second factor to set one up; everybody else reads that there
    is no such page."""

    def guard(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not holds_role(request.user, *roles):
                raise Http404
            if request.user.lacks_second_factor:
                return redirect("mfa_index")
            return view(request, *args, **kwargs)

        guarded.lets_in = lambda request: has_role(request.user, *roles)
        return guarded

    return guard


def is_post(request: HttpRequest) -> bool:
    """Whether something is about to change."""
    return request.method == "POST"


# Asks who is signed in to show again who she is, before a POST alone or before anything at all;
# what was posted is done afterwards. Stands below the guard.
confirmed_to_post = reauthentication_required(enabled=is_post)
confirmed = reauthentication_required


class WelcomeTokens(PasswordResetTokenGenerator):
    """Signs links by which invited people choose their first password. A link dies when it was used
    (the password is part of what is signed) and after `PASSWORD_RESET_TIMEOUT`."""

    key_salt = "kernel.accounts.WelcomeTokens"


welcome_tokens = WelcomeTokens()


def welcome_key(user: User) -> tuple[str, str]:
    """The two parts of a person's welcome address: who, and the proof."""
    return urlsafe_base64_encode(force_bytes(user.pk)), welcome_tokens.make_token(user)


def invited_person(uid: str, token: str, *, lock: bool = False) -> User | None:
    """The person whom a welcome address names, while it still opens the door."""
    try:
        person_id = int(force_str(urlsafe_base64_decode(uid)))
    except (ValueError, OverflowError):
        return None
    people = User.objects.select_for_update() if lock else User.objects.all()
    user = people.filter(pk=person_id, is_active=True).first()
    return user if user and welcome_tokens.check_token(user, token) else None


def ring() -> MultiFernet:
    """What encrypts second factors now, and decrypts those of earlier keys."""
    return key_ring(settings.MFA_KEYS, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])


class SecondFactorIsUnreadable(Refusal):
    code = "second_factor_is_unreadable"
    message = _("We can’t read your second step any more. Call us: we set it up with you again.")


def decrypted(text: str) -> str:
    """What was encrypted at rest. Refuses what no key of ours opens."""
    try:
        return ring().decrypt(text.encode()).decode()
    except InvalidToken as no:
        raise SecondFactorIsUnreadable from no
