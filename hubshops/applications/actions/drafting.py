"""Writing an application in sittings: begun, saved page by page, sent once, or run out."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.applications import queries, rules
from hubshops.applications.actions.sending import (
    hold_off_twins,
    new_reference,
    take_in,
    take_in_again,
    write_to_applicant,
)
from hubshops.applications.models import Application, ApplicationPerson, ApplicationStatus
from kernel import zips
from kernel.accounts.actions import known_language
from kernel.notifications.actions import send_letter
from kernel.refusals import Refusal

LINK_SUBJECT = _("Your application, to go on with")
NEVER_AS_TYPED = {"tax_number"}  # kept as a mark, or not at all
MOST_TYPED = 2_000  # letters of an unfinished answer that are kept
# What is emptied when an application ends that was never sent.
FORGOTTEN = {
    "name": "",
    "trade": "",
    "contact_name": "",
    "email": "",
    "phone": "",
    "address1": "",
    "city": "",
    "state": "",
    "postal_code": "",
    "latitude": None,
    "longitude": None,
    "weekdays": "",
    "daily_cap": None,
    "travel": "",
    "storage_kind": "",
    "storage_note": "",
    "receives_from": None,
    "access_note": "",
    "message": "",
    "referral_code": "",
    "tax_fingerprint": "",
    "as_written": [],
    "pages_done": [],
    "typed": {},
}


@transaction.atomic
def begin_application(
    *, email: str, language: str, at: dt.datetime, referral_code: str = ""
) -> Application:
    """Begin a draft and send its link: with it the applicant goes on, on any device. The code is
    of the link by which a shop invited her."""
    draft = Application.objects.create(
        reference=new_reference(),
        status=ApplicationStatus.DRAFT,
        email=email.lower(),
        language=known_language(language),
        referral_code=referral_code[:16],
        started_at=at,
        saved_at=at,
    )
    write_to_applicant(draft, "resume", LINK_SUBJECT, at=at)
    return draft


class NoSuchDraft(Refusal):
    code = "no_such_draft"
    message = _("There is no such application, or it was sent already.")


def own_draft(reference: str) -> Application:
    """Lock the draft that its applicant writes."""
    draft = Application.objects.select_for_update().filter(reference=reference).first()
    if draft is None or draft.status != ApplicationStatus.DRAFT:
        raise NoSuchDraft
    return draft


@transaction.atomic
def save_page(
    *, reference: str, page: str, answers: Mapping[str, Any], at: dt.datetime
) -> Application:
    """Keep one page's good answers in the draft. The last word counts. Another e-mail address
    gives the draft a new reference, mailed there: whoever has the old link reads nothing more.
    Refuses one that was sent."""
    draft = own_draft(reference)
    kept = dict(answers)
    if (people := kept.pop("people", None)) is not None:
        draft.people.all().delete()
        ApplicationPerson.objects.bulk_create(
            ApplicationPerson(application=draft, name=name, email=email, language=draft.language)
            for name, email in people
        )
    is_new_address = kept.get("email", draft.email) != draft.email
    for name, value in kept.items():
        setattr(draft, name, value)
    draft.pages_done = sorted({*draft.pages_done, page})
    draft.typed = {key: words for key, words in draft.typed.items() if key != page}
    draft.saved_at = at
    if is_new_address:
        draft.reference = new_reference()
    draft.save()
    if is_new_address:
        write_to_applicant(draft, "resume", LINK_SUBJECT, at=at)
    return draft


@transaction.atomic
def keep_typed(
    *, reference: str, page: str, typed: Mapping[str, list[str]], at: dt.datetime
) -> Application:
    """Keep what was left unfinished on a page, as it was typed. Refuses a draft that was sent."""
    draft = own_draft(reference)
    words = {
        name: [one[:MOST_TYPED] for one in many[:20]]
        for name, many in typed.items()
        if name not in NEVER_AS_TYPED
    }
    draft.typed = draft.typed | {page: words}
    draft.saved_at = at
    draft.save(update_fields=["typed", "saved_at"])
    return draft


@transaction.atomic
def send_draft_link(*, reference: str, at: dt.datetime) -> Application:
    """Send a draft's link to its applicant once more, to go on another day or device."""
    draft = own_draft(reference)
    write_to_applicant(draft, "resume", LINK_SUBJECT, at=at)
    return draft


