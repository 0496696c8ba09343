"""What people of the office, shops and Stripe do with money between two pay runs."""

from hubshops.deliveries.models import Delivery
from hubshops.shops.models import Shop, ShopStatus
from payouts.adjustments.actions import (
    answer_deduction,
    decide_adjustment,
    decline_dispute,
    end_holds,
    give_up_balance,
    give_up_deduction,
    grant_dispute,
    open_dispute,
    place_hold,
    propose_adjustment,
    release_hold,
    settle_disputes,
)
from payouts.adjustments.models import Adjustment, Dispute, Hold
from payouts.adjustments.queries import disputable_delivery, open_deductions, owed_by
from payouts.adjustments.rules import Why
from payouts.ledger.queries import payable_cents
from payouts.payruns.actions import ask_reversal, confirm_reversal
from payouts.payruns.models import Transfer
from payouts.providers.actions import let_payouts_go_on
from payouts.providers.models import PayoutAccount
from payouts.rates.actions import approve_change, lapse_changes, withdraw_change
from payouts.rates.models import RateChange
from tests.factories import close_by_hand
from tests.payouts.helpers import change_card, on_hold, plain, tier
from tests.simulation.world import World


class Office:
    """One thing of each kind, some days."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.foreseen: set[str] = set()  # transfers with which the simulator meddled at Stripe
        self.restricted: list[str] = []

    def work(self) -> None:
        """A day of the office."""
        deeds = (
            self.propose,
            self.decide,
            self.hold,
            self.dispute,
            self.answer_dispute,
            self.change_rates,
            self.take_back,
            self.meddle,
            self.close_a_shop,
            self.give_up,
            self.hold_shop,
        )
        for deed in deeds:
            if self.world.chance(0.22):
                deed()
        if self.world.today.day == 28:
            self.agree_new_station()
        self.world.do("end_holds", lambda: end_holds(at=self.world.at))
        self.world.do("settle_disputes", lambda: settle_disputes(at=self.world.at))
        self.world.do("lapse_changes", lambda: lapse_changes(at=self.world.at))

    def a_shop(self) -> Shop:
        """Some shop, as it is now."""
        return Shop.objects.select_related("station").get(pk=self.world.dice.choice(self.ids()))

    def ids(self) -> list[int]:
        return [shop.pk for shop in self.world.shops]

    def rosa(self, shop: Shop):
        return self.world.people_of(shop)[0]

    # --- Adjustments -------------------------------------------------------------------------

    def propose(self) -> None:
        """Money for a shop, or against it."""
        world, shop = self.world, self.a_shop()
        against = world.chance(0.6)
        cents = world.dice.randint(50, 900) * (-1 if against else 4)
        why = Why.PACKAGE_LOST if against else Why.GOODWILL
        world.do(
            "propose",
            lambda: (
                propose_adjustment(
                    shop=shop, cents=cents, why=why, words="A box", by=world.olga, at=world.at
                ).status
            ),
        )
        for one in Adjustment.objects.filter(status="proposed", amount_cents__lt=0).order_by("pk"):
            if world.chance(0.4):
                answer_deduction(
                    adjustment_id=one.pk,
                    shop=one.shop,
                    by=self.rosa(one.shop),
                    text="It was not me",
                    at=world.at,
                )

    def decide(self) -> None:
        """The other person decides what waits; also too early, and also her own."""
        world = self.world
        for one in Adjustment.objects.filter(status="proposed").order_by("pk"):
            by = world.dice.choice((world.olga, world.pavel, world.pavel))
            granted = world.chance(0.8)
            world.do(
                "decide",
                lambda one=one, by=by, granted=granted: (
                    decide_adjustment(
                        adjustment_id=one.pk, is_granted=granted, words="Seen", by=by, at=world.at
                    ).status
                ),
            )

    def hold(self) -> None:
        """An amount is set aside, or given free."""
        world, shop = self.world, self.a_shop()
        cents = world.dice.randint(20, 600)
        whom = {"shop": shop, "by": world.olga, "at": world.at}
        about = open_deductions(shop).first()
        world.do(
            "hold",
            lambda: place_hold(cents=cents, words="A count", deduction=about, **whom).amount_cents,
        )
        if world.chance(0.5):
            for one in Hold.objects.filter(ended_at=None).order_by("pk")[:1]:
                world.do(
                    "release",
                    lambda one=one: release_hold(hold_id=one.pk, by=world.pavel, at=world.at).pk,
                )

    def dispute(self) -> None:
        """A shop objects to what a delivery earned, or to a deduction."""
        world, shop = self.world, self.a_shop()
        about = Delivery.objects.filter(shop=shop).order_by("-pk").first()
        if about is None or disputable_delivery(shop, about.pk, at=world.at) is None:
            return
        cents = world.dice.randint(25, 300)
        world.do(
            "object",
            lambda: (
                open_dispute(
                    shop=shop,
                    about=about,
                    cents=cents,
                    words="Heavy",
                    by=self.rosa(shop),
                    at=world.at,
                ).claimed_cents
            ),
        )

    def answer_dispute(self) -> None:
        """Some objections are answered. The others wait, and silence grants them."""
        world = self.world
        for one in Dispute.objects.filter(status="open").order_by("pk")[:1]:
            if world.chance(0.5):
                world.do(
                    "decline",
                    lambda one=one: (
                        decline_dispute(
                            dispute_id=one.pk, words="Looked into", by=world.pavel, at=world.at
                        ).status
                    ),
                )
            else:
                world.do(
                    "grant",
                    lambda one=one: (
                        grant_dispute(
                            dispute_id=one.pk, cents=20, words="Right", by=world.pavel, at=world.at
                        ).status
                    ),
                )

    # --- Fees --------------------------------------------------------------------------------

    def change_rates(self) -> None:
        """A card is raised by agreement, or a new one published with its notice; another person
        approves it, or it is taken back, or forgotten."""
        world, shop = self.world, self.a_shop()
        if shop.station.code == "NEW":
            return
        if world.chance(0.4):
            world.agree(shop=shop, cents=world.dice.randint(100, 320))
            return
        card = {"shop": shop} if world.chance(0.5) else {"station": shop.station}
        lines = [plain(world.dice.randint(90, 280)), tier(world.dice.randint(3, 8), 40)]
        days = world.dice.choice((3, 14, 14, 15))
        change = world.do(
            "publish",
            lambda: change_card(*lines, by=world.olga, at=world.at, days=days, **card),
        )
        if change and world.chance(0.7):
            self.approve_rates(change)

    def approve_rates(self, change: RateChange) -> None:
        """Pavel approves, or it is withdrawn."""
        world = self.world
        if world.chance(0.85):
            world.do(
                "approve_rates",
                lambda: approve_change(change_id=change.pk, by=world.pavel, at=world.at).status,
            )
            return
        world.do(
            "withdraw_rates",
            lambda: withdraw_change(change_id=change.pk, by=world.olga, at=world.at).status,
        )

    def agree_new_station(self) -> None:
        """The station that had no fee gets one: what waited is priced."""
        for station in self.world.stations:
            if station.code == "NEW":
                self.world.agree(station=station, cents=180)

    # --- Stripe, and what people do there ----------------------------------------------------

    def a_paid_transfer(self) -> Transfer | None:
        paid = Transfer.objects.filter(status__in=["sent", "settled"], gateway="stripe")
        return paid.order_by("-pk").first()

    def take_back(self) -> None:
        """Olga asks for a part of a payment, Pavel confirms it."""
        world, transfer = self.world, self.a_paid_transfer()
        if transfer:
            cents = world.dice.randint(1, 100)
            asked = world.do(
                "ask_back",
                lambda: ask_reversal(
                    transfer_id=transfer.pk,
                    cents=cents,
                    reason="Twice",
                    by=world.olga,
                    at=world.at,
                ),
            )
            if asked:
                world.do(
                    "take_back",
                    lambda: (
                        confirm_reversal(
                            reversal_id=asked.pk, by=world.pavel, at=world.at
                        ).amount_cents
                    ),
                )

    def meddle(self) -> None:
        """Somebody does something at Stripe itself: takes money back, turns an account off or on
        again, sees a bank send a payout back."""
        world, stripe = self.world, self.world.stripe
        transfer = self.a_paid_transfer()
        accounts = PayoutAccount.objects.filter(gateway="stripe").order_by("pk")
        if transfer and world.chance(0.3):
            try:
                stripe.wish("reverse", transfer=transfer.provider_reference, amount=7)
            except Exception as no:
                world.note("Stripe says no:", type(no).__name__)
                return
            self.foreseen.add(transfer.provider_reference)
            world.note("taken back at Stripe", transfer.key)
        elif self.restricted and world.chance(0.6):
            account = self.restricted.pop()
            stripe.wish("capability", account=account, status="active")
            world.note("can be paid again", account)
        elif accounts and world.chance(0.7):
            account = world.dice.choice(list(accounts)).provider_reference
            if account not in self.restricted:
                self.restricted.append(account)
            stripe.wish("capability", account=account, status="restricted")
            world.note("can't be paid", account)
        else:
            paid = [one for one in stripe.server.state.payouts.values() if one["status"] == "paid"]
            if paid:
                stripe.wish("fail_payout", payout=paid[-1]["id"], code="no_account")
                world.note("sent back by the bank", paid[-1]["id"])

    # --- Shops -------------------------------------------------------------------------------

    def hold_shop(self) -> None:
        """A shop's payouts are held for a while, or let go on."""
        world, shop = self.world, self.a_shop()
        act, words = let_payouts_go_on, {}
        if world.chance(0.4):
            act, words = on_hold, {"reason": "Asked"}
        world.do(act.__name__, lambda: act(shop=shop, by=world.olga, at=world.at, **words).pk)

    def close_a_shop(self) -> None:
        """A shop leaves, whatever its balance is."""
        world, shop = self.world, self.a_shop()
        gone = Shop.objects.filter(status=ShopStatus.CLOSED).count()
        if (world.today.month, world.today.day) < (10, 28) or gone >= len(world.shops) // 4:
            return
        if shop.status != ShopStatus.CLOSED:
            close_by_hand(shop)
        world.note("closed", shop.slug, payable_cents(shop.pk))

    def give_up(self) -> None:
        """What a closed shop owes is proposed to be given up."""
        world = self.world
        for shop in Shop.objects.filter(status=ShopStatus.CLOSED).order_by("pk"):
            if payable_cents(shop.pk) < 0:
                world.do(
                    "give_up_balance",
                    lambda shop=shop: (
                        give_up_balance(
                            shop=shop, words="It left", by=world.olga, at=world.at
                        ).amount_cents
                    ),
                )
            if owed_by(shop):
                world.do(
                    "give_up_deduction",
                    lambda shop=shop: (
                        give_up_deduction(
                            shop=shop, words="It left", by=world.olga, at=world.at
                        ).amount_cents
                    ),
                )
