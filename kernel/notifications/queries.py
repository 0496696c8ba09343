"""Reading the post room's book."""

from kernel.notifications.models import Mail


def latest_mails(limit: int = 50, *, to: str = "") -> list[Mail]:
    """The newest mails first, those to one address when `to` is given."""
    mails = Mail.objects.filter(to__iexact=to) if to else Mail.objects.all()
    return list(mails.select_related("person").order_by("-created_at", "-pk")[:limit])
