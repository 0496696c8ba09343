"""Applications as applicants and reviewers read them."""

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import holidays
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Right
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import formats
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubshops.applications import rules
from hubshops.applications.models import (
    TRADES,
    Application,
    ApplicationEvent,
    ApplicationPerson,
    ApplicationStatus,
    WaitlistEntry,
)
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import addresses, clock, geo, zips
from kernel.accounts.models import User
from kernel.web.templatetags.house import day, weekday_names

LAPSES_A_SWEEP = 500
TOLD_A_SWEEP = 500
# What each finding means to a reviewer: its words and how grave it is.
FINDINGS = {
    "outside_every_area": (gettext_lazy("Outside every station's area: the nearest is far"), "bad"),
    "unknown_zip": (gettext_lazy("We don't know this ZIP code: place the shop by hand"), "bad"),
    "same_street": (gettext_lazy("The same street address is used by"), "bad"),
    "same_email": (gettext_lazy("The same e-mail address is used by"), "warn"),
    "same_phone": (gettext_lazy("The same phone number is used by"), "warn"),
    "sent_again": (
        gettext_lazy("Sent again with the same e-mail address and street: we wrote to it"),
        "warn",
    ),
    "same_tax_id": (gettext_lazy("The same tax number is used by"), "bad"),
    "declined_before": (gettext_lazy("Declined in the last 90 days"), "warn"),
    "unsent_twin": (gettext_lazy("Another application, not sent, has the same facts"), "info"),
    "phone_as_written": (
        gettext_lazy("The phone number looks wrong; the applicant kept it as written"),
        "warn",
    ),
    "address_as_written": (
        gettext_lazy("The address looks wrong; the applicant kept it as written"),
        "warn",
    ),
    "cap_unusual": (gettext_lazy("More packages than is usual for this way of travel"), "warn"),
    "few_weekdays": (gettext_lazy("Open on few weekdays"), "info"),
    "no_weekend": (gettext_lazy("Closed on Saturday and Sunday"), "info"),
    "free_mail": (gettext_lazy("A free mail address, not one of the shop's own"), "info"),
}


SECTIONS = {
    "shop": gettext_lazy("Your shop"),
    "storage": gettext_lazy("Storage and access"),
    "days": gettext_lazy("Days and capacity"),
    "people": gettext_lazy("People"),
    "documents": gettext_lazy("Documents"),
    "check": gettext_lazy("Check and send"),
}


@dataclass(frozen=True)
class Answer:
    """One answer as people read it, and the page on which it is changed."""

    page: str
    term: str
    words: str
    is_name: bool = False


def answers_of(application: Application) -> list[tuple[str, list[Answer]]]:
    """All that an applicant told us, section by section. One query."""
    place = f"{application.city}, {application.state} {application.postal_code}"
    address = "\n".join((application.address1, place)) if application.address1 else ""
    people = "\n".join(f"{one.name} · {one.email}" for one in application.people.all())
    since = application.receives_from
    shop = [
        Answer("name", _("Shop"), application.name, is_name=True),
        Answer("name", _("Kind of shop"), str(dict(TRADES).get(application.trade, ""))),
        Answer("name", _("Tax number"), _("Given") if application.tax_fingerprint else ""),
        Answer("address", _("Address"), address, is_name=True),
        Answer("contact", _("Your name"), application.contact_name, is_name=True),
        Answer("contact", _("Phone"), application.phone, is_name=True),
        Answer("email", _("E-mail"), application.email, is_name=True),
    ]
    storage = [
        Answer("storage", _("Where packages wait"), application.get_storage_kind_display()),
        Answer("storage", _("About the place"), application.storage_note),
        Answer("access", _("Somebody is there from"), time_format(since) if since else ""),
        Answer("access", _("For the driver"), application.access_note),
    ]
    days = [
        Answer("days", _("Weekdays"), weekday_names(application.weekdays)),
        Answer("packages", _("Most packages a day"), str(application.daily_cap or "")),
        Answer("packages", _("Delivers"), application.travel_words),
    ]
    return [
        (str(SECTIONS["shop"]), shop),
        (str(SECTIONS["storage"]), storage),
        (str(SECTIONS["days"]), days),
        (str(SECTIONS["people"]), [Answer("people", _("Who delivers"), people, is_name=True)]),
        (_("Anything else"), [Answer("more", _("Your words"), application.message)]),
    ]


