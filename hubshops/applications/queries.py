"""Applications as applicants and reviewers read them."""

import datetime as dt
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import holidays
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubshops.applications import rules
from hubshops.applications.models import (
    Application,
    ApplicationEvent,
    ApplicationEventKind,
    ApplicationStatus,
)
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock, geo, zips
from kernel.accounts.models import User

# What each finding means to a reviewer: its words and how grave it is.
FINDINGS = {
    "outside_every_area": (gettext_lazy("Outside every station's area: the nearest is far"), "bad"),
    "unknown_zip": (gettext_lazy("We don't know this ZIP code: place the shop by hand"), "bad"),
    "same_street": (gettext_lazy("The same street address is used by"), "bad"),
    "same_email": (gettext_lazy("The same e-mail address is used by"), "warn"),
    "same_phone": (gettext_lazy("The same phone number is used by"), "warn"),
    "declined_before": (gettext_lazy("Declined in the last 90 days"), "warn"),
    "cap_unusual": (gettext_lazy("More packages than is usual for this way of travel"), "warn"),
    "few_weekdays": (gettext_lazy("Open on few weekdays"), "info"),
    "no_weekend": (gettext_lazy("Closed on Saturday and Sunday"), "info"),
    "free_mail": (gettext_lazy("A free mail address, not one of the shop's own"), "info"),
}


def undecided_twin(*, email: str, address1: str, postal_code: str) -> Application | None:
    """The undecided application of the same e-mail address and street, if there is one."""
    street = rules.plain_street(address1)
    same = Application.objects.undecided().filter(
        email=email.lower(), postal_code__startswith=postal_code[:5]
    )
    return next((one for one in same if rules.plain_street(one.address1) == street), None)


def by_reference(reference: str) -> Application | None:
    """The application whose status page has this address."""
    found = Application.objects.select_related("station", "shop", "shop__station")
    return found.filter(reference=reference).first()


def for_review(application_id: int) -> Application | None:
    """An application with all that its review page names."""
    found = Application.objects.select_related("station", "shop__station", "decided_by")
    return found.filter(pk=application_id).first()


def events_of(application: Application) -> list[ApplicationEvent]:
    """An application's steps, the first one first."""
    return list(application.events.select_related("by").order_by("pk"))


def last_event(application: Application) -> ApplicationEvent | None:
    """The latest step: what a reviewer must have seen before she decides."""
    return application.events.select_related("by").order_by("pk").last()


def who(event: ApplicationEvent) -> str:
    """Who made a step, in words for staff."""
    if event.by is not None:
        return str(event.by)
    by_portal = {ApplicationEventKind.SCREENED}
    return _("the portal") if event.kind in by_portal else _("the applicant")


def zone_of(application: Application) -> str:
    """The zone in which an applicant reads dates."""
    if application.station is not None:
        return application.station.zone
    place = zips.place_of(application.postal_code)
    return place.zone if place else zips.DEFAULT_ZONE


@functools.lru_cache(maxsize=8)
def free_days(year: int) -> frozenset[dt.date]:
    """Federal holidays around a year's end included."""
    return frozenset(holidays.US(years=[year, year + 1]))


def answer_by(application: Application) -> dt.date:
    """The day by which we promised an answer: five working days after the last word that reached
    us, the application itself or the answer to our question."""
    answered = application.events.filter(kind=ApplicationEventKind.ANSWERED).order_by("pk").last()
    return answer_day(application, answered.at if answered else application.submitted_at)


def answer_day(application: Application, asked_at: dt.datetime) -> dt.date:
    """The answer's day for a word that reached us at `asked_at`."""
    asked_on = clock.local_day(asked_at, zone_of(application))
    return rules.answer_by(asked_on, free_days(asked_on.year))


def again_from(application: Application, at: dt.datetime) -> dt.date:
    """The first day on which a declined shop may apply again."""
    decided_at = application.decided_at or at
    return clock.local_day(decided_at + rules.APPLY_AGAIN_AFTER, zone_of(application))


@dataclass(frozen=True)
class StationAt:
    """A station and how far it is from an applicant, in metres as the crow flies."""

    station: Station
    distance_m: float


