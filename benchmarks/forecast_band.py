"""How good the forecast's bands are on made-up shops with trends, weekdays, holidays and noise.

Every evening of four weeks, tomorrow is forecast from the eight weeks before it. The loss is the
pinball loss of low, middle and high, averaged: what each packet of error costs when the true tenth,
half and nine tenths are asked for. The limit knows the law by which the shop was made up.
"""

import datetime as dt
import math
import random
import statistics
from collections.abc import Callable, Iterator

from benchmarks.harness import Figure
from hubshops.forecasts import rules

FIRST = dt.date(2026, 1, 5)
SHOPS, JUDGED = 60, 28
TENTH = 1.2816  # a tenth of a normal law lies further out than so many of its spreads
SHARES = (rules.LOW, 0.5, rules.HIGH)
Triple = tuple[float, float, float]
Past = dict[dt.date, int]


Days = list[tuple[dt.date, int]]
Laws = list[tuple[float, float]]


def made_up_shops() -> Iterator[tuple[Days, Laws]]:
    """Days with what came, and the mean and spread each was rolled with, shop by shop."""
    for number in range(SHOPS):
        roll = random.Random(f"shop {number}")
        yield made_up_shop(roll)


def made_up_shop(roll: random.Random) -> tuple[Days, Laws]:
    """One shop: a level that drifts, its own weekdays, holidays without a package, noise that
    grows with the level."""
    level = math.exp(roll.uniform(math.log(6), math.log(60)))
    drift = roll.choice([0.0, 0.0, 0.004, -0.004, 0.01])
    weekdays = [roll.uniform(0.8, 1.25) for _ in range(5)] + [roll.uniform(0.35, 0.9), 0.5]
    wobble, noise = roll.choice([0.0, 0.02, 0.04]), roll.choice([0.0, 0.1, 0.2])
    days, laws = [], []
    for number in range(rules.DAYS_BACK + JUDGED):
        day = FIRST + dt.timedelta(days=number)
        level *= math.exp(drift + roll.gauss(0, wobble))
        mean = level * weekdays[day.isoweekday() - 1]
        if roll.random() < 0.02:
            mean *= roll.choice([0.0, 0.3, 1.8])  # a holiday, a storm, a sale
        spread = math.sqrt(mean + (noise * mean) ** 2)
        days.append((day, max(0, round(roll.gauss(mean, spread)))))
        laws.append((mean, spread))
    return days, laws


def ours(past: Past, day: dt.date) -> Triple:
    [band] = rules.forecast(past, [day], cap=10_000)
    return band.low, band.middle, band.high


def last_week(past: Past, day: dt.date) -> Triple:
    """Same weekday last week, and how far that was off before."""
    week = dt.timedelta(days=7)
    misses = [past[one] - past[one - week] for one in past if one - week in past]
    return around(past[day - week], misses)


def four_weeks(past: Past, day: dt.date) -> Triple:
    """The mean of the same weekday in four weeks, and how far that was off before."""
    weeks = [dt.timedelta(days=7 * number) for number in range(1, 5)]
    misses = [
        past[one] - statistics.mean(past[one - ago] for ago in weeks)
        for one in past
        if one - weeks[-1] in past
    ]
    return around(statistics.mean(past[day - ago] for ago in weeks), misses)


def eight_weekdays(past: Past, day: dt.date) -> Triple:
    """Tenths of the same weekday in eight weeks, as they are."""
    counts = sorted(past[day - dt.timedelta(days=7 * number)] for number in range(1, 9))
    return tuple(rules.quantile(counts, share) for share in SHARES)


def around(middle: float, misses: list[float]) -> Triple:
    """A band as wide as past misses were."""
    ordered = sorted(misses)
    low, high = rules.quantile(ordered, rules.LOW), rules.quantile(ordered, rules.HIGH)
    return max(0.0, middle + low), middle, middle + high


def pinball(said: Triple, came: int) -> float:
    """The mean cost of the three numbers."""
    costs = [
        max(share * (came - one), (share - 1) * (came - one))
        for share, one in zip(SHARES, said, strict=True)
    ]
    return sum(costs) / len(costs)


def limit() -> float:
    """The loss of one who knows each day's law, holidays included, and not how the dice fall."""
    losses = []
    for days, laws in made_up_shops():
        usual = statistics.mean(came for _, came in days)
        for (_day, came), (mean, spread) in list(zip(days, laws, strict=True))[rules.DAYS_BACK :]:
            said = (max(0.0, mean - TENTH * spread), mean, mean + TENTH * spread)
            losses.append(pinball(said, came) / usual)
    return 100 * statistics.mean(losses)


def judged(forecaster: Callable[[Past, dt.date], Triple]) -> tuple[float, float]:
    """Loss a day relative to the shop's mean day, and the share of days within the band."""
    losses, inside = [], []
    for days, _laws in made_up_shops():
        usual = statistics.mean(came for _, came in days)
        for end in range(rules.DAYS_BACK, len(days)):
            day, came = days[end]
            said = forecaster(dict(days[end - rules.DAYS_BACK : end]), day)
            losses.append(pinball(said, came) / usual)
            inside.append(said[0] <= came <= said[2])
    return 100 * statistics.mean(losses), 100 * statistics.mean(inside)


PEERS = {
    "same weekday last week": last_week,
    "mean of four weeks": four_weeks,
    "tenths of eight weekdays": eight_weekdays,
}


def measure() -> Figure:
    """Our loss beside the law's and the naive forecasters'."""
    loss, inside = judged(ours)
    found = {name: judged(peer) for name, peer in PEERS.items()}
    bands = ", ".join(f"{name} {share:.0f} %" for name, (_, share) in found.items())
    return Figure(
        name="forecast_band",
        unit="% loss",
        ours=loss,
        limit=limit(),
        peers={name: peer_loss for name, (peer_loss, _) in found.items()},
        note=(
            f"pinball loss of a tenth, half and nine tenths against a shop's mean day; {SHOPS}"
            f" made-up shops, {JUDGED} evenings each, eight weeks behind each; days within the band"
            f" (80 % promised): ours {inside:.0f} %, {bands}; limit: the law of the dice"
        ),
        is_more_better=False,
    )