def undecided_twin(*, email: str, address1: str, postal_code: str) -> Application | None:
    """The undecided application of the same e-mail address and street, if there is one."""
    street = rules.plain_street(address1)
    same = Application.objects.undecided().filter(
        email=email.lower(), postal_code__startswith=postal_code[:5]
    )
    return next((one for one in same if rules.plain_street(one.address1) == street), None)


def by_reference(reference: str) -> Application | None:
    """The application whose status page has this address."""
    found = Application.objects.select_related("station", "shop", "shop__station", "invited_by")
    return found.filter(reference=reference).first()


def open_applications_of(email: str) -> list[Application]:
    """What an address has begun or sent and not ended, the latest first."""
    over = [ApplicationStatus.WITHDRAWN, ApplicationStatus.EXPIRED, ApplicationStatus.REPEATED]
    found = Application.objects.filter(email=email.lower()).exclude(status__in=over)
    return list(found.order_by("-pk")[:10])


def who_sent_one() -> Any:
    """The addresses that sent an application; who did needs no word about an older draft."""
    return Application.objects.sent().order_by().values("email")


def runs_out_on(draft: Application) -> dt.date:
    """The day on which a draft's answers are deleted unless something is saved before."""
    return clock.local_day(draft.saved_at + rules.DRAFT_LASTS, zone_of(draft))


def waitlist_entry(reference: str) -> WaitlistEntry | None:
    """The entry whose page has this address."""
    return WaitlistEntry.objects.filter(reference=reference).first()


def waitlist() -> Any:
    """Who waits where no van comes, the latest first."""
    return WaitlistEntry.objects.order_by("-asked_at", "-pk")


def reached_by_a_van(at: dt.datetime) -> list[int]:
    """The keys of confirmed entries that nobody was told about yet, and whose ZIP code lies in the
    area of a station that is open, the longest waiting first. Two queries."""
    stations = list(
        Station.objects.filter(opened_at__lte=at)
        .order_by("code")
        .values_list("latitude", "longitude")
    )
    waiting = WaitlistEntry.objects.filter(told_at=None).exclude(confirmed_at=None)
    rows = waiting.order_by("asked_at", "pk").values_list("pk", "postal_code") if stations else []
    reached = functools.lru_cache(None)(lambda postal_code: is_in_an_area(postal_code, stations))
    return [key for key, postal_code in rows if reached(postal_code)][:TOLD_A_SWEEP]


def is_in_an_area(postal_code: str, stations: Iterable[tuple[float, float]]) -> bool:
    """Whether the middle of a ZIP code is in reach of one of these stations."""
    place = zips.place_of(postal_code)
    if place is None:
        return False
    here = (place.latitude, place.longitude)
    return any(geo.distance_m(*here, *there) <= rules.AREA_M for there in stations)


def for_review(application_id: int) -> Application | None:
    """An application with all that its review page names."""
    found = Application.objects.select_related("station", "shop__station", "decided_by")
    return found.sent().filter(pk=application_id).first()


def events_of(
    application: Application, named: Callable[[ApplicationEvent], str] | None = None
) -> list[ApplicationEvent]:
    """An application's steps, the first one first; each says `who` made it, in the words for staff
    unless others are given."""
    events = list(application.events.select_related("by").order_by("pk"))
    for event in events:
        event.who = (named or who)(event)
    return events


def last_event(application: Application) -> ApplicationEvent | None:
    """The latest step: what a reviewer must have seen before she decides."""
    return application.events.select_related("by").order_by("pk").last()


