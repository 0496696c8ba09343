"""What must be true every evening, whatever happened that day."""

from collections import Counter

from django.db import connection

from hubshops.deliveries.rules import replay
from hubshops.packages.models import PackageEvent
from kernel.rows import rows
from payouts.ledger.queries import balance_cents
from payouts.ledger.rules import Kind
from payouts.payruns.models import ON_THEIR_WAY, PayRun, Transfer, TransferReversal
from payouts.providers.models import PaymentsStop
from payouts.rates.models import RateChange
from payouts.statements.queries.replay import replay_newest
from tests.simulation.door import Doors
from tests.simulation.office import Office
from tests.simulation.payday import Payday
from tests.simulation.world import World


def check_promises(world: World, doors: Doors, office: Office, payday: Payday) -> None:
    """Every promise, each with a sentence for the one that is broken."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    books_are_clean(world, office, payday)
    the_cap_holds()
    deductions_have_a_decider()
    silence_speaks_for_the_shop(world)
    no_act_is_lost_or_doubled(doors)
    every_cent_is_explained()
    if world.today.isoweekday() in (1, 2):  # most was paid on a Monday
        assert not (unlike := replay_newest(limit=1000)), f"deposits that do not replay: {unlike}"
    if world.today.day % 4 == 0:
        events_replay_to_what_was_paid()
    rates_did_not_ambush()
    runs_were_approved_by_another()
    nothing_left_while_stopped()
    stripe_agrees_to_the_cent(world)


def books_are_clean(world: World, office: Office, payday: Payday) -> None:
    """The night's check of the books found nothing but what the simulator did itself: deliveries at
    a station without a fee, and money taken back at Stripe."""
    found = dict(payday.found)
    unpriced = {one["shop"] for one in found.pop("unpriced", [])}
    without_fee = {one.slug for one in world.shops if one.station.code == "NEW"}
    assert unpriced <= without_fee, f"no fee for {unpriced}"
    for gap in found.pop("provider_gaps", []):
        assert gap["reference"] in office.foreseen, gap
        assert gap["code"] == "reversed_elsewhere", gap
    assert not any(found.values()), {name: one for name, one in found.items() if one}


def the_cap_holds() -> None:
    """No shop has more packages of a day than its cap and what it said yes to."""
    over = rows(
        """
        SELECT s.slug, p.service_day, count(*) AS packages, s.daily_cap,
               coalesce(max(o.extra), 0) AS extra
        FROM package p JOIN shop s ON s.id = p.shop_id
        LEFT JOIN (
            SELECT shop_id, service_day, sum(extra) AS extra FROM overflow_offer
            WHERE answer = 'yes' GROUP BY 1, 2
        ) o ON o.shop_id = s.id AND o.service_day = p.service_day
        WHERE p.state <> 'CANCELLED' GROUP BY s.id, p.service_day
        HAVING count(*) > s.daily_cap + coalesce(max(o.extra), 0)
        """
    )
    assert not over, f"beyond the cap: {over}"


def deductions_have_a_decider() -> None:
    """Nothing is taken from a shop before a named person decided in writing, heard or waited for,
    and never more than that."""
    bad = rows(
        """
        SELECT e.id FROM ledger_entry e LEFT JOIN adjustment a ON a.entry_id = e.id
        WHERE e.source_type = 'deducted' AND (
            a.id IS NULL OR a.decided_by_id IS NULL OR a.decided_by_id = a.proposed_by_id
            OR a.decision = '' OR NOT (a.answered_at IS NOT NULL OR a.decided_at >= a.answer_until))
        """
    )
    assert not bad, f"deducted without a decision: {bad}"
    taken = rows(
        """
        SELECT e.shop_id, sum(p.amount_cents) FILTER (WHERE e.source_type = 'deducted') AS decided,
            sum(p.amount_cents) FILTER (WHERE e.source_type IN ('recovered', 'hold_taken',
                                                                'forgiven')) AS taken
        FROM ledger_entry e JOIN ledger_posting p ON p.entry_id = e.id GROUP BY e.shop_id
        """
    )
    for row in taken:
        assert (row["taken"] or 0) <= (row["decided"] or 0), f"more taken than decided: {row}"


def silence_speaks_for_the_shop(world: World) -> None:
    """No objection is open past its time, and what silence granted was granted in full."""
    late = rows(
        "SELECT id FROM dispute WHERE status = 'open' AND due_at < %s - interval '1 day'",
        [world.at],
    )
    assert not late, f"open past its time: {late}"
    less = rows(
        """
        SELECT d.id FROM dispute d LEFT JOIN adjustment a
            ON a.dispute_id = d.id AND a.status = 'booked'
        WHERE d.status = 'granted' AND d.decided_by_id IS NULL
          AND a.amount_cents IS DISTINCT FROM d.claimed_cents
        """
    )
    assert not less, f"silence granted less than was claimed: {less}"


def no_act_is_lost_or_doubled(doors: Doors) -> None:
    """Whatever a phone has a receipt for is kept exactly once."""
    kept = Counter(
        row["act_id"]
        for row in rows(
            "SELECT act_id FROM package_event WHERE act_id IS NOT NULL"
            " UNION ALL SELECT act_id FROM stray_act"
        )
    )
    twice = [act for act, count in kept.items() if count > 1]
    assert not twice, f"acts kept twice: {twice}"
    lost = doors.heard - kept.keys()
    assert not lost, f"acts lost: {sorted(lost)}"


def every_cent_is_explained() -> None:
    """One fee a delivery; a fee is its rate on its day; an entry is its fees; a payment is its
    entries."""
    twice = rows(
        "SELECT delivery_id FROM accrual WHERE kind = 'fee' GROUP BY 1 HAVING count(*) > 1"
    )
    assert not twice, f"two fees: {twice}"
    wrong = rows(
        """
        SELECT a.id FROM accrual a JOIN delivery d ON d.id = a.delivery_id
        JOIN shop s ON s.id = d.shop_id
        LEFT JOIN LATERAL (
            SELECT r.amount_cents FROM rate r JOIN rate_card c ON c.id = r.card_id
            WHERE (c.shop_id = s.id OR c.station_id = s.station_id) AND r.kind = 'delivery'
              AND r.valid @> d.delivered_on
            ORDER BY c.shop_id IS NULL LIMIT 1
        ) r ON true
        WHERE a.kind = 'fee' AND a.amount_cents IS DISTINCT FROM r.amount_cents
        """
    )
    assert not wrong, f"not the rate of its day: {wrong}"
    unlike = rows(
        """
        SELECT t.key FROM transfer t JOIN transfer_item i ON i.transfer_id = t.id
        JOIN ledger_entry e ON e.id = i.entry_id
        LEFT JOIN (SELECT entry_id, sum(amount_cents) AS cents FROM accrual GROUP BY 1) a
            ON a.entry_id = e.id
        WHERE t.status IN ('sent', 'settled') AND i.released_at IS NULL
        GROUP BY t.id HAVING sum(i.amount_cents) <> t.amount_cents OR bool_or(
            e.source_type IN ('fee', 'fee_reversed') AND i.amount_cents IS DISTINCT FROM a.cents)
        """
    )
    assert not unlike, f"deposits that do not replay: {unlike}"


def events_replay_to_what_was_paid() -> None:
    """From events alone: which packages stand delivered; and each of them, and no other, earned."""
    events: dict[int, list[PackageEvent]] = {}
    for event in PackageEvent.objects.order_by("pk"):
        events.setdefault(event.package_id, []).append(event)
    standing = {package for package, told in events.items() if is_delivered(told)}
    earned = rows(
        """
        SELECT d.package_id, sum(a.amount_cents) FILTER (WHERE a.kind IN ('fee', 'reversal'))
            AS cents, count(*) FILTER (WHERE a.kind = 'fee')
            - count(*) FILTER (WHERE a.kind = 'reversal') AS fees
        FROM accrual a JOIN delivery d ON d.id = a.delivery_id GROUP BY 1
        """
    )
    paid = {row["package_id"] for row in earned if row["fees"]}
    assert all(row["fees"] in (0, 1) and (row["fees"] or not row["cents"]) for row in earned)
    assert paid <= standing, f"earned and not delivered: {paid - standing}"
    unpaid = rows(
        "SELECT package_id FROM delivery d JOIN shop s ON s.id = d.shop_id"
        " JOIN station t ON t.id = s.station_id WHERE d.voided_by_id IS NULL AND t.code <> 'NEW'"
    )
    lacks = {row["package_id"] for row in unpaid} - paid
    assert not lacks, f"delivered and nothing earned: {lacks}"


def is_delivered(told: list[PackageEvent]) -> bool:
    """Whether a package's events say that it was delivered."""
    return replay(told).state == "DELIVERED"


