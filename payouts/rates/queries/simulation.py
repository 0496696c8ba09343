"""What other lines would have paid for what shops delivered: the sweep's pricing, only added up."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from kernel.rows import hashed_joins, rows
from payouts.rates import rules
from payouts.rates.models import Rate, RateCard, RateChange, RateKind
from payouts.rates.queries.pricing import (
    LINES_IN_FORCE,
    OPEN_DAYS,
    PRICED,
    Told,
    of_kind,
    parameters,
)
from payouts.rates.rules import Line

WEEKS = 12
Owner = dict[str, int | None]

GIVEN_LINES = """
    SELECT j.shop_id, j.station_id, j.rate_id, j.kind, j.outcome, j.size, j.day_kind, j.beyond,
           j.amount_cents, daterange(j.first_on, j.end_on) AS valid
    FROM jsonb_to_recordset(%(lines)s::jsonb) AS j (
        shop_id bigint, station_id bigint, rate_id bigint, kind text, outcome text, size text,
        day_kind text, beyond int, amount_cents bigint, first_on date, end_on date)
"""

EARNED = """
WITH line AS MATERIALIZED ({lines}
), work AS MATERIALIZED (
    SELECT d.id, d.shop_id, d.delivered_on, d.package_id, {outcome} AS outcome, {size} AS size
    FROM delivery d {package}
    WHERE d.shop_id = ANY(%(shops)s) AND d.delivered_on >= %(first)s AND d.delivered_on < %(end)s
      AND d.voided_by_id IS NULL
), cell AS MATERIALIZED (
    SELECT shop_id, delivered_on, outcome, size, count(*) AS deliveries
    FROM work GROUP BY shop_id, delivered_on, outcome, size
), {priced}, beyond AS MATERIALIZED (
    SELECT w.shop_id, g.service_day AS day, w.delivered_on
    FROM work w JOIN assignment g ON g.package_id = w.package_id AND g.shop_id = w.shop_id
    WHERE g.offer_id IS NOT NULL
), beyond_day AS (SELECT DISTINCT shop_id, day FROM beyond
), premium AS ({premiums}
), shop_day AS MATERIALIZED (
    SELECT shop_id, delivered_on AS day, sum(deliveries) AS deliveries FROM cell GROUP BY 1, 2
), only_day AS (SELECT shop_id, day FROM shop_day
), peak AS ({peaks}
), tier_line AS MATERIALIZED ({tiers}
), numbered AS (
    SELECT w.id, w.shop_id, w.delivered_on, row_number() OVER (
        PARTITION BY w.shop_id, date_trunc('week', w.delivered_on::timestamp) ORDER BY w.id
    ) AS number
    FROM work w JOIN (SELECT DISTINCT shop_id FROM tier_line) t ON t.shop_id = w.shop_id
), tier AS (
    SELECT DISTINCT ON (n.id) n.shop_id, n.delivered_on, l.amount_cents
    FROM numbered n JOIN tier_line l ON l.shop_id = n.shop_id AND l.day = n.delivered_on
    WHERE n.number > l.beyond ORDER BY n.id, l.beyond DESC
), part AS (
    SELECT shop_id, delivered_on AS day, deliveries * amount_cents AS cents FROM priced
    UNION ALL SELECT b.shop_id, b.delivered_on, p.amount_cents
        FROM beyond b JOIN premium p ON p.shop_id = b.shop_id AND p.day = b.day
    UNION ALL SELECT d.shop_id, d.day, d.deliveries * p.amount_cents
        FROM shop_day d JOIN peak p ON p.shop_id = d.shop_id AND p.day = d.day
    UNION ALL SELECT shop_id, delivered_on, amount_cents FROM tier
), week AS MATERIALIZED (
    SELECT s.id AS shop_id, g::date AS first, g::date + 6 AS day
    FROM shop s CROSS JOIN generate_series(%(first)s::date, %(end)s::date - 1, '7 days') g
    WHERE s.id = ANY(%(shops)s)
), open_day AS ({open_days}
), minimum AS ({minimums}
), whole AS (
    SELECT w.shop_id, w.first, coalesce(sum(p.cents), 0) AS cents
    FROM week w LEFT JOIN part p ON p.shop_id = w.shop_id AND p.day >= w.first AND p.day <= w.day
    GROUP BY w.shop_id, w.first
)
SELECT w.shop_id, sum(greatest(w.cents, coalesce(m.amount_cents * o.days, 0)))::bigint AS cents
FROM whole w
LEFT JOIN open_day o ON o.shop_id = w.shop_id AND o.first = w.first
LEFT JOIN minimum m ON m.shop_id = w.shop_id AND m.day = w.first + 6
GROUP BY w.shop_id
"""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change means for one shop (`lowers`: at some package it could earn less)."""

    shop_id: int
    packages: int
    then_cents: int
    now_cents: int
    new_cents: int
    lowers: bool


