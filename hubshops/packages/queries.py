"""Feeds as staff look back on them."""

from django.db.models import QuerySet

from hubshops.packages.models import FeedBatch, FeedUpload


def batches() -> QuerySet[FeedBatch]:
    """Every feed that was loaded, the newest first, without its complaints."""
    return (
        FeedBatch.objects.select_related("station", "loaded_by")
        .defer("rejected")
        .order_by("-loaded_at", "-pk")
    )


def batch_of(batch_id: int) -> FeedBatch | None:
    """One feed with its complaints."""
    return FeedBatch.objects.select_related("station", "loaded_by").filter(pk=batch_id).first()


def uploads() -> list[FeedUpload]:
    """Files that were looked at and not loaded yet, the newest first, without their bytes."""
    return list(
        FeedUpload.objects.select_related("station", "uploaded_by")
        .defer("content", "report")
        .order_by("-uploaded_at", "-pk")[:20]
    )


def upload_of(upload_id: int) -> FeedUpload | None:
    """One such file with its dry run, without its bytes."""
    return (
        FeedUpload.objects.select_related("station", "uploaded_by")
        .defer("content")
        .filter(pk=upload_id)
        .first()
    )
