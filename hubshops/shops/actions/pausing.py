"""A shop pauses, goes on, or leaves; all of it is free of charge."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from hubshops.shops.actions.days import check_still_open
from hubshops.shops.actions.letters import tell_owners
from hubshops.shops.models import Leaving, Pause, Shop, ShopStatus
from hubshops.shops.queries import first_open_day, leaving_of, pause_of
from kernel import clock
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal

ONE_DAY = dt.timedelta(days=1)
CAN_PAUSE = {ShopStatus.LIVE, ShopStatus.PAUSED, ShopStatus.SUSPENDED}


class PauseNotNow(Refusal):
    code = "pause_not_now"
    message = gettext_lazy("Your shop is not live now: {status}. So there is nothing to pause.")


class PausedAlready(Refusal):
    code = "paused_already"
    message = gettext_lazy("A pause is planned or running already. End it first.")


class LeavesAlready(Refusal):
    code = "leaves_already"
    message = gettext_lazy("Your shop is leaving already.")


def hold_shop(shop: Shop) -> Shop:
    """The shop as it is now, held."""
    found = Shop.objects.select_for_update(no_key=True, of=["self"]).select_related("station")
    return found.get(pk=shop.pk)


@transaction.atomic
def ask_pause(
    *,
    shop: Shop,
    first_day: dt.date,
    last_day: dt.date | None,
    at: dt.datetime,
    by: User | None,
    reason: str = "",
) -> Pause:
    """No packages from `first_day` through `last_day`, or until the shop says so. Audited; the
    owners get a letter. Refuses a first day past its cut-off, and a shop that is not live or pauses
    or leaves already."""
    locked = hold_shop(shop)
    check_still_open(locked, first_day, at)
    if leaving_of(locked):
        raise LeavesAlready
    if pause_of(locked):
        raise PausedAlready
    if locked.status != ShopStatus.LIVE:
        raise PauseNotNow(status=locked.get_status_display())
    pause = Pause.objects.create(
        shop=shop,
        first_day=first_day,
        last_day=last_day,
        reason=reason.strip()[:200],
        asked_at=at,
        asked_by=by,
    )
    audit.record(at=at, by=by, action="ask_pause", subject=shop, reason=reason)
    tell_owners(shop, "pause", lambda: gettext("Your pause"), at=at, pause=pause)
    return pause


@transaction.atomic
def pause_shop(*, shop: Shop, reason: str, at: dt.datetime, by: User | None) -> bool:
    """The shop gets no packages any more, as it asked, until it says so. A pause that is planned or
    running loses its end; of a suspended shop it holds once the suspension ended. What it holds it
    still delivers, and what it earned it is still paid. False for a shop that gets ready, leaves or
    is closed. Audited."""
    locked = hold_shop(shop)
    if locked.status not in CAN_PAUSE:
        return False
    pause = pause_of(locked) or Pause(shop=shop, asked_at=at, asked_by=by, reason=reason[:200])
    tomorrow = clock.local_day(at, locked.zone) + ONE_DAY
    pause.first_day, pause.last_day = min(pause.first_day or tomorrow, tomorrow), None
    pause.begun_at = pause.begun_at or at
    pause.save()
    if locked.status == ShopStatus.LIVE:
        set_status(locked, ShopStatus.PAUSED)
    audit.record(at=at, by=by, action="pause_shop", subject=shop, reason=reason)
    return True


class NotPaused(Refusal):
    code = "not_paused"
    message = gettext_lazy("No pause is planned or running.")


@transaction.atomic
def resume_shop(*, shop: Shop, at: dt.datetime, by: User | None) -> dt.date | None:
    """End a pause: the first day with packages again, or None when it had not begun and never will.
    Days past their cut-off stay free of packages. Audited; the owners get a letter, also when the
    pause had not begun. Refuses a shop that does not pause."""
    locked = hold_shop(shop)
    pause = pause_of(locked)
    if pause is None:
        raise NotPaused
    back = first_open_day(locked, at)
    audit.record(at=at, by=by, action="resume_shop", subject=shop)
    if pause.begun_at is None and back <= pause.first_day:
        pause.ended_at = at
        pause.save(update_fields=["ended_at"])
        tell_owners(
            shop, "pause_off", lambda: gettext("Your pause is taken back"), at=at, pause=pause
        )
        return None
    pause.last_day = max(pause.first_day, back - ONE_DAY)
    pause.save(update_fields=["last_day"])
    back = pause.last_day + ONE_DAY
    tell_owners(shop, "resumed", lambda: gettext("Your pause ends"), at=at, day=back)
    turn_shop(shop_id=shop.pk, at=at)
    return back


@transaction.atomic
def ask_to_leave(
    *,
    shop: Shop,
    last_day: dt.date,
    at: dt.datetime,
    by: User | None,
    reason: str = "",
    words: str = "",
) -> Leaving:
    """The shop gets its last packages on `last_day`, and is closed once nothing is left to deliver
    or to pay. Audited; the owners get a letter. Refuses a shop that leaves already or is closed,
    and days that can't be changed any more; a leaving that was asked for before (`by` nobody) may
    begin at once."""
    locked = hold_shop(shop)
    if locked.status in (ShopStatus.OFFBOARDING, ShopStatus.CLOSED) or leaving_of(locked):
        raise LeavesAlready
    if by is not None and last_day < first_open_day(locked, at) - ONE_DAY:
        check_still_open(locked, last_day + ONE_DAY, at)
    leaving = Leaving.objects.create(
        shop=shop,
        last_day=last_day,
        reason=reason,
        words=words.strip()[:500],
        asked_at=at,
        asked_by=by,
    )
    audit.record(at=at, by=by, action="ask_to_leave", subject=shop, reason=reason)
    tell_owners(shop, "leaving", lambda: gettext("You leave us"), at=at, leaving=leaving)
    turn_shop(shop_id=shop.pk, at=at)
    return leaving


class NotLeaving(Refusal):
    code = "not_leaving"
    message = gettext_lazy("Your shop is not leaving, or it began already. Call us.")


@transaction.atomic
def stay_after_all(*, shop: Shop, at: dt.datetime, by: User | None) -> Leaving:
    """The shop stays. Audited; the owners get a letter. Refuses once the leaving began."""
    leaving = leaving_of(hold_shop(shop))
    if leaving is None or leaving.begun_at:
        raise NotLeaving
    leaving.withdrawn_at = at
    leaving.save(update_fields=["withdrawn_at"])
    audit.record(at=at, by=by, action="stay_after_all", subject=shop)
    tell_owners(shop, "stays", lambda: gettext("You stay with us"), at=at, leaving=leaving)
    return leaving


def turn_shops(*, at: dt.datetime) -> int:
    """Begin and end pauses and begin leavings whose cut-off has passed; how many shops turned. Safe
    twice."""
    pauses = Pause.objects.filter(ended_at=None).values_list("shop_id", flat=True)
    leavings = Leaving.objects.filter(begun_at=None, withdrawn_at=None, closed_at=None)
    shops = {*pauses, *leavings.values_list("shop_id", flat=True)}
    return sum(turn_shop(shop_id=one, at=at) for one in sorted(shops))


@transaction.atomic
def turn_shop(*, shop_id: int, at: dt.datetime) -> bool:
    """Let one shop's status follow what it asked for; False when nothing changed."""
    shop = hold_shop(Shop(pk=shop_id))
    before = shop.status
    leaving, pause = leaving_of(shop), pause_of(shop)
    if leaving and not leaving.begun_at and is_due(shop, leaving.last_day + ONE_DAY, at):
        leaving.begun_at = at
        leaving.save(update_fields=["begun_at"])
        if pause:
            pause.last_day, pause.ended_at = max(pause.first_day, leaving.last_day), at
            pause.save(update_fields=["last_day", "ended_at"])
        set_status(shop, ShopStatus.OFFBOARDING)
    elif pause and pause.last_day and is_due(shop, pause.last_day + ONE_DAY, at):
        pause.ended_at = at
        pause.save(update_fields=["ended_at"])
        if shop.status == ShopStatus.PAUSED:
            set_status(shop, ShopStatus.LIVE)
    elif pause and not pause.begun_at and is_due(shop, pause.first_day, at):
        pause.begun_at = at
        pause.save(update_fields=["begun_at"])
        if shop.status == ShopStatus.LIVE:
            set_status(shop, ShopStatus.PAUSED)
    return shop.status != before


def is_due(shop: Shop, day: dt.date, at: dt.datetime) -> bool:
    """Whether a day can't be changed any more."""
    return at >= shop.station.cut_off(day)


def set_status(shop: Shop, status: ShopStatus) -> None:
    """Write a shop's status. The shop is held."""
    shop.status = status
    shop.save(update_fields=["status"])


@transaction.atomic
def close_shop(*, shop: Shop, at: dt.datetime) -> bool:
    """A shop that left is closed; False unless it was leaving. The caller looked whether anything
    is left to deliver or to pay. Audited."""
    locked = hold_shop(shop)
    leaving = leaving_of(locked)
    if locked.status != ShopStatus.OFFBOARDING or leaving is None:
        return False
    leaving.closed_at = at
    leaving.save(update_fields=["closed_at"])
    set_status(locked, ShopStatus.CLOSED)
    audit.record(at=at, by=None, action="close_shop", subject=shop)
    return True
