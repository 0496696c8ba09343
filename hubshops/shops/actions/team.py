"""Letting people work for a shop, and no longer."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils.translation import get_language, gettext, gettext_lazy

from hubshops.shops.actions.opening import invite
from hubshops.shops.models import MemberRole, Membership, Shop, TeamLink
from kernel.accounts.access import holds_role
from kernel.accounts.actions import end_sessions, get_or_add_person
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.notifications.actions import send_letter
from kernel.refusals import Refusal

LINK_LASTS = dt.timedelta(days=3)
MOST_LINKS = 10


class AlreadyOnTheTeam(Refusal):
    code = "already_on_the_team"
    message = gettext_lazy("{email} works for this shop already.")


class OnlyOwners(Refusal):
    code = "only_owners"
    message = gettext_lazy("Only an owner can make somebody an owner, or change one.")


def check_rank(shop: Shop, *roles: str, by: User | None) -> None:
    """Refuse a manager who touches owners. The shop is held."""
    if by is None or MemberRole.OWNER not in roles:
        return
    here = shop.memberships.current().filter(user=by).first()
    if here is not None and here.role != MemberRole.OWNER:
        raise OnlyOwners


@transaction.atomic
def invite_helper(
    *,
    shop: Shop,
    email: str,
    name: str,
    role: str = MemberRole.HELPER,
    at: dt.datetime,
    by: User | None = None,
) -> Membership:
    """Let a person work for the shop from now on; she gets a letter with a link to set a password.

    Refuses somebody who works there already, and a manager who makes an owner.
    """
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    check_rank(shop, role, by=by)
    email = email.strip().lower()
    if shop.memberships.current().filter(user__email=email).exists():
        raise AlreadyOnTheTeam(email=email)
    person = invite(shop=shop, email=email, name=name, at=at, role=role)
    return join(shop, person, role, at=at, by=by)


def join(shop: Shop, person: User, role: str, *, at: dt.datetime, by: User | None) -> Membership:
    """Put a person on the team. The shop is held."""
    membership = Membership.objects.create(shop=shop, user=person, role=role, started_at=at)
    audit.record(at=at, by=by, action="invite_member", subject=membership, role=role)
    return membership


class TooManyLinks(Refusal):
    code = "too_many_links"
    message = gettext_lazy("Ten links are open. Take one back first.")


@transaction.atomic
def make_team_link(*, shop: Shop, role: str, at: dt.datetime, by: User) -> TeamLink:
    """An address that lets one person join the team within three days. Audited. Refuses an
    eleventh while ten are open; no link makes an owner."""
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    if TeamLink.objects.working(at).filter(shop=shop).count() >= MOST_LINKS:
        raise TooManyLinks
    link = TeamLink.objects.create(
        shop=shop, role=role, made_at=at, made_by=by, expires_at=at + LINK_LASTS
    )
    audit.record(at=at, by=by, action="make_team_link", subject=link, role=role)
    return link


@transaction.atomic
def revoke_team_link(*, shop: Shop, link_id: int, at: dt.datetime, by: User) -> bool:
    """Take an open link back; False when there is none of that number. Audited."""
    link = TeamLink.objects.working(at).filter(shop=shop, pk=link_id).select_for_update().first()
    if link is None:
        return False
    link.revoked_at = at
    link.save(update_fields=["revoked_at"])
    audit.record(at=at, by=by, action="revoke_team_link", subject=link)
    return True


class TeamLinkIsOver(Refusal):
    code = "team_link_is_over"
    message = gettext_lazy("This link was used or is too old. Ask the shop for a new one.")


@transaction.atomic
def join_by_link(
    *, link_id: int, at: dt.datetime, person: User | None = None, email: str = "", name: str = ""
) -> Membership:
    """Let who holds a link join the team: the person who is signed in, or the one whose address is
    given, who gets a letter with her way in. Of two people with one link, one joins.

    Refuses a link that is over, and somebody who works there already.
    """
    link = TeamLink.objects.working(at).select_for_update().filter(pk=link_id).first()
    if link is None:
        raise TeamLinkIsOver
    shop = Shop.objects.select_for_update(no_key=True).get(pk=link.shop_id)
    joins = person or get_or_add_person(email=email, name=name, language=get_language() or "en")
    if shop.memberships.current().filter(user=joins).exists():
        raise AlreadyOnTheTeam(email=joins.email)
    link.used_at, link.used_by = at, joins
    link.save(update_fields=["used_at", "used_by"])
    if person is None:
        invite(shop=shop, email=joins.email, name=name, at=at, role=link.role)
    return join(shop, joins, link.role, at=at, by=link.made_by)


class NotOnTheTeam(Refusal):
    code = "not_on_the_team"
    message = gettext_lazy("This person does not work for the shop any more.")


class LastOwnerStays(Refusal):
    code = "last_owner_stays"
    message = gettext_lazy("A shop needs an owner. Make another person owner first.")


def hold_member(shop: Shop, membership_id: int) -> Membership:
    """Somebody who works for the shop now, the shop held. Refuses who does not."""
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    membership = shop.memberships.current().filter(pk=membership_id).select_related("user").first()
    if membership is None:
        raise NotOnTheTeam
    return membership


def check_an_owner_stays(shop: Shop, membership: Membership) -> None:
    """Refuse to lose the last owner. The shop is held, so two owners can't go at once."""
    owners = shop.memberships.current().filter(role=MemberRole.OWNER)
    if membership.role == MemberRole.OWNER and owners.count() == 1:
        raise LastOwnerStays


@transaction.atomic
def end_membership(
    *, shop: Shop, membership_id: int, at: dt.datetime, by: User | None = None
) -> Membership:
    """End a person's work for the shop; what she did stays, and what her phone did not send yet
    comes in when somebody of the team signs in on it. Who has nothing else to do here is signed out
    everywhere at once. She gets a letter. Refuses to remove the last owner, and a manager who
    removes an owner."""
    membership = hold_member(shop, membership_id)
    check_rank(shop, membership.role, by=by)
    check_an_owner_stays(shop, membership)
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    audit.record(at=at, by=by, action="end_membership", subject=membership, role=membership.role)
    person = membership.user
    if by != person:
        if not person.memberships.current().exists() and not holds_role(person):
            end_sessions(user=person, at=at, by=by)
        tell_person(
            membership, "removed", lambda: gettext("You no longer work with %s") % shop.name, at
        )
    return membership


@transaction.atomic
def change_role(
    *, shop: Shop, membership_id: int, role: str, at: dt.datetime, by: User | None = None
) -> bool:
    """Let a person do more or less for the shop from now on; False when nothing changed. Audited;
    she gets a letter. Refuses to demote the last owner, and a manager who touches owners."""
    membership = hold_member(shop, membership_id)
    check_rank(shop, membership.role, role, by=by)
    if membership.role == role:
        return False
    check_an_owner_stays(shop, membership)
    before, membership.role = membership.role, MemberRole(role).value
    membership.save(update_fields=["role"])
    audit.record(
        at=at, by=by, action="change_role", subject=membership, role=role, before=str(before)
    )
    if by != membership.user:
        tell_person(membership, "role", lambda: gettext("Your part at %s changed") % shop.name, at)
    return True


def tell_person(
    membership: Membership, letter: str, subject: Callable[[], str], at: dt.datetime
) -> None:
    """Write to a member of the team what changed for her."""
    person = membership.user
    send_letter(
        to=person.email,
        person=person,
        language=person.language,
        subject=subject,
        template=f"shops/mail/{letter}.txt",
        facts={"person": person, "membership": membership, "shop": membership.shop},
        at=at,
    )
