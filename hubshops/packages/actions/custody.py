"""Moving packages: every event after the feed, and the state that follows from it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import Move
from kernel.rows import as_array, bound_cursor

# One statement writes the events and brings the packages up to date. Ids are drawn first, in the
# order of the moves, so that a station's cursor follows that order and the answer can be matched.
# The packages are named twice more (`ANY`): right after a big feed the planner may still believe
# that the table is empty, and would go through all of it for every move.
MOVE_CUSTODY = """
WITH asked AS MATERIALIZED (
    SELECT nextval((SELECT pg_get_serial_sequence('package_event', 'id'))) AS id, given.*
    FROM (
        SELECT * FROM unnest(
            %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[],
            %s::timestamptz[], %s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::float8[],
            %s::float8[], %s::float8[], %s::text[], %s::bigint[], %s::int[], %s::int[], %s::uuid[],
            %s::bigint[], %s::uuid[]
        ) WITH ORDINALITY AS move (
            package_id, kind, to_state, shop_id, happened_at, counted_at, act_id, by_id, reason,
            outcome, latitude, longitude, accuracy_m, note, amends_id, amends_place, attempts,
            device_id, device_sequence, proof_id, place
        ) ORDER BY place
    ) AS given
), new AS MATERIALIZED (
    SELECT DISTINCT ON (coalesce(asked.act_id::text, asked.id::text)) asked.*
    FROM asked
    WHERE NOT EXISTS (SELECT FROM package_event AS known WHERE known.act_id = asked.act_id)
    ORDER BY coalesce(asked.act_id::text, asked.id::text), place
), chained AS (
    SELECT new.*, coalesce(
        lag(new.to_state) OVER (PARTITION BY new.package_id ORDER BY new.place), package.state
    ) AS from_state
    FROM new JOIN package
        ON package.id = new.package_id AND package.id = ANY (%s::bigint[])
), written AS (
    INSERT INTO package_event (
        id, act_id, package_id, shop_id, kind, from_state, to_state, happened_at, received_at,
        counted_at, by_id, reason, outcome, latitude, longitude, accuracy_m, note, device_id,
        device_sequence, proof_id, amends_id
    )
    SELECT id, act_id, package_id, shop_id, kind, from_state, to_state, happened_at, %s,
        counted_at, by_id, reason, outcome, latitude, longitude, accuracy_m, note, device_id,
        device_sequence, proof_id,
        CASE WHEN amends_place IS NULL THEN amends_id
             ELSE (SELECT id FROM asked WHERE place = chained.amends_place + 1) END
    FROM chained ORDER BY place
    ON CONFLICT (act_id) WHERE act_id IS NOT NULL DO NOTHING
    RETURNING id, from_state
), last AS (
    SELECT DISTINCT ON (new.package_id) new.package_id, new.to_state, new.shop_id,
        new.counted_at,
        array_agg(new.attempts) FILTER (WHERE new.attempts IS NOT NULL)
            OVER (PARTITION BY new.package_id ORDER BY new.place) AS attempts
    FROM new JOIN written USING (id)
    ORDER BY new.package_id, new.place DESC
), moved AS (
    UPDATE package
    SET state = last.to_state, shop_id = last.shop_id, last_event_at = last.counted_at,
        attempts = coalesce(last.attempts[cardinality(last.attempts)], package.attempts)
    FROM last
    WHERE package.id = last.package_id AND package.id = ANY (%s::bigint[])
)
SELECT new.place, written.id, written.from_state
FROM written JOIN new USING (id) ORDER BY new.place
"""


class Written(Mapping[int, PackageEvent]):
    """The events of some moves by the moves' places, each made when it is asked for: most callers
    want none of them, or only their keys."""

    def __init__(
        self, moves: Sequence[Move], rows: Iterable[tuple[int, int, str]], at: dt.datetime
    ) -> None:
        self.moves, self.at = moves, at
        self.rows = {place - 1: (event_id, from_state) for place, event_id, from_state in rows}

    def key(self, place: int) -> int:
        """The key of the event that the move at this place became."""
        return self.rows[place][0]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[int]:
        return iter(self.rows)

    def __getitem__(self, place: int) -> PackageEvent:
        move, (event_id, from_state) = self.moves[place], self.rows[place]
        earlier = self.rows.get(move.amends_place) if move.amends_place is not None else None
        return PackageEvent(
            id=event_id,
            act_id=move.act_id,
            package_id=move.package_id,
            shop_id=move.shop_id,
            kind=move.kind,
            from_state=from_state,
            to_state=move.to_state,
            happened_at=move.happened_at,
            received_at=self.at,
            counted_at=move.counted_at or move.happened_at,
            by_id=move.by_id,
            reason=move.reason,
            outcome=move.outcome,
            latitude=move.latitude,
            longitude=move.longitude,
            accuracy_m=move.accuracy_m,
            note=move.note,
            device_id=move.device_id,
            device_sequence=move.device_sequence,
            proof_id=move.proof_id,
            amends_id=move.amends_id or (earlier[0] if earlier else None),
        )


@transaction.atomic(savepoint=False)  # one statement: nothing to go back to in the middle
def move_custody(*, moves: Sequence[Move], at: dt.datetime) -> Written:
    """Write one event per move, in order, and bring each package to where its last move leaves it.

    The only writer of a package's state. The caller holds the packages' locks
    (`select_for_update().order_by("pk")`) and has judged the moves by the rules. Gives back each
    move's event by the move's place in `moves` (`key` gives its key alone); an act that is an event
    already is left out.
    Costs one statement, whatever the number of moves.
    """
    if not moves:
        return Written(moves, [], at)
    columns: list[list[Any]] = [
        [move.package_id for move in moves],
        [str(move.kind) for move in moves],
        [str(move.to_state) for move in moves],
        [move.shop_id for move in moves],
        [move.happened_at for move in moves],
        [move.counted_at or move.happened_at for move in moves],
        [move.act_id for move in moves],
        [move.by_id for move in moves],
        [move.reason for move in moves],
        [move.outcome for move in moves],
        [move.latitude for move in moves],
        [move.longitude for move in moves],
        [move.accuracy_m for move in moves],
        [move.note for move in moves],
        [move.amends_id for move in moves],
        [move.amends_place for move in moves],
        [move.attempts for move in moves],
        [move.device_id for move in moves],
        [move.device_sequence for move in moves],
        [move.proof_id for move in moves],
    ]
    said = [as_array(column) for column in columns]
    with bound_cursor() as cursor:
        cursor.execute(MOVE_CUSTODY, [*said, said[0], at, said[0]])
        return Written(moves, cursor.fetchall(), at)
