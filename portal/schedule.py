"""Every recurring job of the portal, on one page. Celery's beat only ticks (`jobs.tick`, every ten
seconds); a unique row per job and slot decides, so two schedulers do no harm."""

import datetime as dt

from hubshops.agreements.jobs import Jobs as Agreements
from hubshops.applications.jobs import Jobs as Applications
from hubshops.assignment.jobs import Jobs as Assignment
from hubshops.cases.jobs import Jobs as Cases
from hubshops.deliveries.jobs import Jobs as Deliveries
from hubshops.documents.jobs import Jobs as Documents
from hubshops.forecasts.jobs import Jobs as Forecasts
from hubshops.manifests.jobs import Jobs as Manifests
from hubshops.packages.jobs import Jobs as Packages
from hubshops.practice.jobs import Jobs as Practice
from hubshops.ramps.jobs import Jobs as Ramps
from hubshops.recipients.jobs import Jobs as Recipients
from hubshops.referrals.jobs import Jobs as Referrals
from hubshops.shops.jobs import Jobs as Shops
from hubshops.subscriptions.jobs import Jobs as Subscriptions
from kernel.idempotency.jobs import Jobs as Idempotency
from kernel.jobs.jobs import Jobs as Housekeeping
from kernel.jobs.queries import Recurring
from kernel.notifications.jobs import Jobs as Letters
from payouts.accruals.jobs import Jobs as Accruals
from payouts.adjustments.jobs import Jobs as Adjustments
from payouts.closings.jobs import Jobs as Closings
from payouts.payruns.jobs import Jobs as PayRuns
from payouts.providers.jobs import Jobs as Providers
from payouts.rates.jobs import Jobs as Rates
from payouts.rewards.jobs import Jobs as Rewards
from payouts.statements.jobs import Jobs as Statements
from payouts.webhooks.jobs import Jobs as Webhooks

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)

SCHEDULE: list[Recurring] = [
    Recurring(Accruals.SWEEP, every=MINUTE),
    Recurring(Accruals.TOP_UP, every=HOUR),
    Recurring(PayRuns.SWEEP, every=MINUTE),
    Recurring(PayRuns.DRAFT_WEEKLY, every=HOUR),  # nothing unless WEEKLY_DRAFTS
    Recurring(Adjustments.LAPSE, every=15 * MINUTE),
    Recurring(Rates.SWEEP, every=5 * MINUTE),  # pauses begin after a cut-off, before the plan
    Recurring(Shops.TURN, every=5 * MINUTE),  # pauses and leavings, likewise
    Recurring(Referrals.SWEEP, every=MINUTE),
    Recurring(Rewards.BOOK, every=15 * MINUTE),
    Recurring(Closings.CLOSE, every=15 * MINUTE),
    Recurring(PayRuns.RECONCILE, every=HOUR),
    Recurring(Providers.REVIEW_HOLDS, every=HOUR),
    Recurring(Webhooks.SWEEP, every=MINUTE),
    Recurring(Webhooks.CATCH_UP, every=HOUR),
    Recurring(Forecasts.SWEEP, every=15 * MINUTE),  # each station's, after its own cut-off
    Recurring(Applications.APOLOGISE, every=HOUR),
    Recurring(Cases.SWEEP, every=MINUTE),
    Recurring(Cases.PROOFS, every=HOUR),
    Recurring(Cases.LAPSE, every=15 * MINUTE),
    Recurring(Deliveries.CHECK_SWEEP, every=15 * MINUTE),  # each station's, at 11 in the evening
    Recurring(Documents.SWEEP, every=HOUR),  # reminders, and what ran out at a shop's midnight
    Recurring(Documents.FORGET, daily_at=dt.time(3, 45)),
    Recurring(Practice.GO_LIVE, every=MINUTE),  # shops whose last paper was accepted
    Recurring(Ramps.GROW, every=HOUR),  # after the checks, which come once a night
    Recurring(Agreements.SEND, every=MINUTE),
    Recurring(Assignment.LAPSE, every=5 * MINUTE),
    Recurring(Manifests.PLAN_SWEEP, every=5 * MINUTE),  # stations that set an hour
    Recurring(Manifests.WATCH, every=5 * MINUTE),
    Recurring(Manifests.FORGET, daily_at=dt.time(3, 20)),
    Recurring(Packages.FORGET, every=HOUR),
    Recurring(Applications.TIDY, daily_at=dt.time(15, 10)),  # morning in every American zone
    Recurring(Applications.TELL_WHO_WAITS, daily_at=dt.time(15, 20)),
    Recurring(Housekeeping.FORGET, daily_at=dt.time(3, 30)),
    Recurring(Idempotency.FORGET, every=HOUR),
    Recurring(Subscriptions.SWEEP, every=MINUTE),
    Recurring(Subscriptions.FORGET, daily_at=dt.time(3, 50)),
    Recurring(Recipients.SWEEP, every=MINUTE),
    Recurring(Letters.FORGET_TEXTS, every=HOUR),
    Recurring(Letters.FORGET, daily_at=dt.time(3, 40)),
    Recurring(Statements.ISSUE, every=MINUTE),
    Recurring(Statements.CHECK_RUNS, every=MINUTE),
    Recurring(Statements.CHECK_BOOKS, daily_at=dt.time(8, 30)),  # night in every American zone
]
