"""The one SQL by which packages are priced: the sweep books with it, a simulation only adds up.

`rules.best_line` and `rules.next_tiers` say the same for one package; a test compares the two.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import holidays
from django.db import connection

from payouts.rates import rules

# Lines of cards with the days on which they hold. `is_own` goes before the station's, kind by kind.
LINES_IN_FORCE = """
    SELECT c.shop_id, c.station_id, r.id AS rate_id, r.kind, r.outcome, r.size, r.day_kind,
           r.beyond, r.amount_cents, r.valid
    FROM rate r JOIN rate_card c ON c.id = r.card_id
"""

# The station's calendar, the same as `rules.day_kind_of`. Takes %(holidays)s.
DAY_KIND = """
    CASE WHEN {day} = ANY(%(holidays)s::date[]) THEN 'holiday'
         WHEN extract(isodow FROM {day}) >= 6 THEN 'weekend' ELSE 'weekday' END
"""

# The same as `rules.size_of`; `p` is the package.
SIZE = f"""
    CASE WHEN p.weight_g >= {rules.LARGE_FROM_G}
           OR greatest(p.length_mm, p.width_mm, p.height_mm) >= {rules.LARGE_FROM_MM}
         THEN 'large'
         WHEN p.weight_g <= {rules.SMALL_TO_G}
          AND greatest(p.length_mm, p.width_mm, p.height_mm) <= {rules.SMALL_TO_MM}
         THEN 'small' ELSE 'standard' END
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What the lines of all cards tell apart, so that a sweep asks for nothing it doesn't need: a
    package's size is a look at its row."""

    outcomes: bool = True
    sizes: bool = True
    tiers: bool = True
    peaks: bool = True

    @property
    def outcome(self) -> str:
        """The outcome of delivery `d`, or nothing where no line asks."""
        return "d.outcome" if self.outcomes else "''"

    @property
    def size(self) -> str:
        """The size of package `p`, or nothing where no line asks."""
        return SIZE if self.sizes else "''"

    @property
    def package(self) -> str:
        """The join that a size needs."""
        return "JOIN package p ON p.id = d.package_id" if self.sizes else ""


def told_apart() -> Told:
    """What some line of some card asks of packages. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(bool_or(outcome <> ''), false), coalesce(bool_or(size <> ''), false),"
            " coalesce(bool_or(kind = 'tier'), false), coalesce(bool_or(kind = 'peak'), false)"
            " FROM rate"
        )
        return Told(*cursor.fetchone())


def holidays_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """The federal holidays of these years, the days on which they are observed with them."""
    years = range(first.year, last.year + 1)
    return sorted(holidays.US(years=list(years)))


# `cell`: (shop_id, delivered_on, outcome, size, …) of packages to price; `line`: as LINES_IN_FORCE.
# Gives `priced`: each cell with its `rate_id` and `amount_cents`; one without a line is left out.
PRICED = f"""
line_day AS MATERIALIZED (
    SELECT l.shop_id, l.station_id, l.rate_id, l.outcome, l.size, l.amount_cents, g.day,
           (l.outcome <> '')::int + (l.size <> '')::int + (l.day_kind <> '')::int AS exactness
    FROM (SELECT DISTINCT delivered_on AS day FROM cell) g
    JOIN line l ON l.kind = 'delivery' AND l.valid @> g.day
        AND (l.day_kind = '' OR l.day_kind = {DAY_KIND.format(day="g.day")})
), candidate AS (
    SELECT c.*, l.rate_id, l.amount_cents, l.exactness, true AS is_own
    FROM cell c JOIN line_day l ON l.shop_id = c.shop_id AND l.day = c.delivered_on
    WHERE l.outcome IN ('', c.outcome) AND l.size IN ('', c.size)
    UNION ALL
    SELECT c.*, l.rate_id, l.amount_cents, l.exactness, false
    FROM cell c JOIN shop s ON s.id = c.shop_id
    JOIN line_day l ON l.station_id = s.station_id AND l.day = c.delivered_on
    WHERE l.outcome IN ('', c.outcome) AND l.size IN ('', c.size)
), priced AS MATERIALIZED (
    SELECT DISTINCT ON (shop_id, delivered_on, outcome, size) *
    FROM candidate
    ORDER BY shop_id, delivered_on, outcome, size, is_own DESC, exactness DESC, amount_cents DESC,
             rate_id
)
"""


def of_kind(kind: str, days: str) -> str:
    """A relation (shop_id, day, rate_id, amount_cents, beyond): the lines of one kind that hold for
    each shop and day in the relation `days` (shop_id, day); own lines keep the station's away."""
    return f"""
        SELECT x.shop_id, x.day, l.rate_id, l.amount_cents, l.beyond
        FROM (SELECT * FROM {days}) x JOIN line l ON l.kind = '{kind}' AND l.shop_id = x.shop_id
            AND l.valid @> x.day
        UNION ALL
        SELECT x.shop_id, x.day, l.rate_id, l.amount_cents, l.beyond
        FROM (SELECT * FROM {days}) x JOIN shop s ON s.id = x.shop_id
        JOIN line l ON l.kind = '{kind}' AND l.station_id = s.station_id AND l.valid @> x.day
        WHERE NOT EXISTS (
            SELECT FROM line o
            WHERE o.kind = '{kind}' AND o.shop_id = x.shop_id AND o.valid @> x.day
        )
    """


def parameters(first: dt.date, last: dt.date) -> dict[str, Any]:
    """What `PRICED` takes."""
    return {"holidays": holidays_between(first, last)}


# A week's minimum counts the days a shop was open: its weekdays, no day off, no pause, no
# suspension, since it was opened and until it left. A day is suspended when the suspension stood at
# its cut-off, the evening before, when packages are given out: who is stopped later still got that
# day's, and who may go on later gets none.
# Takes a relation `week` (shop_id, first); gives open days by `shop_id` and `first`.
OPEN_DAYS = """
    SELECT w.shop_id, w.first, count(*) AS days
    FROM week w JOIN shop s ON s.id = w.shop_id JOIN station t ON t.id = s.station_id
    CROSS JOIN generate_series(0, 6) n
    WHERE position(extract(isodow FROM w.first + n)::text IN s.weekdays) > 0
      AND w.first + n >= (s.opened_at AT TIME ZONE t.zone)::date
      AND NOT EXISTS (SELECT FROM day_off o WHERE o.shop_id = w.shop_id AND o.day = w.first + n)
      AND NOT EXISTS (
          SELECT FROM shop_pause p
          WHERE p.shop_id = w.shop_id AND p.begun_at IS NOT NULL AND w.first + n >= p.first_day
            AND (p.last_day IS NULL OR w.first + n <= p.last_day))
      AND NOT EXISTS (
          SELECT FROM shop_leaving g
          WHERE g.shop_id = w.shop_id AND g.begun_at IS NOT NULL AND w.first + n > g.last_day)
      AND NOT EXISTS (
          SELECT FROM shop_suspension u
          CROSS JOIN LATERAL (
              SELECT (w.first + n - 1 + t.cutoff_time) AT TIME ZONE t.zone AS cut_off) x
          WHERE u.shop_id = w.shop_id AND u.began_at <= x.cut_off
            AND (u.ended_at IS NULL OR u.ended_at > x.cut_off))
    GROUP BY w.shop_id, w.first
"""
