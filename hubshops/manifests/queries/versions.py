"""What each version of a manifest brought and took."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Q
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from hubshops.manifests import rules
from hubshops.manifests.models import Manifest, ManifestLine, ManifestVersion, VersionCause
from kernel.accounts.models import User


@dataclass(frozen=True, slots=True)
class Size:
    """How much stands on a manifest."""

    packages: int = 0
    stops: int = 0


def sizes_of(manifests: Collection[int]) -> dict[int, Size]:
    """What stands on each of these manifests now. One query."""
    rows = (
        ManifestLine.objects.filter(manifest__in=manifests, withdrawn_in=None)
        .order_by()
        .values_list("manifest_id")
        .annotate(packages=Count("pk"), stops=Count("stop", distinct=True))
    )
    return dict.fromkeys(manifests, Size()) | {key: Size(*size) for key, *size in rows}


@dataclass(frozen=True, slots=True)
class Change:
    """One version of a manifest: what it brought and what it took, or who ordered or shared the
    stops. `people` is among whom they were shared, `by` who did it, in words."""

    version: ManifestVersion
    by: str = ""
    people: str = ""
    came: Sequence[ManifestLine] = ()
    went: Sequence[ManifestLine] = ()

    @property
    def is_of_order(self) -> bool:
        """Whether it only ordered or shared stops."""
        return self.version.cause != VersionCause.PUBLISHED


def changes_of(manifest: Manifest) -> list[Change]:
    """The versions of a manifest that was changed, the latest first; the first version brought
    everything, so its lines are left out. Three queries, none for a manifest that never changed."""
    if manifest.version == 1:
        return []
    later = Q(added_in__gt=1) | Q(withdrawn_in__isnull=False)
    lines = list(
        ManifestLine.objects.filter(later, manifest=manifest)
        .select_related("package")
        .order_by("stop", "package__tracking_id")
    )
    changes = told(manifest.versions.order_by("-version"))
    return [
        replace(
            change,
            came=[one for one in lines if one.added_in == change.version.version > 1],
            went=[one for one in lines if one.withdrawn_in == change.version.version],
        )
        for change in changes
    ]


def latest_change(manifest: Manifest) -> Change | None:
    """What the latest version did; None for a manifest that never changed. Two queries."""
    if manifest.version == 1:
        return None
    return next(iter(told(manifest.versions.filter(version=manifest.version))), None)


def told(versions: Iterable[ManifestVersion]) -> list[Change]:
    """Versions with the names of the people in them. One query more than the versions."""
    versions = list(versions)
    keys = {key for one in versions for key in [one.published_by_id, *one.helpers] if key}
    names = {
        user.pk: rules.short_name(str(user))
        for user in User.objects.filter(pk__in=keys).only("name", "email")
    }
    return [
        Change(
            version=one,
            by=names.get(one.published_by_id, ""),
            people=get_text_list([names[key] for key in one.helpers if key in names], _("and")),
        )
        for one in versions
    ]