def stations_by_distance(application: Application) -> list[StationAt]:
    """Every station, the nearest first; none when the address is not on the map. One query."""
    if application.latitude is None:
        return []
    here = (application.latitude, application.longitude)
    ways = [
        StationAt(station, geo.distance_m(*here, station.latitude, station.longitude))
        for station in Station.objects.order_by("code")
    ]
    return sorted(ways, key=lambda way: (way.distance_m, way.station.code))


def screening_facts(application: Application, nearest: StationAt | None) -> rules.Facts:
    """What screening looks at, gathered in four queries."""
    others = others_like(application)
    recent = application.submitted_at - rules.APPLY_AGAIN_AFTER
    street = rules.plain_street(application.address1)
    phone = rules.plain_phone(application.phone)
    shops = list(
        Shop.objects.filter(
            Q(postal_code__startswith=application.postal_code[:5])
            | Q(email=application.email)
            | Q(phone=application.phone)
        ).order_by("name", "pk")
    )
    known: list[Any] = [
        *shops,
        *(one for one in others if one.status != ApplicationStatus.DECLINED),
    ]
    return rules.Facts(
        station_m=nearest.distance_m if nearest else None,
        email=application.email,
        daily_cap=application.daily_cap,
        weekdays=application.weekdays,
        travel=application.travel,
        same_street=names(one for one in known if rules.plain_street(one.address1) == street),
        same_email=[
            *names(one for one in known if one.email == application.email),
            *staff_named(application.email, known),
        ],
        same_phone=names(one for one in known if rules.plain_phone(one.phone) == phone),
        declined_before=names(
            one
            for one in others
            if one.status == ApplicationStatus.DECLINED
            and one.decided_at >= recent
            and (one.email == application.email or rules.plain_street(one.address1) == street)
        ),
    )


def others_like(application: Application) -> list[Application]:
    """Other applications that share the ZIP code, the e-mail address or the phone; approved ones
    are left out, their shops speak for them."""
    alike = (
        Q(postal_code__startswith=application.postal_code[:5])
        | Q(email=application.email)
        | Q(phone=application.phone)
    )
    gone = [ApplicationStatus.WITHDRAWN, ApplicationStatus.APPROVED]
    others = Application.objects.filter(alike).exclude(pk=application.pk).exclude(status__in=gone)
    return list(others.order_by("pk")[:200])


def names(rows: Iterable[Any]) -> list[str]:
    """The names of shops and applications, each once, five at most."""
    return list(dict.fromkeys(row.name for row in rows))[:5]


def staff_named(email: str, known: list[Any]) -> list[str]:
    """A person of this address whom no listed shop explains."""
    if any(one.email == email for one in known):
        return []
    return [str(user) for user in User.objects.filter(email=email)[:1]]


def worded_findings(application: Application) -> list[dict[str, str]]:
    """The findings as a reviewer reads them: words, names and tone."""
    worded = []
    for finding in application.findings:
        words, tone = FINDINGS.get(finding["code"], (finding["code"], "info"))
        worded.append(
            {"words": str(words), "names": ", ".join(finding.get("names", [])), "tone": tone}
        )
    return worded


def queue(status: str) -> object:
    """Applications of one status filter, for the queue page: what waits longest comes first,
    decided ones newest first. `waiting` is everything staff have to look at."""
    rows = Application.objects.select_related("station", "decided_by")
    if status == "waiting":
        return rows.waiting().order_by("submitted_at", "pk")
    if status in (ApplicationStatus.SUBMITTED, ApplicationStatus.INFO_NEEDED):
        return rows.filter(status=status).order_by("submitted_at", "pk")
    if status in ApplicationStatus.values:
        return rows.filter(status=status).order_by("-decided_at", "-pk")
    return rows.order_by("-submitted_at", "-pk")


def counts_by_status() -> dict[str, int]:
    """How many applications there are of each status. One query."""
    rows = Application.objects.order_by().values_list("status").annotate(count=Count("pk"))
    return dict(rows)


def last_answers(applications: list[Application]) -> dict[int, dt.datetime]:
    """When each application's last answer came, for those that have one. One query."""
    rows = (
        ApplicationEvent.objects.filter(
            application__in=applications, kind=ApplicationEventKind.ANSWERED
        )
        .order_by()
        .values_list("application_id")
        .annotate(at=Max("at"))
    )
    return dict(rows)
