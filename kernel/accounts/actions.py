"""Inviting people, letting them in, giving staff their roles, and taking access away."""

import datetime as dt

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel.accounts.access import invited_person, ring, welcome_key
from kernel.accounts.models import Role, StaffRole, User
from kernel.audit.actions import record
from kernel.notifications.actions import send_letter
from kernel.notifications.models import Mail
from kernel.refusals import Refusal

AGENT_LENGTH = UserSession._meta.get_field("user_agent").max_length


def invite_person(
    *, email: str, name: str, language: str, at: dt.datetime, subject: object, intro: object
) -> User:
    """Write to a person that she may come in, and make her account when she has none.

    `subject` and `intro` (what she may do now, and why) are lazy translations or functions that
    return words. Who has no password yet gets a link to choose one, good once and for three days;
    using it proves the address. Who has one gets a letter with the way in.
    """
    with transaction.atomic():
        user = get_or_add_person(email=email, name=name, language=language)
        write_invitation(user=user, at=at, subject=subject, intro=intro)
    return user


def get_or_add_person(*, email: str, name: str, language: str) -> User:
    """The person of this address, made without a password when there is none."""
    new = User(email=email.strip().lower(), name=name, language=known_language(language))
    new.set_unusable_password()
    user, _created = User.objects.get_or_create(
        email=new.email,
        defaults={"name": new.name, "language": new.language, "password": new.password},
    )
    return user


def known_language(code: str) -> str:
    """`code` when the portal speaks it, or its first language."""
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def write_invitation(*, user: User, at: dt.datetime, subject: object, intro: object) -> Mail:
    """Send a person the way in: a first password while she has none, else the sign-in page."""
    root = settings.PUBLIC_URL.rstrip("/")
    if user.has_usable_password():
        address = root + reverse("account_login")
    else:
        address = root + reverse("accounts:welcome", args=welcome_key(user))
    return send_letter(
        to=user.email,
        person=user,
        language=user.language,
        subject=subject,
        template="accounts/mail/invitation.txt",
        facts={
            "person": user,
            "intro": intro,
            "address": address,
            "is_new": not user.has_usable_password(),
        },
        at=at,
    )


class WelcomeLinkIsOver(Refusal):
    code = "welcome_link_is_over"
    message = _("This link was used or is more than three days old. Ask for a new one.")


@transaction.atomic
def choose_first_password(*, uid: str, token: str, password: str) -> User:
    """Set an invited person's first password; the address that got the link counts as verified.

    Refuses a link that was used or is too old. Of two people with one link, one wins.
    """
    user = invited_person(uid, token, lock=True)
    if user is None:
        raise WelcomeLinkIsOver
    user.set_password(password)
    user.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