def window(today: dt.date) -> tuple[dt.date, dt.date]:
    """The last twelve whole weeks: the first Monday, and the Monday after."""
    end, _after = rules.week_of(today)
    return end - dt.timedelta(weeks=WEEKS), end


def lines_in_force(card: RateCard | None, day: dt.date) -> list[Line]:
    """A card's lines on a day, as they stand on it; peaks left out. One query."""
    if card is None:
        return []
    found = Rate.objects.filter(card=card, valid__contains=day).exclude(kind=RateKind.PEAK)
    return sorted(map(as_line, found), key=rules.card_order)


def peaks_after(card: RateCard | None, day: dt.date) -> list[Line]:
    """A card's busy days that end after a day, each with its days. One query."""
    if card is None:
        return []
    found = Rate.objects.filter(card=card, kind=RateKind.PEAK, valid__endswith__gt=day)
    return [
        replace(as_line(one), first_on=one.valid.lower, end_on=one.valid.upper)
        for one in found.order_by("valid", "pk")
    ]


def as_line(row: Any) -> Line:
    """A row of a card, or of a change, as a plain value."""
    return Line(
        kind=row.kind,
        amount_cents=row.amount_cents,
        outcome=row.outcome,
        size=row.size,
        day_kind=row.day_kind,
        beyond=row.beyond,
        first_on=getattr(row, "first_on", None),
        end_on=getattr(row, "end_on", None),
    )


def lines_for_shop(own: Sequence[Line], usual: Sequence[Line]) -> list[Line]:
    """The lines that hold for a shop: its own go before its station's, kind by kind."""
    kinds = {one.kind for one in own}
    return [*own, *(one for one in usual if one.kind not in kinds)]


@dataclass(frozen=True, slots=True)
class Scene:
    """Two sets of cards side by side, before a change and after it, of a station or one shop:
    whose each card is, its lines, and which shops are judged."""

    shops: list[int]
    owners: dict[int, Owner]
    before: dict[int, list[Line]]
    after: dict[int, list[Line]]
    judged: dict[int, bool]


def effects_of(change: RateChange, *, today: dt.date) -> list[Effect]:
    """What a change means for every shop whose lines it changes: counted on its own last twelve
    whole weeks, by shop. Some ten queries, however many shops."""
    scene = scene_of(change)
    touched = sorted(scene.judged)
    first, end = window(today)
    peaks = past_peaks(scene.owners, first, end)
    then = earned(touched, first=first, end=end, given=None)
    now, new = (
        earned(touched, first=first, end=end, given=given_lines(cards, scene.owners) + peaks)
        for cards in (scene.before, scene.after)
    )
    packages = delivered(touched, first=first, end=end)
    return [
        Effect(
            shop_id=shop,
            packages=packages.get(shop, 0),
            then_cents=then.get(shop, 0),
            now_cents=now.get(shop, 0),
            new_cents=new.get(shop, 0),
            lowers=scene.judged[shop],
        )
        for shop in touched
    ]


def scene_of(change: RateChange) -> Scene:
    """The cards that a change is about, and for which shops it could matter."""
    card = change.card
    station = card.station or card.shop.station
    shops = [card.shop_id] if card.shop_id else open_shops(station.pk)
    own = dict(RateCard.objects.filter(shop__in=shops).values_list("shop_id", "pk"))
    usual = RateCard.objects.filter(station=station).values_list("pk", flat=True).first() or 0
    before = lines_by_card(station_id=station.pk, shops=shops, day=change.effective_on)
    lines = list(change.lines.all())
    after = before | {card.pk: [as_line(one) for one in lines if one.kind != RateKind.PEAK]}
    judged = judge(shops, own, usual, before, after)
    if any(one.kind == RateKind.PEAK for one in lines):
        judged = {shop: judged.get(shop, False) for shop in shops}
    owners: dict[int, Owner] = {pk: {"shop_id": shop} for shop, pk in own.items()}
    owners[usual] = {"station_id": station.pk}
    return Scene(shops=shops, owners=owners, before=before, after=after, judged=judged)


