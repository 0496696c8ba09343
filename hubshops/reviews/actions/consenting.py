"""What the person who is checked says herself."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.applications.actions import note
from hubshops.applications.models import ApplicationEventKind
from hubshops.reviews import queries, rules
from hubshops.reviews.actions.checking import NoCheckNow, step, take_check, tell
from hubshops.reviews.jobs import Jobs
from hubshops.reviews.models import BackgroundCheck, CheckStatus, CheckStep
from kernel.jobs.actions import start_job
from kernel.refusals import Refusal


class NameIsMissing(Refusal):
    code = "name_is_missing"
    message = _("Write your full name.")


@transaction.atomic
def give_consent(
    *, token: str, name: str, address: str, device: str, language: str, at: dt.datetime
) -> BackgroundCheck:
    """Keep a person's yes as she gave it, and have her report ordered. Twice is once."""
    known = queries.check_by_token(token)
    if known is None:
        raise NoCheckNow
    if known.consented_at is not None:
        return known
    if not name.strip():
        raise NameIsMissing
    target = CheckStatus.CONSENTED
    check, application = take_check(check_id=known.pk, target=target, by=None, at=at)
    check.person.language = language
    check.person.save(update_fields=["language"])
    step(
        check,
        target,
        at=at,
        by=None,
        consented_at=at,
        said_no_at=None,
        consent_name=" ".join(name.split()),
        consent_text=rules.CONSENT_TEXT,
        consent_language=language,
        consent_address=address[:60],
        consent_device=device[:300] or "unknown",
    )
    note(application, ApplicationEventKind.CONSENTED, at=at, words=check.person.name)
    start_job(Jobs.ORDER, at=at, key=f"{Jobs.ORDER}:{check.pk}", check_id=check.pk)
    return check


@transaction.atomic
def refuse_consent(*, token: str, at: dt.datetime) -> BackgroundCheck:
    """Keep a person's no: no report is ordered, and who reviews sees it. She may still say yes.
    Twice is once. Refuses once she agreed."""
    known = queries.check_by_token(token)
    if known is None:
        raise NoCheckNow
    target = CheckStatus.CONSENTED  # what she says no to
    check, _application = take_check(check_id=known.pk, target=target, by=None, at=at)
    if check.said_no_at is None:
        check.said_no_at = at
        check.save(update_fields=["said_no_at"])
        tell(check, CheckStep.SAID_NO, at=at, by=None)
    return check


class NothingToAnswer(Refusal):
    code = "nothing_to_answer"
    message = _("There is no report to answer now. Please call us.")


@transaction.atomic
def answer_report(*, token: str, words: str, at: dt.datetime) -> BackgroundCheck:
    """Keep what a person says about her report; who decides reads it."""
    check = BackgroundCheck.objects.select_for_update().filter(token=token).first()
    if check is None or check.status != CheckStatus.PRE_ADVERSE or not words.strip():
        raise NothingToAnswer
    tell(check, CheckStep.ANSWERED, at=at, by=None, words=words.strip())
    return check