def who(event: ApplicationEvent) -> str:
    """Who made a step, in words for staff."""
    if event.by is not None:
        return str(event.by)
    if event.kind in rules.STEPS_OF_OTHERS:
        return event.words
    return _("the portal") if event.kind in rules.STEPS_OF_THE_PORTAL else _("the applicant")


def who_to_applicant(event: ApplicationEvent) -> str:
    """Who made a step, in words for the applicant: she need not know which of us it was."""
    if event.kind in rules.STEPS_OF_OTHERS:
        return event.words
    is_hers = event.kind in rules.STEPS_OF_THE_APPLICANT
    return _("you") if is_hers else _("us")


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
    """The day by which we promised an answer, or hope for one; five working days after the
    application came where its state promises nothing."""
    if application.promised_on is not None:
        return application.promised_on
    return promise(application, rules.ANSWER_IN_WORKDAYS, application.submitted_at)


def promise(application: Application, workdays: int, at: dt.datetime) -> dt.date:
    """So many working days after a moment, by the applicant's calendar."""
    day = clock.local_day(at, zone_of(application))
    return rules.answer_by(day, free_days(day.year), workdays)


def is_late(application: Application, at: dt.datetime) -> bool:
    """Whether a date that we promised has passed."""
    is_ours = application.status in rules.OURS_TO_KEEP
    return is_ours and clock.local_day(at, zone_of(application)) > answer_by(application)


def lapsed(at: dt.datetime) -> list[int]:
    """The keys of the applications that may be late anywhere in the country, the longest waiting
    first: whether one is late by its own calendar is decided under its lock."""
    latest = at.date() + dt.timedelta(days=1)
    rows = Application.objects.lapsed(latest).order_by("promised_on", "pk")
    return list(rows.values_list("pk", flat=True)[:LAPSES_A_SWEEP])


def unanswered(at: dt.datetime) -> list[int]:
    """The keys of the applications whose question may have waited too long anywhere in the country,
    the longest waiting first."""
    latest = at.date() + dt.timedelta(days=1)
    rows = Application.objects.unanswered(latest).order_by("promised_on", "pk")
    return list(rows.values_list("pk", flat=True)[:LAPSES_A_SWEEP])


def reminded_on(application: Application) -> dt.date | None:
    """The day on which we reminded the applicant of the question that is open now."""
    steps = application.events.filter(kind__in=["asked", "reminded"]).order_by("pk")
    last = steps.last()
    if last is None or last.kind != "reminded":
        return None
    return clock.local_day(last.at, zone_of(application))


def appeal_until(application: Application, at: dt.datetime) -> dt.date:
    """The last day on which a decline may be appealed."""
    decided_at = application.decided_at or at
    return clock.local_day(decided_at + rules.APPEAL_WITHIN, zone_of(application))


def may_appeal(application: Application, at: dt.datetime) -> bool:
    """Whether the applicant may still ask another reviewer to look."""
    was_heard = application.appeal_against_id is not None
    return rules.may_appeal(application.status, application.decided_at, at, was_heard=was_heard)


def people_of(application: Application) -> list[ApplicationPerson]:
    """Who will deliver, as the applicant named them."""
    return list(application.people.order_by("pk"))


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


def is_far(application: Application) -> bool:
    """Whether no station reaches the middle of the applicant's ZIP code, as far as we know it. One
    query."""
    if zips.place_of(application.postal_code) is None:
        return False
    ways = Station.objects.order_by("code").values_list("latitude", "longitude")
    return not is_in_an_area(application.postal_code, ways)


