"""The sample network as plain values: who, where, and what happens on a day. Pure and seeded, so
that loading it again tells the same story."""

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

SEED = "hub-delivery"
HISTORY_DAYS = 28
SHOWN_DAYS = 4  # before the network was first loaded: since then pictures are taken
LEFT_TO_COUNT = 3  # packages of Rosa's drop that are still to be counted in today
NAMESPACE = uuid.UUID("6f1d7b52-3d0a-4a86-9d59-5c3b4d1e9a10")


@dataclass(frozen=True)
class SampleAct:
    """One thing a phone will say: the act, its words and when it happens."""

    id: uuid.UUID
    act: str
    tracking_id: str
    happened_at: dt.datetime
    outcome: str = ""
    reason: str = ""
    note: str = ""


INSTRUCTIONS = [
    "Ring twice",
    "Leave with the front desk",
    "Side door by the garage",
    "Dog is friendly",
    "Please don't ring, baby sleeps",
    "Gate code is on the box",
    "Blue door, second floor",
]
OUTCOMES = (
    ["front_door"] * 6 + ["handed_to_resident"] * 3 + ["mail_room", "neighbour", "safe_place"]
)


DOOR_COLUMNS = [
    "address1",
    "address2",
    "city",
    "state",
    "postal_code",
    "latitude",
    "longitude",
]


def dice(*parts: object) -> random.Random:
    """A random source that is the same for the same parts, on every machine."""
    return random.Random(":".join([SEED, *map(str, parts)]))  # noqa: S311


def feed_rows(
    *,
    code: str,
    day: dt.date,
    usual: int,
    doors: Sequence[dict[str, str]],
    names: Sequence[dict[str, str]],
    with_code: dict[str, str] | None = None,
) -> list[dict[str, str]]:
    """One day's packages of one station, as columns of its feed: made-up people at real doors, some
    doors twice, fewer at weekends. What the door `with_code` orders is given for a code only."""
    roll = dice("feed", code, day)
    size = round(usual * (0.6 if day.isoweekday() > 5 else 1) * roll.uniform(0.9, 1.1))
    rows = [
        {"tracking_id": f"HD{code}{day:%y%m%d}{number:04d}"}
        | feed_row(roll, roll.choice(doors), names)
        for number in range(size)
    ]
    if with_code:
        rows[0] |= {name: with_code[name] for name in DOOR_COLUMNS} | {"requires": "code"}
    return rows


def feed_row(
    roll: random.Random, door: dict[str, str], names: Sequence[dict[str, str]]
) -> dict[str, str]:
    """One package for somebody behind `door`."""
    return {
        "recipient_name": f"{roll.choice(names)['first']} {roll.choice(names)['last']}",
        **{name: door[name] for name in DOOR_COLUMNS},
        "phone": f"({roll.randrange(200, 999)}) 555-01{roll.randrange(100):02d}",
        "instructions": roll.choice(INSTRUCTIONS) if roll.random() < 0.2 else "",
        "weight_g": str(roll.randrange(80, 9000)),
        "length_mm": str(roll.randrange(100, 600)),
        "width_mm": str(roll.randrange(80, 400)),
        "height_mm": str(roll.randrange(10, 300)),
        "requires": "signature" if roll.random() < 0.03 else "",
    }


