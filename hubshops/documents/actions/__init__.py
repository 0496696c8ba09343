"""Asking for papers, taking them in, judging them, and what the calendar does to them."""

from hubshops.documents.actions.ageing import forget_pages, sweep_documents
from hubshops.documents.actions.asking import (
    ask_for,
    close_dossier,
    hand_over,
    open_dossier,
    open_shops_dossier,
    reopen_dossier,
    waive_document,
)
from hubshops.documents.actions.judging import accept_document, note_look, reject_document
from hubshops.documents.actions.sending import CAN_BE_SENT, ManyFiles, keep_upload, send_document

__all__ = [
    "CAN_BE_SENT",
    "ManyFiles",
    "accept_document",
    "ask_for",
    "close_dossier",
    "forget_pages",
    "hand_over",
    "keep_upload",
    "note_look",
    "open_dossier",
    "open_shops_dossier",
    "reject_document",
    "reopen_dossier",
    "send_document",
    "sweep_documents",
    "waive_document",
]
