"""Making the sample network by running the product's own actions over four weeks.

Every step may run again: the same feed is one batch, the same act is one act, a payday that was
drafted is not drafted twice, a hand-over that is signed is left alone. So a load that was cut off
goes on where it stopped, and a network loaded last week is played on to today.
"""

import datetime as dt
from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from hubshops.packages.models import Package
from hubshops.recipients.actions import tell_recipients
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from kernel.refusals import Refusal
from payouts.payruns.models import PayRun
from portal.demo import rules
from portal.demo.actions.corrections import correct_rosas_pay
from portal.demo.actions.days import play_day
from portal.demo.actions.network import (
    ask_for_proofs,
    give_rosa_a_day_off,
    hear_applications,
    let_us_ask_rosa,
    open_network,
    plan_a_new_card,
    tell_recipients_by_text,
)
from portal.demo.actions.paydays import PAY_ZONE, hold_payday
from portal.demo.actions.troubles import talk_about_cases

Report = Callable[[int, int], None]


class OnlyInTheDemo(Refusal):
    code = "only_in_the_demo"
    message = _("The sample network has known passwords, so it loads only with DEMO=1.")


def load_sample_network(*, at: dt.datetime, report: Report) -> dict[str, int]:
    """Build the sample network, or play the one that is there on to `at`.

    Refuses without `DEMO=1`. Costs some 35 s the first time, a few seconds when nothing is missing.
    """
    if not settings.DEMO:
        raise OnlyInTheDemo
    opened_at = at - dt.timedelta(days=rules.HISTORY_DAYS + 14)
    report(0, rules.HISTORY_DAYS)
    open_network(at=opened_at)
    hear_applications(at=at)
    ask_for_proofs(at=opened_at)
    first_day = first_day_played(at=at)
    days = missing_days(first_day=first_day, at=at)
    for number, day in enumerate(days, 1):
        play_day(day=day, first_day=first_day, at=at)
        hold_payday(day=day, at=at)
        report(number, len(days))
    talk_about_cases(first_day=first_day, at=at)
    give_rosa_a_day_off(at=at)
    let_us_ask_rosa(at=at)
    tell_recipients_by_text(at=at)
    plan_a_new_card(at=at)
    correct_rosas_pay(at=at)
    do_waiting_jobs(at=at)
    tell_recipients(at=at)  # written now, sent by the worker once it runs
    return {
        "stations": Station.objects.count(),
        "shops": Shop.objects.count(),
        "packages": Package.objects.count(),
        "pay_runs": PayRun.objects.count(),
    }


def first_day_played(*, at: dt.datetime) -> dt.date:
    """The day on which the story began: four weeks before the network was first loaded."""
    known = Package.objects.order_by("service_day").values_list("service_day", flat=True).first()
    return known or clock.local_day(at, PAY_ZONE) - dt.timedelta(days=rules.HISTORY_DAYS)


def missing_days(*, first_day: dt.date, at: dt.datetime) -> list[dt.date]:
    """The days still to be played: all of them at first, later from the last one played."""
    today = max(clock.local_day(at, station.zone) for station in Station.objects.all())
    latest = Package.objects.order_by("-service_day").values_list("service_day", flat=True).first()
    start = latest or first_day
    return [start + dt.timedelta(days=number) for number in range((today - start).days + 1)]


def do_waiting_jobs(*, at: dt.datetime) -> None:
    """What the actions promised for later, done now: letters are sent, screenings finished."""
    autodiscover_modules("tasks")
    for job_id in Job.objects.due(at).order_by("pk").values_list("pk", flat=True):
        perform_job(job_id=job_id, clock=clock.now)
