"""How often Stripe is called, by all processes together: turns are given out by one row a lane."""

import threading
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection

MOST_CALLS_A_SECOND = 20  # Stripe allows 25 an endpoint, and in a sandbox 25 altogether
SPACING_S = 1 / 17  # so that no second holds more than 20, although calls are late now and then
PLATFORM = "stripe"


def lane(name: str) -> str:
    """Which calls share turns: live, each kind of call has a lane; in a sandbox there is one."""
    return f"{PLATFORM}:{name}" if settings.STRIPE_IS_LIVE else PLATFORM


def take_turns(*, name: str, count: int) -> float:
    """Reserve `count` calls in a lane, `SPACING_S` apart, among all processes: how many seconds
    from now the first may leave. One statement, by the database's clock."""
    span = f"{SPACING_S * count:.6f} seconds"
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO call_pace (name, next_at)
            VALUES (%(name)s, clock_timestamp() + %(span)s::interval)
            ON CONFLICT (name) DO UPDATE
                SET next_at = greatest(call_pace.next_at, clock_timestamp()) + %(span)s::interval
            RETURNING extract(epoch FROM next_at - %(span)s::interval - clock_timestamp())
            """,
            {"name": name, "span": span},
        )
        return max(0.0, float(cursor.fetchone()[0]))


def wait_for_turn(name: str) -> None:
    """Wait for the next turn in a lane. Never inside a transaction."""
    gate_of(lane(name)).leave(time.monotonic() + take_turns(name=lane(name), count=1))


@dataclass
class Gate:
    """Keeps the calls of this process apart when a busy machine let their turns pass."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    left_at: float = 0.0

    def leave(self, turn: float, stop: threading.Event | None = None) -> None:
        """Wait for one's turn, then until the call before is `SPACING_S` ago; no longer once `stop`
        is set."""
        stop = stop or threading.Event()
        stop.wait(max(0.0, turn - time.monotonic()))
        with self.lock:
            stop.wait(max(0.0, self.left_at + SPACING_S - time.monotonic()))
            self.left_at = time.monotonic()


gates: dict[str, Gate] = {}


def gate_of(name: str) -> Gate:
    """The gate of one lane in this process."""
    return gates.setdefault(name, Gate())


@dataclass
class Turns:
    """The calls of one batch, a look at the account and a transfer for each order: where the turns
    begin, and whether the rest is called off."""

    accounts_at: float
    transfers_at: float
    step_s: float
    stop: threading.Event = field(default_factory=threading.Event)

    def wait_for_account(self, place: int) -> None:
        """The turn of the look at the account of the order at this place."""
        gate_of(lane("accounts")).leave(self.accounts_at + place * self.step_s, self.stop)

    def wait_for_transfer(self, place: int) -> None:
        """The turn of its transfer."""
        gate_of(lane("transfers")).leave(self.transfers_at + place * self.step_s, self.stop)


def turns_for(count: int) -> Turns:
    """Turns for as many orders."""
    now = time.monotonic()
    if lane("accounts") != lane("transfers"):
        return Turns(
            accounts_at=now + take_turns(name=lane("accounts"), count=count),
            transfers_at=now + take_turns(name=lane("transfers"), count=count),
            step_s=SPACING_S,
        )
    first = now + take_turns(name=lane("accounts"), count=2 * count)
    return Turns(accounts_at=first, transfers_at=first + SPACING_S, step_s=2 * SPACING_S)