@transaction.atomic
def send_links(*, email: str, language: str, at: dt.datetime) -> int:
    """Send the links of everything that an address has begun or sent; how many. Nothing leaves
    when there is none, and nobody is told."""
    found = queries.open_applications_of(email)
    if found:
        send_letter(
            to=email.lower(),
            subject=_("Links to your applications"),
            template="applications/mail/links.txt",
            facts={"applications": found},
            language=known_language(language),
            at=at,
        )
    return len(found)


class AnswersAreMissing(Refusal):
    code = "answers_are_missing"
    message = _("Some pages have no answers yet. Answer them first; then send.")


@transaction.atomic
def send_application(*, reference: str, language: str, at: dt.datetime) -> Application:
    """Send a draft: confirmed by mail, its screening promised. A second click changes nothing.

    A second application of the same e-mail address and street is put aside while the first is
    undecided, and its mailbox told; the page says nothing of it. Refuses a draft with unanswered
    pages.
    """
    draft = Application.objects.select_for_update().filter(reference=reference).first()
    if draft is None:
        raise NoSuchDraft
    if draft.submitted_at is not None:
        return draft
    if draft.status != ApplicationStatus.DRAFT:
        raise NoSuchDraft
    if rules.pages_left(draft.pages_done):
        raise AnswersAreMissing
    hold_off_twins(draft.email)
    place_of_twin = {"address1": draft.address1, "postal_code": draft.postal_code}
    twin = queries.undecided_twin(email=draft.email, **place_of_twin)
    if place := zips.place_of(draft.postal_code):
        draft.latitude, draft.longitude = place.latitude, place.longitude
    draft.status = ApplicationStatus.REPEATED if twin else ApplicationStatus.SUBMITTED
    draft.submitted_at = at
    draft.typed = {}
    draft.language = known_language(language)
    draft.save()
    if twin:
        take_in_again(draft, twin, at=at)
    else:
        take_in(draft, at=at)
    return draft


@transaction.atomic
def drop_draft(*, reference: str, at: dt.datetime) -> None:
    """Delete the answers of a draft, for its applicant. Refuses one that was sent."""
    forget(own_draft(reference), ApplicationStatus.WITHDRAWN, at=at)


def forget(draft: Application, status: ApplicationStatus, *, at: dt.datetime) -> None:
    """End a draft and empty it: what was never sent is nobody's business."""
    draft.people.all().delete()
    for name, empty in FORGOTTEN.items():
        setattr(draft, name, empty)
    draft.status, draft.decided_at = status, at
    draft.save()


@transaction.atomic
def tidy_drafts(*, at: dt.datetime) -> int:
    """Remind who left a draft alone for 23 days, once; end and empty it after 30. How many."""
    drafts = Application.objects.drafts().select_for_update(skip_locked=True).order_by("pk")
    over = list(drafts.filter(saved_at__lte=at - rules.DRAFT_LASTS)[:200])
    for draft in over:
        forget(draft, ApplicationStatus.EXPIRED, at=at)
    quiet = drafts.filter(saved_at__lte=at - rules.REMIND_AFTER, reminded_at=None)
    reminded = list(quiet.exclude(email__in=queries.who_sent_one())[:200])
    for draft in reminded:
        write_to_applicant(draft, "unfinished", _("Your application waits for you"), at=at)
        draft.reminded_at = at
        draft.save(update_fields=["reminded_at"])
    return len(over) + len(reminded)
