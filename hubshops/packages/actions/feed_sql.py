"""The statements that load a feed: rows staged by COPY, then told apart and written by a few
statements, whatever their number. Written here, run by `feeds`."""

FACTS = (
    "recipient_name, address1, address2, city, state_code, postal_code, latitude, longitude, phone,"
    " instructions, weight_g, length_mm, width_mm, height_mm, requires, deliver_from,"
    " deliver_until, is_placed_by_zip"
)


def facts_of(table: str) -> str:
    """The columns a feed tells, of one table."""
    return ", ".join(f"{table}.{name.strip()}" for name in FACTS.split(","))


# This transaction's number: found once a statement; as the column's default it is found once a row.
WRITTEN_IN = "(SELECT pg_current_xact_id()::text::bigint)"

STAGE = """
SET LOCAL work_mem = '64MB';
CREATE TEMPORARY TABLE staged_package (
    tracking_id text, recipient_name text, address1 text, address2 text, city text,
    state_code text, postal_code text, latitude float8, longitude float8, phone text,
    instructions text, weight_g int, length_mm int, width_mm int, height_mm int, requires text,
    deliver_from time, deliver_until time, is_placed_by_zip bool, is_withdrawn bool NOT NULL,
    line int
) ON COMMIT DROP
"""
# Tabs between cells and a quote that no cell can hold: nothing has to be escaped.
AS_TEXT = r"""
    FORMAT csv, DELIMITER E'\t', QUOTE E'\x01', NULL '',
    FORCE_NOT_NULL (address2, city, state_code, phone, instructions, requires)
"""
COPY_TO_STAGE = f"COPY staged_package FROM STDIN ({AS_TEXT})"
COPY_TO_PACKAGE = f"""
COPY package (
    tracking_id, {FACTS}, station_id, service_day, batch_id, state, attempts, last_event_at
) FROM STDIN ({AS_TEXT})
"""
# Of what the plans ask for only, and of few rows: looking at all columns took as long as comparing.
ANALYZE = """
SET LOCAL default_statistics_target = 10;
ANALYZE staged_package (line, tracking_id, is_withdrawn)
"""
FORGET_COMPARED = "DROP TABLE pg_temp.compared_package"
FORGET = "DROP TABLE IF EXISTS pg_temp.staged_package, pg_temp.compared_package"

