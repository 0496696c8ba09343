"""What an applicant is asked on which page, what screening notices, and when she hears from us.
Pure."""

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from enum import StrEnum

AREA_M = 40_000
ANSWER_IN_WORKDAYS = 5
# How many working days each state may last before we speak again, or, where we asked something,
# before we hope for an answer. What is not here has no date.
PROMISED_WORKDAYS = {
    "submitted": ANSWER_IN_WORKDAYS,
    "repeated": ANSWER_IN_WORKDAYS,  # what it repeats is answered
    "screening": ANSWER_IN_WORKDAYS,
    "info_needed": 10,
    "checks_running": 10,
    "pre_adverse": 10,
    "waitlisted": 60,
    "approved": 2,  # the agreement follows by itself
}
OURS_TO_KEEP = {
    "submitted",
    "screening",
    "checks_running",
    "pre_adverse",
    "waitlisted",
    "approved",
}
# A question without an answer: one reminder after the hoped-for day, then the end.
UNANSWERED_LASTS = dt.timedelta(days=30)  # after the hoped-for day
REMINDED_BEFORE = dt.timedelta(days=14)  # the reminder comes so long before the end, at least
WORKDAYS_AFTER_AN_APOLOGY = 3
# Steps that leave the promised date where it is.
QUIET_STEPS = {"screened", "consented", "checks_done", "reminded"}
STEPS_OF_THE_PORTAL = {
    "screened",
    "late",
    "checks_done",
    "checks_longer",
    "sent",
    "reminded",
    "expired",
    "live",
}
# Steps that the shop's own people make, also once they have accounts.
STEPS_OF_THE_APPLICANT = {"submitted", "answered", "appealed", "withdrawn", "signed", "practice"}
STEPS_OF_OTHERS = {"consented"}
APPLY_AGAIN_AFTER = dt.timedelta(days=90)
APPEAL_WITHIN = dt.timedelta(days=30)
SMALLEST_CAP, LARGEST_CAP = 5, 150
FEWEST_WEEKDAYS = 4
LATEST_VAN = dt.time(10)
USUAL_CAP = {"walk": 40, "bike": 70, "car": 120}
FREE_MAIL = (
    "gmail.com googlemail.com yahoo.com hotmail.com outlook.com live.com aol.com icloud.com "
    "proton.me protonmail.com mail.com gmx.com"
)


# Where an application may go from where it is; PostgreSQL refuses everything else.
MOVES = {
    "draft": {"submitted", "repeated", "waitlisted", "withdrawn", "expired"},
    "submitted": {"screening", "info_needed", "approved", "declined", "withdrawn", "waitlisted"},
    "screening": {
        "info_needed",
        "checks_running",
        "approved",
        "declined",
        "withdrawn",
        "waitlisted",
    },
    "info_needed": {"screening", "approved", "declined", "withdrawn", "waitlisted", "expired"},
    "checks_running": {"approved", "pre_adverse", "declined", "withdrawn"},
    "pre_adverse": {"checks_running", "declined", "withdrawn"},
    "approved": {"agreement_sent", "withdrawn", "expired"},
    "agreement_sent": {"agreement_signed", "withdrawn", "expired"},
    "agreement_signed": {"practice", "withdrawn", "expired"},
    "practice": {"live", "withdrawn", "expired"},
    "waitlisted": {"screening", "declined", "withdrawn"},
    "declined": {"screening"},  # an appeal that was heard
    "live": set(),
    "withdrawn": set(),
    "expired": set(),
    "repeated": {"withdrawn"},  # the same shop's other application is looked at
}


# The pages on which a draft is written, section by section; each holds one group of questions.
PAGES = {
    "shop": ["name", "address", "contact"],
    "storage": ["storage", "access"],
    "days": ["days", "packages"],
    "people": ["people"],
    "documents": ["documents"],
    "check": ["more"],
}
PAGES_IN_ORDER = [page for pages in PAGES.values() for page in pages]
DRAFT_LASTS = dt.timedelta(days=30)
REMIND_AFTER = dt.timedelta(days=23)
UNCONFIRMED_LASTS = dt.timedelta(days=30)
MOST_PEOPLE = 20
PHONE_DIGITS = 10


def pages_left(done: Collection[str]) -> list[str]:
    """The pages of a draft that have no good answers yet, in order."""
    return [page for page in PAGES_IN_ORDER if page not in done]


def page_after(page: str) -> str | None:
    """The next page of the same section; None after its last one."""
    for pages in PAGES.values():
        if page in pages[:-1]:
            return pages[pages.index(page) + 1]
    return None


def page_before(page: str) -> str | None:
    """The page before it in the same section; None before its first one."""
    for pages in PAGES.values():
        if page in pages[1:]:
            return pages[pages.index(page) - 1]
    return None


class Progress(StrEnum):
    """How far a section of a draft is."""

    DONE = "done"
    BEGUN = "begun"
    OPEN = "open"


def progress_of(section: str, done: Collection[str]) -> Progress:
    """How far a section is, by the pages that are done."""
    answered = [page in done for page in PAGES[section]]
    if all(answered):
        return Progress.DONE
    return Progress.BEGUN if any(answered) else Progress.OPEN


class FindingCode(StrEnum):
    """What screening may notice. None decides alone: a person reads them."""

    OUTSIDE_EVERY_AREA = "outside_every_area"
    UNKNOWN_ZIP = "unknown_zip"
    SAME_STREET = "same_street"
    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"
    SAME_TAX_ID = "same_tax_id"
    SENT_AGAIN = "sent_again"
    DECLINED_BEFORE = "declined_before"
    UNSENT_TWIN = "unsent_twin"
    PHONE_AS_WRITTEN = "phone_as_written"
    ADDRESS_AS_WRITTEN = "address_as_written"
    CAP_UNUSUAL = "cap_unusual"
    FEW_WEEKDAYS = "few_weekdays"
    NO_WEEKEND = "no_weekend"
    FREE_MAIL = "free_mail"


