"""Which moment counts when a phone's clock and ours disagree. Pure."""

import datetime as dt

CLOCK_LEEWAY = dt.timedelta(minutes=5)
SKEW_LEEWAY = dt.timedelta(minutes=2)
NO_SKEW = dt.timedelta()
EARLIEST_BEFORE_SERVICE_DAY = dt.timedelta(days=1)
LATEST_AFTER_SERVICE_DAY = dt.timedelta(days=62)


def skew_of(sent_at: dt.datetime | None, received_at: dt.datetime) -> dt.timedelta:
    """How far a phone's clock is ahead of ours, by the moment it says it sends at; nothing when it
    does not say, and nothing within two minutes, which the way here may take."""
    skew = sent_at - received_at if sent_at else NO_SKEW
    return skew if abs(skew) > SKEW_LEEWAY else NO_SKEW


def by_our_clock(
    moment: dt.datetime, skew: dt.timedelta, *, received_at: dt.datetime
) -> dt.datetime:
    """A phone's moment as our clock would have said it, never later than now; as told when the
    phone's clock is right."""
    return min(moment - skew, received_at) if skew else moment


def moment_that_counts(
    *, happened_at: dt.datetime, received_at: dt.datetime, service_day_starts_at: dt.datetime
) -> dt.datetime:
    """The moment that decides day and fee: the phone's, unless it can't be true.

    A phone's clock that runs more than five minutes ahead of ours, or that says a time more than a
    day before the package's service day began, is not believed; our own moment counts then.
    """
    if happened_at > received_at + CLOCK_LEEWAY:
        return received_at
    if happened_at < service_day_starts_at - EARLIEST_BEFORE_SERVICE_DAY:
        return received_at
    return happened_at


def is_far_ahead(
    *, happened_at: dt.datetime, received_at: dt.datetime, service_day_starts_at: dt.datetime
) -> bool:
    """Whether a moment lies ahead of our clock and of all that can still belong to the package:
    a mistyped year, in acts that are told afterwards."""
    latest = service_day_starts_at + LATEST_AFTER_SERVICE_DAY
    return happened_at > max(received_at + CLOCK_LEEWAY, latest)
