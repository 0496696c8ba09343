"""Papers drawn ahead, and forgotten in time."""

import datetime as dt

from django.utils import translation

from hubshops.manifests.documents import manifest_pdf, paper_fingerprint
from hubshops.manifests.models import Manifest, StoredPaper
from hubshops.manifests.queries import paper_languages, paper_of
from kernel.failpoints import failpoint


def draw_paper(*, manifest_id: int, version: int, at: dt.datetime) -> int:
    """Draw one version's paper in the languages its people read and keep it; how many were drawn.

    Safe twice and side by side: a paper whose facts did not change is not drawn again. A version
    that is not the latest any more, or whose paper must be destroyed by now, is left alone.
    """
    manifest = (
        Manifest.objects.filter(pk=manifest_id, version=version)
        .select_related("shop__station")
        .first()
    )
    if manifest is None:
        return 0
    return sum(
        draw_in(manifest, language=language, at=at) for language in paper_languages(manifest)
    )


def draw_in(manifest: Manifest, *, language: str, at: dt.datetime) -> bool:
    """Draw and keep a paper in one language; False when it is there or too old to keep."""
    with translation.override(language):
        paper = paper_of(manifest)
        fingerprint = paper_fingerprint(paper)
        if paper.destroy_by < at.date() or has_paper(manifest, fingerprint):
            return False
        content = manifest_pdf(paper)
    failpoint("manifests.drawn")
    stored = StoredPaper(
        manifest=manifest,
        version=manifest.version,
        language=language,
        fingerprint=fingerprint,
        content=content,
        drawn_at=at,
        destroy_by=paper.destroy_by,
    )
    StoredPaper.objects.bulk_create(
        [stored],
        update_conflicts=True,
        unique_fields=["manifest", "version", "language"],
        update_fields=["fingerprint", "content", "drawn_at"],
    )
    return True


def has_paper(manifest: Manifest, fingerprint: str) -> bool:
    """Whether a paper with exactly these facts is kept."""
    return StoredPaper.objects.filter(manifest=manifest, fingerprint=fingerprint).exists()


def forget_papers(*, at: dt.datetime) -> int:
    """Delete the papers that must be destroyed by now; how many. They can be drawn again from what
    the portal still knows."""
    deleted, _by_table = StoredPaper.objects.filter(destroy_by__lt=at.date()).delete()
    return deleted