def screening_facts(application: Application, nearest: StationAt | None) -> rules.Facts:
    """What screening looks at, gathered in four queries."""
    others = others_like(application)
    recent = application.submitted_at - rules.APPLY_AGAIN_AFTER
    street = house_key(application.address1)
    phone = rules.plain_phone(application.phone)
    aside = [ApplicationStatus.DECLINED, ApplicationStatus.DRAFT]
    shops = list(
        Shop.objects.filter(
            Q(postal_code__startswith=application.postal_code[:5])
            | Q(email=application.email)
            | same_phone(phone)
        ).order_by("name", "pk")
    )
    known: list[Any] = [
        *shops,
        *(one for one in others if one.status not in aside),
    ]

    def is_alike(one: Any) -> bool:
        return one.email == application.email or house_key(one.address1) == street or has_phone(one)

    def has_phone(one: Any) -> bool:
        return bool(phone) and rules.plain_phone(one.phone) == phone

    return rules.Facts(
        station_m=nearest.distance_m if nearest else None,
        email=application.email,
        daily_cap=application.daily_cap,
        weekdays=application.weekdays,
        travel=application.travel,
        same_street=names(one for one in known if house_key(one.address1) == street),
        same_email=[
            *names(one for one in known if one.email == application.email),
            *staff_named(application.email, known),
        ],
        same_phone=names(one for one in known if has_phone(one)),
        same_tax_id=names(same_tax_id(application)),
        declined_before=names(
            one
            for one in others
            if one.status == ApplicationStatus.DECLINED
            and one.decided_at >= recent
            and is_alike(one)
        ),
        unsent_twins=names(
            one for one in others if one.status == ApplicationStatus.DRAFT and is_alike(one)
        ),
        as_written=application.as_written,
    )