# A staged row as the file told it, in the order of the feed's columns.
CELLS = """
ARRAY[
    staged_package.tracking_id, recipient_name, address1, address2, city, state_code, postal_code,
    CASE WHEN NOT is_placed_by_zip THEN latitude::text END,
    CASE WHEN NOT is_placed_by_zip THEN longitude::text END,
    phone, instructions, weight_g::text, length_mm::text, width_mm::text, height_mm::text, requires,
    to_char(deliver_from, 'HH24:MI'), to_char(deliver_until, 'HH24:MI'),
    CASE WHEN is_withdrawn THEN 'yes' END
]
"""
DIFFERS = f"""
(package.service_day <> %(day)s
 OR ROW({facts_of("package")}) IS DISTINCT FROM ROW({facts_of("staged_package")}))
"""
TAKE_REPEATS_OUT = f"""
WITH repeated AS (
    SELECT tracking_id, min(line) AS first_line FROM staged_package
    GROUP BY tracking_id HAVING count(*) > 1
)
DELETE FROM staged_package USING repeated
WHERE staged_package.tracking_id = repeated.tracking_id AND line > first_line
RETURNING line, first_line, {CELLS}
"""
# What a whole list does not name, neither in a good row nor in a refused one.
UNNAMED = """
FROM package
WHERE %(is_whole_list)s AND package.station_id = %(station)s AND package.service_day = %(day)s
    AND NOT package.tracking_id = ANY(%(named)s)
    AND NOT EXISTS (
        SELECT FROM staged_package WHERE staged_package.tracking_id = package.tracking_id
    )
"""
# What the first comparison would write to.
LOCK = """
SELECT package.id FROM package
WHERE package.id IN (
    SELECT id FROM compared_package WHERE verdict IN ('updated', 'withdrawn', 'back')
)
ORDER BY package.id FOR NO KEY UPDATE
"""
# Every staged row that is not as its package already, and what a whole list lacks. Rows that are
# unchanged are most of a list that comes again; they are counted by what is left over.
COMPARE = f"""
CREATE TEMPORARY TABLE compared_package ON COMMIT DROP AS
SELECT * FROM (
    SELECT staged_package.line, package.id, package.tracking_id, package.state, package.shop_id,
        package.service_day,
        ROW(package.address1, package.postal_code, package.latitude, package.longitude)
            IS DISTINCT FROM ROW(staged_package.address1, staged_package.postal_code,
                                 staged_package.latitude, staged_package.longitude) AS has_moved,
        CASE
            WHEN package.id IS NULL AND is_withdrawn THEN 'unknown'
            WHEN package.id IS NULL THEN 'new'
            WHEN is_withdrawn AND package.state = 'CANCELLED' THEN 'unchanged'
            WHEN is_withdrawn AND NOT package.state = ANY(%(withdrawable)s) THEN 'stays'
            WHEN is_withdrawn AND package.service_day <> %(day)s THEN 'other_day'
            WHEN is_withdrawn THEN 'withdrawn'
            WHEN package.state <> 'CANCELLED' AND NOT {DIFFERS} THEN 'unchanged'
            WHEN package.state = 'CANCELLED' THEN 'back'
            WHEN package.state = ANY(%(not_taken)s) AND package.service_day <> %(day)s THEN 'back'
            WHEN NOT package.state = ANY(%(changeable)s) THEN 'beyond'
            WHEN package.service_day <> %(day)s AND package.state <> 'ANNOUNCED' THEN 'planned'
            ELSE 'updated'
        END AS verdict
    FROM staged_package LEFT JOIN package
        ON package.station_id = %(station)s AND package.tracking_id = staged_package.tracking_id
) AS compared
WHERE verdict <> 'unchanged'
UNION ALL
SELECT NULL, package.id, package.tracking_id, package.state, package.shop_id, package.service_day,
    false, 'withdrawn'
{UNNAMED} AND package.state = ANY(%(withdrawable)s)
"""
REFUSED = f"""
SELECT line, verdict, state, compared_package.service_day, {CELLS}
FROM compared_package JOIN staged_package USING (line)
WHERE verdict IN ('beyond', 'planned', 'stays', 'other_day', 'unknown')
ORDER BY line
"""
MOVED = """
SELECT line, compared_package.tracking_id, shop.name
FROM compared_package JOIN shop ON shop.id = shop_id
WHERE verdict = 'updated' AND has_moved ORDER BY line
"""
STAYING = f"""
SELECT count(*) {UNNAMED}
    AND NOT package.state = ANY(%(withdrawable)s) AND package.state <> 'CANCELLED'
"""
COUNT = """
SELECT count(*) FILTER (WHERE verdict IN ('new', 'back')),
    count(*) FILTER (WHERE verdict = 'updated'),
    (SELECT count(*) FROM staged_package) - count(line),
    count(*) FILTER (WHERE verdict = 'withdrawn')
FROM compared_package
"""
FIRST_WITHDRAWN = """
SELECT tracking_id FROM compared_package WHERE verdict = 'withdrawn' ORDER BY tracking_id LIMIT 12
"""
UPDATE = f"""
WITH changed AS (
    UPDATE package SET
        ({FACTS}) = ROW({facts_of("staged_package")}),
        service_day = %(day)s, batch_id = %(batch)s, last_event_at = %(at)s
    FROM compared_package JOIN staged_package USING (line)
    WHERE package.id = compared_package.id AND compared_package.verdict = 'updated'
    RETURNING package.id, package.state, package.shop_id, line
)
INSERT INTO package_event (
    package_id, shop_id, kind, from_state, to_state, happened_at, received_at, counted_at, by_id,
    reason, outcome, note, written_in
)
SELECT id, shop_id, 'changed', state, state, %(at)s, %(at)s, %(at)s, %(by)s, '', '', '',
    {WRITTEN_IN}
FROM changed ORDER BY line
"""
# What was withdrawn, or no shop took at its drop, begins anew; it never reached the shop it was
# planned for.
BRING_BACK = f"""
WITH back AS (
    UPDATE package SET
        ({FACTS}) = ROW({facts_of("staged_package")}),
        service_day = %(day)s, batch_id = %(batch)s, state = 'ANNOUNCED', shop_id = NULL,
        last_event_at = %(at)s
    FROM compared_package JOIN staged_package USING (line)
    WHERE package.id = compared_package.id AND compared_package.verdict = 'back'
    RETURNING package.id, compared_package.state AS from_state, line
)
INSERT INTO package_event (
    package_id, kind, from_state, to_state, happened_at, received_at, counted_at, by_id,
    reason, outcome, note, written_in
)
SELECT id, 'announced', from_state, 'ANNOUNCED', %(at)s, %(at)s, %(at)s, %(by)s, '', '', '',
    {WRITTEN_IN}
FROM back ORDER BY line
"""
WITHDRAW = f"""
WITH gone AS (
    UPDATE package SET state = 'CANCELLED', batch_id = %(batch)s, last_event_at = %(at)s
    FROM compared_package
    WHERE package.id = compared_package.id AND compared_package.verdict = 'withdrawn'
    RETURNING package.id, compared_package.state AS from_state, package.shop_id, line
)
INSERT INTO package_event (
    package_id, shop_id, kind, from_state, to_state, happened_at, received_at, counted_at, by_id,
    reason, outcome, note, written_in
)
SELECT id, shop_id, 'withdrawn', from_state, 'CANCELLED', %(at)s, %(at)s, %(at)s, %(by)s,
    '', '', '', {WRITTEN_IN}
FROM gone ORDER BY line, id
"""
INSERT = f"""
INSERT INTO package (
    station_id, service_day, tracking_id, {FACTS}, batch_id, state, attempts, last_event_at
)
SELECT %(station)s, %(day)s, staged_package.tracking_id, {FACTS}, %(batch)s, 'ANNOUNCED', 0, %(at)s
FROM compared_package JOIN staged_package USING (line)
WHERE verdict = 'new' ORDER BY line
"""
# The packages that a batch brought stand behind the last one before it.
LAST_PACKAGE = "SELECT coalesce(max(id), 0) FROM package"
ANNOUNCE = f"""
INSERT INTO package_event (
    package_id, kind, from_state, to_state, happened_at, received_at, counted_at, by_id,
    reason, outcome, note, written_in
)
SELECT id, 'announced', '', 'ANNOUNCED', %(at)s, %(at)s, %(at)s, %(by)s, '', '', '',
    {WRITTEN_IN}
FROM package WHERE id > %(last)s AND batch_id = %(batch)s ORDER BY id
"""
# A number of package's own sequence; the next ones go to the rows of a COPY.
DRAW = "SELECT nextval(pg_get_serial_sequence('package', 'id'))"
LAST_DRAWN = "SELECT currval(pg_get_serial_sequence('package', 'id'))"
# When as many numbers were drawn as rows were copied, all of them are this load's.
ANNOUNCE_RUN = f"""
INSERT INTO package_event (
    package_id, kind, from_state, to_state, happened_at, received_at, counted_at, by_id,
    reason, outcome, note, written_in
)
SELECT id, 'announced', '', 'ANNOUNCED', %(at)s, %(at)s, %(at)s, %(by)s, '', '', '', {WRITTEN_IN}
FROM generate_series(%(last)s + 1, %(until)s) AS id
"""
# What an undone load announced is withdrawn; no shop had it yet.
TAKE_BACK = f"""
WITH gone AS (
    UPDATE package SET state = 'CANCELLED', last_event_at = %(at)s
    WHERE id = ANY(%(ids)s) AND state = 'ANNOUNCED'
    RETURNING id
)
INSERT INTO package_event (
    package_id, kind, from_state, to_state, happened_at, received_at, counted_at, by_id,
    reason, outcome, note, written_in
)
SELECT id, 'withdrawn', 'ANNOUNCED', 'CANCELLED', %(at)s, %(at)s, %(at)s, %(by)s, '', '', '',
    {WRITTEN_IN}
FROM gone ORDER BY id
"""
