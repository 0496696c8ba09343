"""The sample network as plain values: who, where, and what happens on a day. Pure and seeded, so
that loading it again tells the same story."""

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

SEED = "hub-delivery"
HISTORY_DAYS = 28
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
) -> list[dict[str, str]]:
    """One day's packages of one station, as columns of its feed: made-up people at real doors, some
    doors twice, fewer at weekends."""
    roll = dice("feed", code, day)
    size = round(usual * (0.6 if day.isoweekday() > 5 else 1) * roll.uniform(0.9, 1.1))
    return [
        {"tracking_id": f"HD{code}{day:%y%m%d}{number:04d}"}
        | feed_row(roll, roll.choice(doors), names)
        for number in range(size)
    ]


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


def last_saturday(day: dt.date) -> dt.date:
    """The last day of the latest complete pay week (Sunday to Saturday) before `day`."""
    return day - dt.timedelta(days=day.isoweekday() % 7 + 1)


def last_monday(day: dt.date) -> dt.date:
    """The latest Monday that is not after `day`."""
    return day - dt.timedelta(days=day.isoweekday() - 1)
