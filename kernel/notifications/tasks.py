"""What the worker does for the post room."""

from kernel import clock
from kernel.jobs.actions import handles
from kernel.notifications import actions
from kernel.notifications.jobs import Jobs


@handles(Jobs.SEND)
def send(mail_id: int, **_: object) -> None:
    """Hand one promised mail to the mail server."""
    actions.deliver_mail(mail_id=mail_id, at=clock.now())


@handles(Jobs.FORGET)
def forget(**_: object) -> None:
    """Let go of the words of old letters."""
    actions.forget_letters(at=clock.now())


@handles(Jobs.SEND_TEXT)
def send_text(text_id: int, **_: object) -> None:
    """Hand one promised text to the gateway."""
    actions.deliver_text(text_id=text_id, at=clock.now())


@handles(Jobs.FORGET_TEXTS)
def forget_texts(**_: object) -> None:
    """Let go of the numbers and words of old texts."""
    actions.forget_texts(at=clock.now())
