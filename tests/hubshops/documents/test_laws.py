"""What PostgreSQL refuses of papers, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.documents import rules
from hubshops.documents.models import DocumentMove, DocumentStatus
from tests.factories import MORNING, make_staff
from tests.hubshops.documents.helpers import a_dossier, accepted, bring, of_kind

pytestmark = pytest.mark.django_db


def run(words: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(words, values)


def refused(law: str, words: str, *values: object) -> None:
    with pytest.raises(IntegrityError, match=law):
        run(words, *values)


def test_the_table_is_the_rule():
    known = {(move.source, move.target) for move in DocumentMove.objects.all()}
    assert known == {(one, other) for one, others in rules.MOVES.items() for other in others}
    assert rules.MOVES.keys() == set(DocumentStatus.values)


@pytest.mark.parametrize("one", DocumentStatus.values)
def test_a_paper_moves_only_along_the_table(one):
    document = of_kind(a_dossier(), "licence")
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE document DROP CONSTRAINT document_says_when_it_runs_out")
    for other in DocumentStatus.values:
        run("SET LOCAL session_replication_role = replica")
        run("UPDATE document SET status = %s WHERE id = %s", one, document.pk)
        run("SET LOCAL session_replication_role = origin")
        change = "UPDATE document SET status = %s WHERE id = %s", other, document.pk
        if other in rules.MOVES[one] or other == one:
            run(*change)
        else:
            refused("may not go", *change)


def test_of_a_kind_and_holder_one_is_open_and_one_is_current():
    dossier = a_dossier()
    add = (
        "INSERT INTO document (dossier_id, kind, holder, status, asked_at, expires_on)"
        " VALUES (%s, 'licence', '', %s, now(), NULL)"
    )
    refused("document_open_once", add, dossier.pk, "requested")
    accepted(dossier, "licence", make_staff("Olga", "reviewer"))
    refused("document_current_once", add, dossier.pk, "valid")


def test_insurance_says_when_it_ends():
    document = bring(of_kind(a_dossier(), "insurance"))
    words = "UPDATE document SET status = 'valid' WHERE id = %s"
    refused("document_says_when_it_runs_out", words, document.pk)


def test_a_card_is_of_a_person_and_nothing_else_is():
    dossier = a_dossier()
    refused("document_identity_iff_of_a_person", "UPDATE document SET holder = ''")
    add = "UPDATE document SET holder = 'Rosa' WHERE kind = 'licence' AND dossier_id = %s"
    refused("document_identity_iff_of_a_person", add, dossier.pk)


def test_only_what_was_accepted_runs_out_or_is_replaced():
    a_dossier()
    refused("document_runs_out_once_accepted", "UPDATE document SET expires_on = now()")
    refused("document_replaced_once_accepted", "UPDATE document SET replaced_at = now()")


def test_what_happened_stays():
    document = bring(of_kind(a_dossier(), "licence"))
    for table in ("document_step", "document_page", "document_move"):
        refused("append-only", f"DELETE FROM {table}")
    for table in ("document", "document_upload", "dossier"):
        refused("never deleted", f"DELETE FROM {table}")
    assert document.steps.count() == 3


def test_a_paper_is_reminded_of_once():
    document = of_kind(a_dossier(), "licence")
    document.reminders.create(days=30, at=MORNING)
    with pytest.raises(IntegrityError, match="document_reminded_once"), transaction.atomic():
        document.reminders.create(days=30, at=MORNING)
    refused("append-only", "UPDATE document_reminder SET days = 3")
