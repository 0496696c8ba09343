"""Fees are booked, runs drafted, approved by another person, sent through failing Stripe."""

import datetime as dt
from unittest.mock import patch

from payouts.accruals.actions import accrue_waiting, top_up_weeks
from payouts.payruns import actions
from payouts.payruns.models import PayRun, ProviderGap, Transfer
from payouts.payruns.queries import standing_stops
from payouts.payruns.rules import week_end
from payouts.providers.actions import let_payments_go_on, stop_payments
from payouts.providers.models import PaymentFile
from payouts.providers.queries import standing_stop
from payouts.statements.actions import check_books, check_books_for_runs, issue_statements
from payouts.webhooks.actions import apply_waiting, catch_up
from tests.simulation.world import World

MOVING = ["ready", "sending", "unknown"]
ROUND_MINUTES = 4
MOST_ROUNDS = 45
SENDING = (
    "transfers_claimed",
    "transfers_claimed",
    "gateway_answered",
    "gateway_answered",
    "gateway_answered",
    "receipts_noted",
    "receipts_noted",
    "lines_written",
    "canary_passed",
    "reversal_claimed",
    "reversal_answered",
)


class Payday:
    """Everything that moves money out."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.found: dict[str, object] = {}  # by the last check of the books

    def sweep(self) -> None:
        """The minute's sweep of fees."""
        self.world.do(
            "accrue",
            lambda: accrue_waiting(at=self.world.at),
            "accrual_chunk_written",
            "reversal_chunk_written",
        )

    def weekly(self) -> None:
        """Monday: draft, look, approve; sometimes cancel, sometimes stop everything first."""
        world = self.world
        through = week_end(world.today)
        run = self.draft(through)
        if run and world.chance(0.15):
            world.do(
                "cancel", lambda: actions.cancel_run(run_id=run.pk, by=world.olga, at=world.at).pk
            )
            run = self.draft(through)
        if run is None:
            return
        own = world.do(
            "approve_own", lambda: actions.approve_run(run_id=run.pk, by=world.olga, at=world.at)
        )
        assert own is None, "the drafter approved her own run"
        early = world.do("approve_early", lambda: self.approve(run))
        assert early is None, "approved before the books were checked"
        world.do("check_runs", lambda: check_books_for_runs(at=world.at).is_clean)
        if world.chance(0.2):
            self.stop_for_a_while(run)
        world.do("approve", lambda: self.approve(run), "run_approved")

    def draft(self, through: dt.date) -> PayRun | None:
        """One draft by Olga."""
        world = self.world
        run = world.do(
            "draft",
            lambda: actions.draft_run(through=through, by=world.olga, at=world.at),
            "run_drafted",
            "accrual_chunk_written",
            "top_up_chunk_written",
        )
        if run:
            world.note("drafted", run.pk, run.shops, run.cents, run.snapshot[:12])
        return run

    def approve(self, run: PayRun) -> str:
        """Pavel types the total."""
        world = self.world
        return actions.approve_run(
            run_id=run.pk, by=world.pavel, at=world.at, typed_cents=run.cents
        ).status

    def stop_for_a_while(self, run: PayRun) -> None:
        """All payments stop; nothing is approved or sent; they go on."""
        world = self.world
        stop_payments(reason="Something is odd", by=world.olga, at=world.at)
        assert world.do("approve", lambda: self.approve(run)) is None, "approved while stopped"
        before = list(Transfer.objects.order_by("pk").values_list("pk", "status", "attempts"))
        self.round()
        after = list(Transfer.objects.order_by("pk").values_list("pk", "status", "attempts"))
        assert before == after, "something moved while payments were stopped"
        self.let_go_on()

    def let_go_on(self) -> None:
        """Somebody looked at what differed, and payments go on."""
        world = self.world
        for gap in ProviderGap.objects.filter(closed_at=None).order_by("pk"):
            world.do(
                "note_gap",
                lambda gap=gap: (
                    actions.note_gap(gap_id=gap.pk, note="Seen", by=world.olga, at=world.at).code
                ),
            )
            world.do(
                "close_gap",
                lambda gap=gap: actions.close_gap(gap_id=gap.pk, by=world.pavel, at=world.at).code,
            )
        if standing_stop():
            let_payments_go_on(by=world.pavel, at=world.at)
            world.note("payments go on")

    # --- Sending -----------------------------------------------------------------------------

    def send_all(self) -> None:
        """Round after round until every payment that can move has its end."""
        for _ in range(MOST_ROUNDS):
            self.round()
            if not self.is_moving():
                break
        self.settle()

    def is_moving(self) -> bool:
        """Whether a next round may bring something on."""
        if standing_stop():
            return False
        waits = PayRun.objects.filter(status__in=["approved", "sending"]).exists()
        return waits or Transfer.objects.filter(status__in=MOVING).exists()

    def round(self) -> None:
        """Four minutes: staff start or restart what stands, workers go on, the post comes."""
        world = self.world
        world.later(ROUND_MINUTES)
        for run in PayRun.objects.filter(status__in=["approved", "sending"]).order_by("pk"):
            if run.status == "approved" or standing_stops(run.pk):
                self.start(run)
        often = 0.7 if self.is_moving() else 0.1
        world.do("send", lambda: actions.send_waiting(at=world.at), *SENDING, kill=often)
        world.do("statements", lambda: issue_statements(at=world.at), "statements_written")
        self.post()

    def start(self, run: PayRun) -> None:
        """Olga starts a run; she brings the money first when there is too little."""
        world = self.world
        if world.stripe.server.state.balance < run.cents:
            world.stripe.wish("top_up", cents=run.cents)
        world.do(
            "start",
            lambda: actions.order_sending(run_id=run.pk, by=world.olga, at=world.at).status,
        )

    def post(self) -> None:
        """Webhooks come as they come, and are acted on."""
        world = self.world
        with patch("kernel.clock.now", lambda: world.at):
            answers = world.stripe.post.bring()
        assert set(answers) <= {200}, answers
        world.do("webhooks", lambda: apply_waiting(at=world.at))

    def settle(self) -> None:
        """The bank takes files; Stripe's list is read; held payments are judged, some evenings."""
        world = self.world
        for file in PaymentFile.objects.filter(bank_reference="").order_by("pk"):
            world.do(
                "confirm",
                lambda file=file: (
                    actions.confirm_file(
                        file_id=file.pk, bank_reference=f"B{file.pk}", by=world.olga, at=world.at
                    ).status
                ),
            )
        for one in Transfer.objects.filter(status="on_hold").order_by("pk"):
            if world.chance(0.3):
                judge = world.dice.choice((actions.give_up_transfer, actions.try_again))
                world.do(
                    judge.__name__,
                    lambda one=one, judge=judge: (
                        judge(transfer_id=one.pk, by=world.olga, at=world.at).status
                    ),
                )

    # --- Night -------------------------------------------------------------------------------

    def night(self) -> None:
        """What was missed is caught up on, and the books are checked."""
        world = self.world
        for _ in range(8):
            if world.do("catch_up", lambda: catch_up(at=world.at)) is not None:
                break
        for _ in range(6):
            world.later(1)
            if not world.do("webhooks", lambda: apply_waiting(at=world.at)):
                break
        for _ in range(8):
            if world.do("reconcile", lambda: actions.reconcile(at=world.at)) is not None:
                break
        world.do("top_up", lambda: top_up_weeks(at=world.at), "top_up_chunk_written")
        self.found = check_books(at=world.at).findings
        world.note("books", sorted(name for name, one in self.found.items() if one))
