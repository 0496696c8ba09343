"""Going through a practice day, and going live after it."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.applications.actions import move_on
from hubshops.applications.models import Application, ApplicationStatus
from hubshops.practice import queries, rules
from hubshops.practice.models import PracticeDay, PracticePackage
from hubshops.practice.rules import Outcome, Step
from hubshops.shops import actions as shops
from hubshops.shops.models import MemberRole, Membership, Shop, ShopStatus
from kernel.accounts.models import User
from kernel.audit.actions import record
from kernel.notifications.actions import send_letter
from kernel.refusals import Refusal

SIGNED = [ApplicationStatus.AGREEMENT_SIGNED, ApplicationStatus.PRACTICE]


def hold(shop: Shop) -> tuple[Application | None, Shop]:
    """A shop and the application it came by, locked in the declared order; a shop from a list has
    none."""
    application = Application.objects.select_for_update().filter(shop=shop).first()
    return application, Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)


class SignFirst(Refusal):
    code = "sign_first"
    message = _("The owner has to sign the agreement first. Then you can practice.")


@transaction.atomic
def start_practice(*, shop: Shop, by: User, at: dt.datetime) -> PracticeDay:
    """Begin a practice day; the one that is open when there is one. Any shop may, any number of
    times. Refuses a shop that gets ready and whose owner did not sign yet."""
    application, locked = hold(shop)
    if queries.has_to_sign_first(locked):
        raise SignFirst
    known = PracticeDay.objects.filter(shop=shop, closed_at=None).first()
    if known is not None:
        return known
    if application is not None and application.status == ApplicationStatus.AGREEMENT_SIGNED:
        move_on(application, ApplicationStatus.PRACTICE, at=at, by=by)
    return PracticeDay.objects.create(shop=shop, started_at=at, started_by=by)


class NoPracticeNow(Refusal):
    code = "no_practice_now"
    message = _("This part of the practice day is over. The page shows what comes next.")


class LookAgain(Refusal):
    code = "look_again"
    message = "{words}"


TORN = _(
    "Look again: a corner of {code} is torn and wet. Say that it is damaged, and the driver takes"
    " it back."
)
FINE = _("Look again: {code} is dry and whole. Take it.")
HANDED = _("Not quite: somebody opened and took {code}. That is “Delivered”.")
NOBODY = _(
    "Not quite: nobody opened for {code}, and there is no safe place. That is “Nobody home”: you"
    " keep it."
)


def open_day(shop: Shop, step: Step) -> queries.Practice:
    """The shop's open practice day, locked, when it stands at this step."""
    day = PracticeDay.objects.select_for_update().filter(shop=shop, closed_at=None).first()
    practice = queries.as_practice(day) if day else None
    if practice is None or practice.step != step:
        raise NoPracticeNow
    return practice


@transaction.atomic
def count_in(*, shop: Shop, damaged: Collection[str], at: dt.datetime) -> PracticeDay:
    """The pretend van came: what was taken, and what was damaged. Refuses a package taken for what
    it is not, with what there is to see; and a step that is not the next."""
    day = open_day(shop, Step.COUNT_IN).day
    wrong = rules.wrong_at_the_drop(damaged)
    if wrong is not None:
        words = TORN if wrong.is_damaged else FINE
        raise LookAgain(words=str(words).format(code=wrong.code))
    PracticePackage.objects.bulk_create(
        PracticePackage(day=day, code=one.code, outcome=one.at_the_drop, at=at)
        for one in rules.PACKAGES
    )
    day.counted_in_at = at
    day.save(update_fields=["counted_in_at"])
    return day


@transaction.atomic
def tell_door(*, shop: Shop, code: str, outcome: str, at: dt.datetime) -> PracticePackage:
    """What happened at the next pretend door. Told twice is told once. Refuses what did not happen
    there, with what did; and a door that is not the next."""
    practice = open_day(shop, Step.DELIVER)
    package = PracticePackage.objects.filter(day=practice.day, code=code).first()
    if package is None or practice.outcomes.get(code) == Outcome.DAMAGED:
        raise NoPracticeNow
    if code in practice.told:
        return package
    there = rules.BY_CODE[code]
    if outcome != there.at_the_door:
        words = NOBODY if there.is_nobody_home else HANDED
        raise LookAgain(words=str(words).format(code=code))
    package.outcome, package.at = outcome, at
    package.save(update_fields=["outcome", "at"])
    return package


