"""Reading the post room's book."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from kernel.jobs.models import Job
from kernel.notifications.jobs import Jobs
from kernel.notifications.models import Mail


def latest_mails(limit: int = 50, *, to: str = "") -> list[Mail]:
    """The newest mails first, those to one address when `to` is given."""
    mails = Mail.objects.filter(to__iexact=to) if to else Mail.objects.all()
    return list(mails.select_related("person").order_by("-created_at", "-pk")[:limit])


def failed_mail_ids() -> list[int]:
    """The letters that the mail server did not take, however often it was asked. One query."""
    given_up = Job.objects.given_up().filter(name=Jobs.SEND)
    return [args["mail_id"] for args in given_up.values_list("args", flat=True)]


def mails_in_state(state: str, *, to: str = "") -> QuerySet[Mail]:
    """Letters that were `sent`, `wait` or `failed` (any other word: all), the newest first; to one
    address when it is given whole. Their words are not read."""
    mails = Mail.objects.defer("subject", "body").order_by("-created_at", "-pk")
    if to:
        mails = mails.filter(to__iexact=to)
    if state == "sent":
        return mails.exclude(sent_at=None)
    if state == "failed":
        return mails.filter(sent_at=None, pk__in=failed_mail_ids())
    if state == "wait":
        return mails.filter(sent_at=None).exclude(pk__in=failed_mail_ids())
    return mails


@dataclass(frozen=True)
class Sending:
    """A letter with the job that takes it out: none once it is long done."""

    mail: Mail
    job: Job | None

    @property
    def state(self) -> str:
        """`sent`, `failed` or `wait`."""
        if self.mail.sent_at:
            return "sent"
        return "failed" if self.job and self.job.gave_up_at else "wait"

    @property
    def error(self) -> str:
        """What went wrong last, without anybody's address: mail servers like to repeat it."""
        return re.sub(r"\S+@\S+", "…", self.job.last_error) if self.job else ""


def sendings_of(mails: Sequence[Mail]) -> list[Sending]:
    """Letters with their jobs. One query."""
    keys = {f"{Jobs.SEND}:{mail.pk}": mail for mail in mails}
    jobs = {job.key: job for job in Job.objects.filter(key__in=keys)}
    return [Sending(mail, jobs.get(key)) for key, mail in keys.items()]
