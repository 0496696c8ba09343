"""Letting a shop know that its manifest is out, and having its paper drawn ahead."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hubshops.manifests.jobs import Jobs
from hubshops.manifests.models import ManifestVersion
from hubshops.shops.models import Membership
from kernel import clock
from kernel.jobs.actions import start_jobs
from kernel.notifications.actions import letter_for, send_mails
from kernel.notifications.models import Mail


def tell_shops(*, versions: Sequence[ManifestVersion], at: dt.datetime) -> None:
    """Write to each shop's people about its new version, in their language, and promise its paper.

    One letter a person, shop and publication, with counts and a link: no recipient's name or
    address is in it. A day that is over needs neither. Costs a few statements, whatever the number
    of shops.
    """
    news = [one for one in versions if is_news(one, at)]
    if not news:
        return
    by_shop = {one.manifest.shop_id: one for one in news}
    people = (
        Membership.objects.current()
        .filter(shop__in=by_shop, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    send_mails(mails=[letter_to(one, by_shop[one.shop_id]) for one in people], at=at)
    promise_papers(versions=news, at=at)


def promise_papers(*, versions: Sequence[ManifestVersion], at: dt.datetime) -> None:
    """Have the papers of versions whose day is not over drawn ahead. Two statements, or none."""
    promises = dict(draw_promises(one for one in versions if is_news(one, at)))
    if promises:
        start_jobs(Jobs.DRAW, at=at, many=promises)


def is_news(version: ManifestVersion, at: dt.datetime) -> bool:
    """Whether the day is still to come or not over yet where the shop is."""
    manifest = version.manifest
    return manifest.service_day >= clock.local_day(at, manifest.shop.zone)


def draw_promises(versions: Iterable[ManifestVersion]) -> Iterable[tuple[str, dict[str, object]]]:
    """One job a shop-day and version."""
    for one in versions:
        key = f"{Jobs.DRAW}:{one.manifest_id}:{one.version}"
        yield key, {"manifest_id": one.manifest_id, "version": one.version}


def letter_to(member: Membership, version: ManifestVersion) -> Mail:
    """One person's letter about one version."""
    manifest = version.manifest
    return letter_for(
        member.user,
        subject=lambda: subject_of(version),
        template="manifests/mail/published.txt",
        facts={
            "person": member.user,
            "shop": manifest.shop,
            "version": version,
            "day": manifest.service_day,
            "path": reverse("manifests:day", args=[manifest.service_day]),
        },
    )


def subject_of(version: ManifestVersion) -> str:
    """What it is about, in numbers: all of a first version, the change of a later one."""
    day = date_format(version.manifest.service_day, "D M j")
    if version.version == 1:
        words = ngettext(
            "%(count)s package for %(day)s", "%(count)s packages for %(day)s", version.packages
        )
        return words % {"count": version.packages, "day": day}
    return _("Changed list for %(day)s: %(added)s more, %(withdrawn)s taken off") % {
        "day": day,
        "added": version.added,
        "withdrawn": version.withdrawn,
    }