class CountAgain(Refusal):
    code = "count_again"
    message = _("Count again: you took 11 packages and delivered 10. How many are still with you?")


@transaction.atomic
def close_practice(*, shop: Shop, still_here: int, by: User, at: dt.datetime) -> bool:
    """Close the practice day. A shop that was getting ready is live from then on, and True is
    answered, unless a paper is missing: then the day counts, and the shop is live once its papers
    are good. Refuses a wrong count, and a day whose doors are not all told."""
    application, locked = hold(shop)
    day = open_day(shop, Step.CLOSE).day
    if still_here != rules.STILL_HERE:
        raise CountAgain
    day.closed_at, day.closed_by = at, by
    day.save(update_fields=["closed_at", "closed_by"])
    return go_live_when_ready(locked, application, by=by, at=at)


def go_live_when_ready(
    shop: Shop, application: Application | None, *, by: User | None, at: dt.datetime
) -> bool:
    """Make a shop live that gets ready and has done all that is asked: it signed, it practiced, and
    no paper is missing without which it gets no packages. The caller locked both."""
    if shop.status != ShopStatus.PREPARING or not has_signed(application):
        return False
    if not queries.has_practiced(shop) or queries.missing_papers(shop):
        return False
    make_live(shop, application, by=by, at=at)
    return True


def let_ready_shops_go_live(*, at: dt.datetime) -> int:
    """Make those shops live whose papers became good after their practice day; how many. Each in a
    transaction of its own, safe twice and side by side."""
    return sum(let_ready_shop_go_live(shop, at=at) for shop in queries.shops_that_practiced())


@transaction.atomic
def let_ready_shop_go_live(shop: Shop, *, at: dt.datetime) -> bool:
    """One of them, looked at again under its locks."""
    application, locked = hold(shop)
    return go_live_when_ready(locked, application, by=None, at=at)


class NotSigned(Refusal):
    code = "not_signed"
    message = _("{shop} did not sign its agreement yet. Nobody can go live without it.")


class ReasonIsMissing(Refusal):
    code = "reason_is_missing"
    message = _("Write why this shop needs no practice day.")


@transaction.atomic
def let_go_live(*, shop: Shop, reason: str, by: User, at: dt.datetime) -> Shop:
    """Staff make a shop live without a practice day or without all papers. Audited with the reason
    and with the papers that were missing. Refuses without a reason, a shop that is not getting
    ready, and one that did not sign."""
    if not reason.strip():
        raise ReasonIsMissing
    application, locked = hold(shop)
    if locked.status == ShopStatus.PREPARING and not has_signed(application):
        raise NotSigned(shop=locked.name)
    missing = [paper.any.kind for paper in queries.missing_papers(locked)]
    record(
        at=at,
        by=by,
        action="let_go_live",
        subject=locked,
        reason=reason.strip(),
        missing_papers=missing,
    )
    return make_live(locked, application, by=by, at=at, words=reason.strip())


def has_signed(application: Application | None) -> bool:
    """Whether an application is past its agreement and not over."""
    return application is not None and application.status in SIGNED


def make_live(
    shop: Shop,
    application: Application | None,
    *,
    by: User | None,
    at: dt.datetime,
    words: str = "",
) -> Shop:
    """The shop gets packages from the next plan on, and its application ends well; its owners are
    told. The caller locked both."""
    live = shops.go_live(shop=shop, at=at, by=by)
    if application is not None:
        if application.status == ApplicationStatus.AGREEMENT_SIGNED:
            move_on(application, ApplicationStatus.PRACTICE, at=at, by=by)
        move_on(application, ApplicationStatus.LIVE, at=at, by=by, words=words)
    owners = Membership.objects.current().filter(
        shop=shop, role=MemberRole.OWNER, user__is_active=True
    )
    for one in owners.select_related("user").order_by("pk"):
        send_letter(
            to=one.user.email,
            person=one.user,
            subject=_("Your shop is live"),
            template="practice/mail/live.txt",
            facts={"person": one.user, "shop": live},
            language=one.user.language,
            at=at,
        )
    return live
