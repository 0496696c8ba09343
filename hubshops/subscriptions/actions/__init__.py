"""Every write of subscriptions: what staff decide, and what is sent."""

from hubshops.subscriptions.actions.deciding import (
    AddressIsTaken,
    AddressIsUnusable,
    SubscriptionIsGone,
    end_subscription,
    go_back,
    order_ping,
    pause_subscription,
    resume_subscription,
    subscribe,
)
from hubshops.subscriptions.actions.sending import (
    forget_messages,
    send_messages,
    send_ping,
    start_sending,
)
from hubshops.subscriptions.actions.settling import settle_events

__all__ = [
    "AddressIsTaken",
    "AddressIsUnusable",
    "SubscriptionIsGone",
    "end_subscription",
    "forget_messages",
    "go_back",
    "order_ping",
    "pause_subscription",
    "resume_subscription",
    "send_messages",
    "send_ping",
    "settle_events",
    "start_sending",
    "subscribe",
]