@dataclass(frozen=True)
class Facts:
    """What screening looks at. `station_m` is the way to the nearest station in metres, None when
    the address could not be placed; the `same_*` lists name shops and other applications."""

    station_m: float | None
    email: str
    daily_cap: int
    weekdays: str
    travel: str
    same_street: list[str] = field(default_factory=list)
    same_email: list[str] = field(default_factory=list)
    same_phone: list[str] = field(default_factory=list)
    same_tax_id: list[str] = field(default_factory=list)
    declined_before: list[str] = field(default_factory=list)
    unsent_twins: list[str] = field(default_factory=list)
    as_written: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Finding:
    """One thing noticed; `names` are the shops or applications it points at."""

    code: FindingCode
    names: list[str] = field(default_factory=list)
    number: int | None = None

    def as_dict(self) -> dict[str, object]:
        """Plain values, for the row."""
        return asdict(self) | {"code": str(self.code)}


def screen(facts: Facts) -> list[Finding]:
    """Everything worth a reviewer's look, the gravest first."""
    found = [*place_findings(facts), *twin_findings(facts)]
    if "phone" in facts.as_written:
        found.append(Finding(FindingCode.PHONE_AS_WRITTEN))
    if "address" in facts.as_written:
        found.append(Finding(FindingCode.ADDRESS_AS_WRITTEN))
    usual = USUAL_CAP.get(facts.travel, LARGEST_CAP)
    if facts.daily_cap > usual:
        found.append(Finding(FindingCode.CAP_UNUSUAL, number=usual))
    if len(facts.weekdays) < FEWEST_WEEKDAYS:
        found.append(Finding(FindingCode.FEW_WEEKDAYS, number=len(facts.weekdays)))
    if not set(facts.weekdays) & set("67"):
        found.append(Finding(FindingCode.NO_WEEKEND))
    if facts.email.rpartition("@")[2].lower() in FREE_MAIL.split():
        found.append(Finding(FindingCode.FREE_MAIL))
    return found


def place_findings(facts: Facts) -> list[Finding]:
    """Whether a van can come by."""
    if facts.station_m is None:
        return [Finding(FindingCode.UNKNOWN_ZIP)]
    if facts.station_m > AREA_M:
        return [Finding(FindingCode.OUTSIDE_EVERY_AREA, number=round(facts.station_m))]
    return []


def twin_findings(facts: Facts) -> list[Finding]:
    """Who else uses the same street, address for mail, phone or tax number."""
    twins = {
        FindingCode.SAME_STREET: facts.same_street,
        FindingCode.SAME_EMAIL: facts.same_email,
        FindingCode.SAME_PHONE: facts.same_phone,
        FindingCode.SAME_TAX_ID: facts.same_tax_id,
        FindingCode.DECLINED_BEFORE: facts.declined_before,
        FindingCode.UNSENT_TWIN: facts.unsent_twins,
    }
    return [Finding(code, names=names) for code, names in twins.items() if names]


def answer_by(
    asked_on: dt.date,
    free_days: Collection[dt.date] = (),
    workdays: int = ANSWER_IN_WORKDAYS,
) -> dt.date:
    """The day by which an applicant hears from us: so many working days later."""
    day, left = asked_on, workdays
    while left:
        day += dt.timedelta(days=1)
        left -= day.isoweekday() <= 5 and day not in free_days
    return day


def promised_workdays(status: str, step: str) -> int | None:
    """For how many working days a step's promise stands; None where a state promises nothing."""
    usual = PROMISED_WORKDAYS.get(status)
    return WORKDAYS_AFTER_AN_APOLOGY if usual and step == "late" else usual


class Chase(StrEnum):
    """What an unanswered question asks of us on a day."""

    WAIT = "wait"
    REMIND = "remind"
    END = "end"


def chase(hoped_on: dt.date | None, reminded_on: dt.date | None, today: dt.date) -> Chase:
    """Remind once after the day by which we hoped for an answer; end it a month after that day,
    and never within two weeks of the reminder."""
    if hoped_on is None or today <= hoped_on:
        return Chase.WAIT
    if reminded_on is None:
        return Chase.REMIND
    is_over = today > max(hoped_on + UNANSWERED_LASTS, reminded_on + REMINDED_BEFORE)
    return Chase.END if is_over else Chase.WAIT


def may_appeal(
    status: str, decided_at: dt.datetime | None, at: dt.datetime, *, was_heard: bool
) -> bool:
    """Whether a declined applicant may still ask another reviewer to look: once, for 30 days."""
    is_open = status == "declined" and decided_at is not None and not was_heard
    return is_open and at < decided_at + APPEAL_WITHIN


def plain_street(address: str) -> str:
    """A street for comparing: case, dots, commas and the usual short forms aside."""
    short = {"street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "boulevard": "blvd"}
    short |= {"north": "n", "south": "s", "east": "e", "west": "w", "lane": "ln", "place": "pl"}
    short |= {"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}
    words = address.lower().replace(".", " ").replace(",", " ").split()
    return " ".join(short.get(word, word) for word in words)


def plain_phone(phone: str) -> str:
    """The last ten digits of a phone number, which tell US numbers apart, or what there is."""
    digits = "".join(letter for letter in phone if letter in "0123456789")
    return digits[-PHONE_DIGITS:]
