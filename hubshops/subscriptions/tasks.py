"""What workers do for this room."""

from hubshops.subscriptions import actions
from hubshops.subscriptions.jobs import Jobs
from kernel import clock
from kernel.jobs.actions import handles


@handles(Jobs.SWEEP)
def start_sending(**_: object) -> None:
    """Look for addresses that may be told."""
    actions.start_sending(at=clock.now())


@handles(Jobs.SEND)
def send_messages(subscription_id: int, **_: object) -> None:
    """Tell one address what it has not heard."""
    actions.send_messages(subscription_id=subscription_id, clock=clock.now)


@handles(Jobs.PING)
def send_ping(message_id: int, **_: object) -> None:
    """Say hello to one address."""
    actions.send_ping(message_id=message_id, clock=clock.now)


@handles(Jobs.FORGET)
def forget_messages(**_: object) -> None:
    """Let go of messages of a month ago."""
    actions.forget_messages(at=clock.now())