@transaction.atomic
def send_new_welcome(*, email: str, at: dt.datetime) -> bool:
    """Send an invited person a fresh link. True when one left; the page must not tell."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None or user.has_usable_password():
        return False
    write_invitation(
        user=user,
        at=at,
        subject=_("Your new link to Hub Delivery"),
        intro=_("You asked for a new link to choose your password."),
    )
    return True


def choose_language(*, user: User, language: str) -> None:
    """Keep the language in which a person reads pages and letters."""
    User.objects.filter(pk=user.pk).update(language=known_language(language))


class UnknownRole(Refusal):
    code = "unknown_role"
    message = _("There is no role “{role}”. Roles: {roles}.")


@transaction.atomic
def grant_role(*, user: User, role: str, at: dt.datetime, by: User | None = None) -> bool:
    """Let a person do what `role` may; False when she already could. Audited."""
    if role not in Role.values:
        raise UnknownRole(role=role, roles=", ".join(Role.values))
    _held, is_new = StaffRole.objects.get_or_create(
        user=user, role=role, defaults={"granted_at": at}
    )
    if is_new:
        record(at=at, by=by, action="grant_role", subject=user, role=str(role))
    return is_new


class LastAdminStays(Refusal):
    code = "last_admin_stays"
    message = _("Somebody must run the portal. Give the admin role to another person first.")


@transaction.atomic
def withdraw_role(*, user: User, role: str, at: dt.datetime, by: User | None = None) -> bool:
    """Take a role back; False when the person didn't hold it. Refuses to take the last admin's.
    Audited."""
    if role == Role.ADMIN:
        admins = list(
            StaffRole.objects.select_for_update().filter(role=Role.ADMIN).values_list("user_id")
        )
        if admins == [(user.pk,)]:
            raise LastAdminStays
    removed, _rows = StaffRole.objects.filter(user=user, role=role).delete()
    if removed:
        record(at=at, by=by, action="withdraw_role", subject=user, role=str(role))
    return bool(removed)


@transaction.atomic
def add_staff(
    *, email: str, role: str, at: dt.datetime, by: User | None = None, name: str = ""
) -> tuple[User, bool]:
    """Give the person of this address a staff role; True beside her when her account is new.

    She gets a letter when the role is new to her; a new person sets her password by its link.
    """
    if role not in Role.values:
        raise UnknownRole(role=role, roles=", ".join(Role.values))
    is_new = not User.objects.filter(email=email.strip().lower()).exists()
    user = get_or_add_person(email=email, name=name, language=settings.LANGUAGE_CODE)
    if grant_role(user=user, role=role, at=at, by=by):
        write_invitation(
            user=user,
            at=at,
            subject=_("You now work with Hub Delivery's portal"),
            intro=lambda: gettext("Your part: %(part)s.") % {"part": Role(role).label},
        )
    return user, is_new


def see_session(
    *, session_key: str, user: User, address: str, user_agent: str, at: dt.datetime
) -> None:
    """Write down that a person's browser was just here."""
    UserSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "last_seen_at": at},
        create_defaults={
            "user": user,
            "ip": address,
            "user_agent": user_agent[:AGENT_LENGTH],
            "created_at": at,
            "last_seen_at": at,
        },
    )


@transaction.atomic
def end_sessions(
    *, user: User, at: dt.datetime, by: User | None, keep: str = "", only: int | None = None
) -> int:
    """Sign a person out everywhere but in the session `keep`, or in the one named by `only`; how
    many ended. Audited."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=keep)
    keys = list(
        (rows if only is None else rows.filter(pk=only)).values_list("session_key", flat=True)
    )
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    if keys:
        record(at=at, by=by, action="end_sessions", subject=user, ended=len(keys))
    return len(keys)


class NobodyHasThisAddress(Refusal):
    code = "nobody_has_this_address"
    message = _("Nobody here has the address {email}.")


class NoSecondFactor(Refusal):
    code = "no_second_factor"
    message = _("{email} has no second step to take away.")


@transaction.atomic
def reset_second_factor(*, email: str, at: dt.datetime, by: User | None = None) -> User:
    """Take a person's second factors and recovery codes away, sign her out everywhere, tell her by
    mail. Refuses who is unknown or has none. Audited."""
    user = User.objects.select_for_update().filter(email=email.strip().lower()).first()
    if user is None:
        raise NobodyHasThisAddress(email=email)
    removed, _rows = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise NoSecondFactor(email=user.email)
    end_sessions(user=user, at=at, by=by)
    record(at=at, by=by, action="reset_second_factor", subject=user)
    send_letter(
        to=user.email,
        person=user,
        language=user.language,
        subject=_("Your second step was taken away"),
        template="accounts/mail/second_factor_reset.txt",
        facts={"person": user, "address": settings.PUBLIC_URL + reverse("mfa_index")},
        at=at,
    )
    return user


@transaction.atomic
def encrypt_second_factors_anew() -> int:
    """Encrypt every secret of second factors with the first key; how many there are. An earlier key
    may go afterwards."""
    keys, found = ring(), 0
    for row in Authenticator.objects.select_for_update().exclude(type="webauthn").order_by("pk"):
        name = "secret" if row.type == "totp" else "seed"
        row.data[name] = keys.rotate(row.data[name].encode()).decode()
        row.save(update_fields=["data"])
        found += 1
    return found