def day_window(day: dt.date, zone: str, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """When the drop comes and when the last door is reached. Today is stretched so that about two
    thirds of its work lie behind `now`, at whatever hour the sample network is loaded."""
    tz = ZoneInfo(zone)
    if day < now.astimezone(tz).date():
        morning, evening = dt.time(8, 30), dt.time(16, 30)
        return dt.datetime.combine(day, morning, tz), dt.datetime.combine(day, evening, tz)
    midnight = dt.datetime.combine(day, dt.time(0, 1), tz)
    opening = max(midnight, now - dt.timedelta(hours=4))
    return opening, now + (now - opening) / 2


def acts_of_day(
    *,
    drop: Sequence[str],
    kept: dict[str, int],
    window: tuple[dt.datetime, dt.datetime],
    day: dt.date,
) -> list[SampleAct]:
    """What one shop's phones say on one day, in order.

    `drop`: tracking ids in tour order that arrive today; `kept`: those held from earlier days with
    the attempts so far (negative: to be given back to the driver).
    """
    opening, closing = window
    acts = [act(day, "return", tracking, opening) for tracking, tries in kept.items() if tries < 0]
    acts += [act(day, "receive", tracking, opening + dt.timedelta(minutes=4)) for tracking in drop]
    tour = [tracking for tracking, tries in kept.items() if tries >= 0] + list(drop)
    walk = (closing - opening) * 0.9 / max(len(tour), 1)
    start = opening + (closing - opening) * 0.1
    acts += [act(day, "load", tracking, start) for tracking in tour]
    for number, tracking in enumerate(tour, 1):
        acts.append(at_the_door(day, tracking, start + walk * number))
    return acts


def at_the_door(day: dt.date, tracking_id: str, happened_at: dt.datetime) -> SampleAct:
    """How one try at one door ends: nearly always well."""
    roll = dice("door", day, tracking_id)
    luck = roll.random()
    if luck < 0.945:
        return act(day, "deliver", tracking_id, happened_at, outcome=roll.choice(OUTCOMES))
    reason = (
        "NOT_HOME"
        if luck < 0.975
        else roll.choice(
            ["NO_ACCESS", "CANT_FIND", "BUSINESS_CLOSED", "REFUSED", "BAD_ADDRESS", "DAMAGED"]
        )
    )
    return act(day, "attempt", tracking_id, happened_at, reason=reason)


def act(
    day: dt.date, name: str, tracking_id: str, happened_at: dt.datetime, **words: str
) -> SampleAct:
    """One act whose id follows from what it says, so that saying it again changes nothing."""
    return SampleAct(
        uuid.uuid5(NAMESPACE, f"{day}:{name}:{tracking_id}"),
        name,
        tracking_id,
        happened_at,
        **words,
    )


def id_of(*parts: object) -> uuid.UUID:
    """An id that follows from what it is of, so that making it again changes nothing."""
    return uuid.uuid5(NAMESPACE, ":".join(map(str, parts)))


def place_near(act_id: uuid.UUID, latitude: float, longitude: float) -> dict[str, float]:
    """Where a phone says it is, some metres from a door."""
    roll = dice("place", act_id)
    return {
        "latitude": latitude + roll.uniform(-0.00015, 0.00015),
        "longitude": longitude + roll.uniform(-0.00015, 0.00015),
        "accuracy_m": float(roll.randrange(4, 25)),
    }


def has_photo(act_id: uuid.UUID) -> bool:
    """Whether a photo was taken at this door: at one of four."""
    return dice("photo", act_id).random() < 0.25


# --- The van -------------------------------------------------------------------------------------

DRIVERS = ["Lee Carter", "Maya Torres", "Dev Patel", "Jo Freeman", "Ana Silva", "Will Brooks"]


class Trouble(StrEnum):
    """What goes wrong at Rosa's on a day."""

    SHORT = "short"  # a package does not come
    DAMAGED = "damaged"  # a package is not taken
    DIFFERS = "differs"  # the driver counted one more
    MOVED = "moved"  # a package of another shop comes with her van
    CONFLICT = "conflict"  # Sam delivers what Rosa could not


TROUBLED = "FAY"
# Days before the network was first loaded; two at least, so that they are over in every zone.
TROUBLES = {
    12: Trouble.SHORT,
    6: Trouble.DAMAGED,
    4: Trouble.DIFFERS,
    3: Trouble.MOVED,
    2: Trouble.CONFLICT,
}


def trouble_on(day: dt.date, first_day: dt.date) -> Trouble | None:
    """What goes wrong on a day of a story that began on `first_day`."""
    return TROUBLES.get(HISTORY_DAYS - (day - first_day).days)


def day_of(trouble: Trouble, first_day: dt.date) -> dt.date:
    """The day on which this goes wrong."""
    before = next(days for days, one in TROUBLES.items() if one == trouble)
    return first_day + dt.timedelta(days=HISTORY_DAYS - before)


def driver_of(day: dt.date, code: str) -> str:
    """Who drives a station's van on a day."""
    return dice("driver", day, code).choice(DRIVERS)


def is_told(day: dt.date, slug: str) -> bool:
    """Whether the driver only said her counts and was gone: at one of twelve vans."""
    return dice("told", day, slug).random() < 1 / 12


def said_at_the_van(
    received: int, returned: int, trouble: Trouble | None
) -> tuple[tuple[int, int], tuple[int, int]]:
    """What driver and shop say, packages and returns each. A driver counts a package that is not
    there; both count one that another shop should have got."""
    given, taken = received, received
    if trouble in (Trouble.SHORT, Trouble.DIFFERS):
        given += 1
    elif trouble == Trouble.MOVED:
        given, taken = given + 1, taken + 1
    return (given, returned), (taken, returned)


# --- Paydays -------------------------------------------------------------------------------------


def last_saturday(day: dt.date) -> dt.date:
    """The last day of the latest complete pay week (Sunday to Saturday) before `day`."""
    return day - dt.timedelta(days=day.isoweekday() % 7 + 1)


def last_monday(day: dt.date) -> dt.date:
    """The latest Monday that is not after `day`."""
    return day - dt.timedelta(days=day.isoweekday() - 1)
