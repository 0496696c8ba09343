"""Writing down what a person decided."""

import datetime as dt

from django.db import models

from kernel.audit.models import Decision


def record(
    *,
    at: dt.datetime,
    by: object,
    action: str,
    subject: models.Model,
    reason: str = "",
    **facts: object,
) -> Decision:
    """Keep one decision about one row (`subject` is a saved model); no personal data in `facts`."""
    return Decision.objects.create(
        at=at,
        by=by,
        action=action,
        subject=subject._meta.db_table,
        subject_id=str(subject.pk),
        reason=reason,
        facts=facts,
    )