def judge(
    shops: Sequence[int],
    cards: dict[int, int],
    usual: int,
    before: dict[int, list[Line]],
    after: dict[int, list[Line]],
) -> dict[int, bool]:
    """The shops for which other lines would hold, and whether those could pay less. Shops without
    lines of their own are judged once."""
    known: dict[int, bool | None] = {}
    for shop in shops:
        own = cards.get(shop, 0)
        key = own if before.get(own) or after.get(own) else 0
        if key not in known:
            was = lines_for_shop(before.get(key, []), before.get(usual, []))
            becomes = lines_for_shop(after.get(key, []), after.get(usual, []))
            known[key] = rules.lowers(was, becomes) if set(was) != set(becomes) else None
    keys = {
        shop: own if before.get(own := cards.get(shop, 0)) or after.get(own) else 0
        for shop in shops
    }
    return {shop: known[keys[shop]] for shop in shops if known[keys[shop]] is not None}


def open_shops(station_id: int) -> list[int]:
    """A station's shops that are not closed."""
    found = rows(
        "SELECT id FROM shop WHERE station_id = %s AND status <> 'closed' ORDER BY id", [station_id]
    )
    return [row["id"] for row in found]


def lines_by_card(*, station_id: int, shops: Sequence[int], day: dt.date) -> dict[int, list[Line]]:
    """Card → its lines on a day, of a station and these shops; peaks left out. One query."""
    found: dict[int, list[Line]] = {}
    rates = Rate.objects.filter(valid__contains=day).exclude(kind=RateKind.PEAK)
    owned = rates.filter(card__shop__in=shops) | rates.filter(card__station=station_id)
    for rate in owned.order_by("pk"):
        found.setdefault(rate.card_id, []).append(as_line(rate))
    return found


def given_lines(by_card: dict[int, list[Line]], owners: dict[int, Owner]) -> list[dict[str, Any]]:
    """Lines as rows for the statement, holding on every day."""
    rows_, number = [], 0
    for card, lines in by_card.items():
        for line in lines:
            number += 1
            owner = {"shop_id": None, "station_id": None} | owners[card]
            rows_.append(owner | {"rate_id": number, **facts_of(line)})
    return rows_


def facts_of(line: Line) -> dict[str, Any]:
    """A line's columns."""
    return {
        "kind": line.kind,
        "outcome": line.outcome,
        "size": line.size,
        "day_kind": line.day_kind,
        "beyond": line.beyond,
        "amount_cents": line.amount_cents,
        "first_on": line.first_on and line.first_on.isoformat(),
        "end_on": line.end_on and line.end_on.isoformat(),
    }


def past_peaks(owners: dict[int, Owner], first: dt.date, end: dt.date) -> list[dict[str, Any]]:
    """The peaks of the window: a new card does not change them."""
    peaks = Rate.objects.filter(card__in=list(owners), kind=RateKind.PEAK)
    return [
        {"shop_id": None, "station_id": None, "rate_id": -peak.pk}
        | owners[peak.card_id]
        | facts_of(as_line(peak))
        | {"first_on": peak.valid.lower.isoformat(), "end_on": peak.valid.upper.isoformat()}
        for peak in peaks.filter(valid__overlap=(first, end)).order_by("pk")
    ]


def earned(
    shops: Sequence[int],
    *,
    first: dt.date,
    end: dt.date,
    given: Sequence[dict[str, Any]] | None,
) -> dict[int, int]:
    """Shop → what it earned from `first` (a Monday) to before `end`: by `given` lines, or by those
    that were in force on each day. One statement."""
    told = Told()
    statement = EARNED.format(
        lines=LINES_IN_FORCE if given is None else GIVEN_LINES,
        outcome=told.outcome,
        size=told.size,
        package=told.package,
        priced=PRICED,
        premiums=of_kind("over_cap", "beyond_day"),
        peaks=of_kind("peak", "only_day"),
        tiers=of_kind("tier", "only_day"),
        minimums=of_kind("minimum", "week"),
        open_days=OPEN_DAYS,
    )
    facts = {"shops": list(shops), "first": first, "end": end, "lines": json.dumps(given or [])}
    with hashed_joins():
        found = rows(statement, parameters(first, end) | facts)
    return {row["shop_id"]: row["cents"] for row in found}


def delivered(shops: Sequence[int], *, first: dt.date, end: dt.date) -> dict[int, int]:
    """Shop → packages it delivered in the window."""
    found = rows(
        """
        SELECT shop_id, count(*) AS packages FROM delivery
        WHERE shop_id = ANY(%s) AND delivered_on >= %s AND delivered_on < %s
          AND voided_by_id IS NULL GROUP BY shop_id
        """,
        [list(shops), first, end],
    )
    return {row["shop_id"]: row["packages"] for row in found}
