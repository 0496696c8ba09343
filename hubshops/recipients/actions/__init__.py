"""Every write of recipients' messages."""

from hubshops.recipients.actions.deciding import NotANumber, stop_texts, switch_texts
from hubshops.recipients.actions.telling import tell_recipients

__all__ = ["NotANumber", "stop_texts", "switch_texts", "tell_recipients"]