def same_phone(digits: str) -> Q:
    """Rows whose phone number has these last ten digits, however it is written: a wizard, a file
    and a person write the same number in three ways."""
    if not digits:
        return Q(pk__in=[])
    bare = Func(
        F("phone"),
        Value("[^0-9]"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=TextField(),
    )
    return Q(Exact(Right(bare, rules.PHONE_DIGITS), Value(digits)))


def others_like(application: Application) -> list[Application]:
    """Other applications that share the ZIP code, the e-mail address or the phone, drafts with
    them; approved ones are left out, their shops speak for them."""
    alike = (
        Q(postal_code__startswith=application.postal_code[:5])
        | Q(email=application.email)
        | same_phone(rules.plain_phone(application.phone))
    )
    gone = [ApplicationStatus.WITHDRAWN, ApplicationStatus.APPROVED]
    others = Application.objects.filter(alike).exclude(pk=application.pk).exclude(status__in=gone)
    return list(others.order_by("pk")[:200])


def same_tax_id(application: Application) -> list[Application]:
    """Other applications under the same tax number, as far as one is known."""
    if not application.tax_fingerprint:
        return []
    others = Application.objects.filter(tax_fingerprint=application.tax_fingerprint)
    return list(others.exclude(pk=application.pk).order_by("pk")[:5])


def house_key(address1: str) -> str:
    """A street for comparing: the house, whatever suite of it and however it is written."""
    return rules.plain_street(addresses.house_of(address1))


def names(rows: Iterable[Any]) -> list[str]:
    """The names of shops and applications, each once, five at most. A draft may have none yet."""
    return list(dict.fromkeys(row.name or row.email for row in rows))[:5]


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


LATE_HEADLINE = (
    gettext_lazy("We are late with your application"),
    gettext_lazy(
        "You should have heard from us by {day}. We are sorry. There is nothing you must do; if "
        "you can't wait, call us."
    ),
)


@dataclass(frozen=True)
class Headline:
    """Where an application stands, in one sentence to its applicant and one about what comes; the
    one thing that she can do now, if there is one."""

    title: str
    lead: str
    url: str = ""
    label: str = ""


# Status → headline, and what comes next. {day} is the promised day, {again} the day from which a
# declined shop may apply again, {email} where our letters go.
HEADLINES = {
    "draft": (
        gettext_lazy("Your application is not sent yet"),
        gettext_lazy("What you wrote is kept. Go on where you stopped, then send it."),
    ),
    "submitted": (
        gettext_lazy("We are checking your application"),
        gettext_lazy("Nothing to do for you. You hear from us by {day}."),
    ),
    "screening": (
        gettext_lazy("We are checking your application"),
        gettext_lazy("Nothing to do for you. You hear from us by {day}."),
    ),
    "repeated": (
        gettext_lazy("We are checking your application"),
        gettext_lazy("Nothing to do for you. You hear from us by {day}."),
    ),
    "info_needed": (
        gettext_lazy("We have a question"),
        gettext_lazy("Please answer by {day}. We go on as soon as we have it."),
    ),
    "checks_running": (
        gettext_lazy("We are checking who will deliver"),
        gettext_lazy(
            "Each person got a letter and has to say yes first. You hear from us by {day}."
        ),
    ),
    "pre_adverse": (
        gettext_lazy("The checks take some days more"),
        gettext_lazy(
            "If we wrote to you about your own report, follow that letter. If not, there is "
            "nothing to do. You hear from us by {day}."
        ),
    ),
    "approved": (
        gettext_lazy("Yes: you are a partner shop"),
        gettext_lazy(
            "We sent your link to {email}. Open it and choose a password. The agreement to sign "
            "follows by {day}; after it and a practice day your shop is live."
        ),
    ),
    "agreement_sent": (
        gettext_lazy("Please read and sign our agreement"),
        gettext_lazy("It is on your shop's page. We sent the link to {email}."),
    ),
    "agreement_signed": (
        gettext_lazy("The agreement is signed"),
        gettext_lazy("Next: say where we pay you, then do a practice day on your shop's page."),
    ),
    "practice": (
        gettext_lazy("Your practice day and your papers are left"),
        gettext_lazy(
            "Twelve pretend packages, on your shop's page. Your shop is live once you are through "
            "and your papers are accepted."
        ),
    ),
    "live": (
        gettext_lazy("Your shop is live"),
        gettext_lazy("All that comes now is on your shop's page."),
    ),
    "declined": (
        gettext_lazy("We can't take your shop now"),
        gettext_lazy("Below you see why. You may apply again from {again}."),
    ),
    "withdrawn": (
        gettext_lazy("You took your application back"),
        gettext_lazy("Nothing is open. You may apply again at any time."),
    ),
    "waitlisted": (
        gettext_lazy("You are on the waiting list"),
        gettext_lazy(
            "We have enough shops in your area now. Nothing to do for you. We look again and "
            "write to you by {day}."
        ),
    ),
    "expired": (
        gettext_lazy("This application ran out"),
        gettext_lazy("We did not hear from you in time. You may apply again at any time."),
    ),
}
# Status → the one thing to do, and the name of its address.
NEXT_STEPS = {
    "draft": (gettext_lazy("Go on"), "applications:apply"),
    "agreement_sent": (gettext_lazy("Open your shop's page"), "home:start"),
    "agreement_signed": (gettext_lazy("Open your shop's page"), "home:start"),
    "practice": (gettext_lazy("Open your shop's page"), "home:start"),
    "live": (gettext_lazy("Open your shop's page"), "home:start"),
    "withdrawn": (gettext_lazy("Apply again"), "applications:apply"),
    "expired": (gettext_lazy("Apply again"), "applications:apply"),
}


def headline(application: Application, at: dt.datetime) -> Headline:
    """The headline of a status page."""
    title, lead = HEADLINES[application.status]
    if is_late(application, at):
        title, lead = LATE_HEADLINE
    label, address = NEXT_STEPS.get(application.status, ("", ""))
    words = {
        "day": day(answer_by(application) if application.submitted_at else None),
        "again": formats.date_format(again_from(application, at), "DATE_FORMAT"),
        "email": masked(application.email),
    }
    url = reverse(address) if address else ""
    return Headline(str(title), str(lead).format(**words), url, str(label))


def masked(email: str) -> str:
    """`rosa@shop.test` → `r•••@shop.test`: enough to recognise, not to copy."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"