def rates_did_not_ambush() -> None:
    """A card that holds was seen by another person, and with its notice where any shop could earn
    less; every touched shop was told its effect."""
    for change in RateChange.objects.filter(status="approved").prefetch_related("effects"):
        assert change.approved_by_id not in {change.drafted_by_id, change.published_by_id}
        days = (change.effective_on - change.published_on).days
        assert not change.lowers or days >= change.notice_days, f"ambush: {change.pk}"
        assert change.approved_at >= change.published_at


def runs_were_approved_by_another() -> None:
    """No run beyond its draft without a second person; what was approved is what was drafted."""
    for run in PayRun.objects.exclude(status__in=["drafted", "cancelled"]):
        assert run.approved_by_id and run.approved_by_id != run.drafted_by_id, run.pk
        assert run.approved_snapshot == run.snapshot


def nothing_left_while_stopped() -> None:
    """No payment was made while all payments were stopped."""
    for stop in PaymentsStop.objects.all():
        left = Transfer.objects.filter(sent_at__gt=stop.begun_at)
        if stop.ended_at:
            left = left.filter(sent_at__lt=stop.ended_at)
        assert not left.exists(), f"sent while stopped: {list(left.values_list('key', flat=True))}"


def stripe_agrees_to_the_cent(world: World) -> None:
    """Stripe's transfers are ours, one each, with the same amounts; so is what came back; and its
    balance is what it was given less that."""
    there = {one["id"]: one["amount"] for one in world.stripe.transfers}
    left = Transfer.objects.filter(gateway="stripe", status__in=["sent", "settled"])
    ours = dict(left.values_list("provider_reference", "amount_cents"))
    assert len(ours) == left.count()
    assert ours == there, (
        f"only there {there.keys() - ours.keys()}, only here {ours.keys() - there}"
    )
    back = {
        row["id"]: row["amount"]
        for one in world.stripe.transfers
        for row in one["reversals"]["data"]
    }
    done = TransferReversal.objects.filter(status="done")
    assert dict(done.values_list("provider_reference", "amount_cents")) == back
    by_file = Transfer.objects.filter(gateway="bank_file", status__in=["sent", "settled"])
    given = sum(by_file.values_list("amount_cents", flat=True))
    assert balance_cents(Kind.BANK) == given + sum(there.values()) - sum(back.values())
    clearing = Transfer.objects.filter(status__in=ON_THEIR_WAY)
    assert balance_cents(Kind.PAYOUT_CLEARING) == sum(
        clearing.values_list("amount_cents", flat=True)
    )
