"""What each version of a manifest brought and took."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from hubshops.manifests.models import Manifest, ManifestLine, ManifestVersion


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
    """One version of a manifest: what it brought and what it took."""

    version: ManifestVersion
    came: list[ManifestLine]
    went: list[ManifestLine]


def changes_of(manifest: Manifest) -> list[Change]:
    """The versions of a manifest that was changed, the latest first; the first version brought
    everything, so its lines are left out. Two queries, none for a manifest that never changed."""
    if manifest.version == 1:
        return []
    later = Q(added_in__gt=1) | Q(withdrawn_in__isnull=False)
    lines = list(
        ManifestLine.objects.filter(later, manifest=manifest)
        .select_related("package")
        .order_by("stop", "package__tracking_id")
    )
    return [
        Change(
            version,
            came=[one for one in lines if one.added_in == version.version > 1],
            went=[one for one in lines if one.withdrawn_in == version.version],
        )
        for version in manifest.versions.order_by("-version")
    ]
