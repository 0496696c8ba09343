"""Who has an application in hand."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.applications.actions import NoSuchApplication, take_up
from hubshops.applications.models import Application
from hubshops.applications.queries import zone_of
from hubshops.reviews import queries, rules
from hubshops.reviews.models import Claim
from kernel.accounts.models import User
from kernel.audit.actions import record
from kernel.refusals import Refusal
from kernel.web.templatetags.house import moment


class HeldByAnother(Refusal):
    code = "held_by_another"
    message = _(
        "{who} has this application in hand until {until}. Nothing was changed. "
        "Take it over first, or choose another one."
    )


class AppealIsAnothers(Refusal):
    code = "appeal_is_anothers"
    message = _("You declined this application. Another reviewer decides about the appeal.")


@transaction.atomic
def hold(*, application_id: int, by: User, at: dt.datetime) -> Application:
    """Lock an application that nobody else has in hand, and whose decline was not this person's."""
    application = lock(application_id)
    claim = queries.claim_of(application, at)
    if claim is not None and claim.by_id != by.pk:
        raise HeldByAnother(who=str(claim.by), until=moment(claim.until, zone_of(application)))
    if application.appeal_against_id == by.pk:
        raise AppealIsAnothers
    return application


def lock(application_id: int) -> Application:
    """Lock an application."""
    application = Application.objects.select_for_update().filter(pk=application_id).first()
    if application is None:
        raise NoSuchApplication
    return application


@transaction.atomic
def hold_to_decide(
    *, application_id: int, by: User, at: dt.datetime, seen: int | None, target: str
) -> Application:
    """Lock an application for a decision that leads to `target`: refuses what another has in hand,
    what was decided or changed since `seen`, and a step that does not lead there."""
    hold(application_id=application_id, by=by, at=at)
    return take_up(application_id=application_id, seen=seen, target=target)


@transaction.atomic
def claim_application(*, application_id: int, by: User, at: dt.datetime) -> Claim:
    """Take an application in hand for some hours; again counts from now. Refuses what another has
    in hand."""
    return take(hold(application_id=application_id, by=by, at=at), by=by, at=at)


def take(application: Application, *, by: User, at: dt.datetime) -> Claim:
    """Write down who has an application in hand."""
    claim, _is_new = Claim.objects.update_or_create(
        application=application,
        defaults={"by": by, "at": at, "until": at + rules.CLAIM_LASTS},
    )
    return claim


@transaction.atomic
def take_over(*, application_id: int, by: User, at: dt.datetime) -> Claim:
    """Take an application out of another reviewer's hand, on purpose. Audited."""
    application = lock(application_id)
    if application.appeal_against_id == by.pk:
        raise AppealIsAnothers
    before = queries.claim_of(application, at)
    if before is not None and before.by_id != by.pk:
        record(at=at, by=by, action="take_over", subject=application, held_by=before.by_id)
    return take(application, by=by, at=at)


@transaction.atomic
def let_go(*, application_id: int, by: User) -> bool:
    """Lay an application down that one has in hand oneself. False when one has not."""
    lock(application_id)
    return bool(Claim.objects.filter(application=application_id, by=by).delete()[0])
