"""Taking in what applicants and shops send."""

import datetime as dt
import hashlib
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.documents.actions.steps import hold_document, move
from hubshops.documents.models import Document, DocumentStatus, Upload, UploadPage
from kernel import files, papers
from kernel.accounts.models import User
from kernel.ids import new_id
from kernel.refusals import Refusal

MOST_A_DAY = 40
CAN_BE_SENT = {DocumentStatus.REQUESTED, DocumentStatus.UPLOADED, DocumentStatus.REJECTED}


class NothingAsked(Refusal):
    code = "nothing_asked"
    message = _("We have this paper. There is nothing to send now.")


class ManyFiles(Refusal):
    code = "many_files"
    message = _("That is a lot of files for one day. Send the next one tomorrow, or call us.")


def keep_upload(
    *, document_id: int, file: BinaryIO, at: dt.datetime, by: User | None = None
) -> Upload:
    """Keep what a photo or a PDF shows of a paper, for its sender to look at before it is sent.

    What she uploaded before and did not send is deleted. Refuses what we can't read
    (`kernel.papers`), a paper that is not asked for, and a forty-first file a day. Files are
    written before their rows: a file without a row does no harm.
    """
    check_room(document_id, at)
    file.seek(0)
    fingerprint = hashlib.sha256(file.read()).hexdigest()
    pages = papers.read_paper(file)
    folder = f"papers/{fingerprint[:2]}"
    kept = [
        UploadPage(
            number=number,
            file=files.keep_private(f"{folder}/{new_id()}.jpg", page.content),
            width=page.width,
            height=page.height,
        )
        for number, page in enumerate(pages, 1)
    ]
    try:
        return add_upload(document_id, kept, fingerprint=fingerprint, at=at, by=by)
    except Refusal:
        for page in kept:
            files.forget_private(page.file)
        raise


@transaction.atomic
def check_room(document_id: int, at: dt.datetime) -> Document:
    """Refuse early what would be refused late, before a file is opened at all."""
    document = hold_document(document_id)
    if document.status not in CAN_BE_SENT:
        raise NothingAsked
    today = Upload.objects.filter(
        document__dossier=document.dossier, at__gt=at - dt.timedelta(days=1)
    )
    if today.count() >= MOST_A_DAY:
        raise ManyFiles
    return document


@transaction.atomic
def add_upload(
    document_id: int,
    pages: list[UploadPage],
    *,
    fingerprint: str,
    at: dt.datetime,
    by: User | None,
) -> Upload:
    """The rows of an upload, once more under the lock."""
    document = check_room(document_id, at)
    last = document.uploads.order_by("pk").last()
    if last is not None and document.status == DocumentStatus.UPLOADED:
        forget(last, at=at)
    upload = Upload.objects.create(
        document=document,
        number=last.number + 1 if last else 1,
        fingerprint=fingerprint,
        at=at,
        by=by,
    )
    for page in pages:
        page.upload = upload
    UploadPage.objects.bulk_create(pages)
    move(document, DocumentStatus.UPLOADED, at=at, by=by)
    return upload


def forget(upload: Upload, *, at: dt.datetime) -> None:
    """Delete an upload's pictures, once that is for sure."""
    upload.forgotten_at = at
    upload.save(update_fields=["forgotten_at"])
    for page in upload.pages.all():
        transaction.on_commit(lambda name=page.file: files.forget_private(name))


class NothingToSend(Refusal):
    code = "nothing_to_send"
    message = _("There is no picture to send. Take one first.")


@transaction.atomic
def send_document(*, document_id: int, at: dt.datetime, by: User | None = None) -> Document:
    """Its sender looked at it and can read it: staff look at it now. Again changes nothing."""
    document = hold_document(document_id)
    if document.status == DocumentStatus.UNDER_REVIEW:
        return document
    if document.status != DocumentStatus.UPLOADED:
        raise NothingToSend
    document.sent_at = at
    move(document, DocumentStatus.UNDER_REVIEW, at=at, by=by)
    return document
