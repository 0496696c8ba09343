"""How allauth behaves in this house."""

import io
from types import SimpleNamespace
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.accounts.access import decrypted, ring
from kernel.accounts.models import User
from kernel.limits import address_of
from kernel.notifications.actions import send_mail


class InvitedOnlyAdapter(DefaultAccountAdapter):
    """People join by invitation: a shop's approval or a member of staff opens the door. allauth's
    mails go the way of all our mails, so that a mail server that is down loses none. What it says
    about a try that failed is said in our words, here for every form."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "This address and this password don't belong together. Try again, or choose a new "
            "password."
        ),
        "incorrect_code": _("This is not the code. Look again, or ask for a new one."),
        "incorrect_password": _("This is not your password. Try again."),
        "too_many_login_attempts": _("Too many tries in a short time. Wait some minutes."),
        "rate_limited": _("Too many tries in a short time. Wait some minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Word one of allauth's mails in the person's language and promise it."""
        person = User.objects.filter(email=email.lower()).first()
        facts = {
            "request": self.request,
            "email": email,
            "current_site": SimpleNamespace(name=settings.SITE_NAME, domain=settings.PUBLIC_URL),
            "site_name": settings.SITE_NAME,
            "support_phone": settings.SUPPORT_PHONE,
        }
        language = person.language if person else translation.get_language()
        with translation.override(language):
            message = self.render_mail(template_prefix, email, facts | context)
        send_mail(
            to=email,
            subject=message.subject,
            body=message.body,
            at=clock.now(),
            person=person,
            template=template_prefix.removeprefix("account/email/").replace("/", ": "),
            language=language,
        )

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong passwords for account and address together: who types many of them for
        somebody else stops nobody but herself."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{address_of(request)}"

    def get_reauthentication_methods(self, user: Any) -> list[dict]:
        """How a person shows again who she is: by her second step alone where she has one, so that
        a password that got out takes none away; by a passkey first."""
        methods = super().get_reauthentication_methods(user)
        return [one for one in methods if one["id"] != "reauthenticate"][::-1] or methods

    def post_login(self, request: HttpRequest, user: User, **kwargs: object) -> HttpResponse:
        """Let a browser that has no language of its own read the person's."""
        answer = super().post_login(request, user, **kwargs)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            answer.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return answer


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps secrets of authenticator apps and recovery codes encrypted, and draws our own QR."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This is not the code. Wait for the next one and type that."),
    }

    def encrypt(self, text: str) -> str:
        return ring().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypted(encrypted_text)

    def generate_authenticator_name(self, user: Any, type: str) -> str:
        """What a passkey is called that got no name."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey {number}").format(number=number)

    def build_totp_svg(self, url: str) -> str:
        picture = io.BytesIO()
        segno.make(url, error="m").save(picture, kind="svg", scale=4, light="#fff", xmldecl=False)
        return picture.getvalue().decode()
