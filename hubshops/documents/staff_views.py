"""Papers as staff look at them: who waits longest comes first, pages beside facts."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.documents import actions, queries
from hubshops.documents.access import page_answer
from hubshops.documents.forms import AcceptForm, AskShopForm, RejectForm
from hubshops.documents.models import Document, DocumentKind
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal

ROWS_A_PAGE = 50


@staff_required(Role.REVIEWER)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Papers that wait for us."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in DocumentKind.values else ""
    page = Paginator(queries.waiting(kind), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "chips": chips(kind), "kind": kind}
    return render(request, "documents/queue.html", context)


def chips(chosen: str) -> list[dict[str, Any]]:
    """One chip a kind, with how many wait."""
    counts, url = queries.counts_by_kind(), reverse("documents:queue")
    choices = [("", _("All"), sum(counts.values()))]
    choices += [(kind, words, counts.get(kind, 0)) for kind, words in DocumentKind.choices]
    return [
        {
            "label": f"{words} ({count})",
            "url": f"{url}?kind={kind}" if kind else url,
            "on": kind == chosen,
        }
        for kind, words, count in choices
    ]


@staff_required(Role.REVIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, document_id: int) -> HttpResponse:
    """One paper: its pages, what we know, and the two decisions."""
    document = queries.for_review(document_id)
    if document is None:
        raise Http404
    decision = request.POST.get("decision", "")
    forms = {
        "accept": AcceptForm(
            request.POST if decision == "accept" else None, kind=document.kind, prefix="accept"
        ),
        "reject": RejectForm(request.POST if decision == "reject" else None, prefix="reject"),
    }
    if request.method == "POST" and decision in forms and forms[decision].is_valid():
        try:
            return DECISIONS[decision](request, document, forms[decision])
        except Refusal as no:
            return page(request, document, forms, decision, refusal=no.sentence, status=409)
    return page(request, document, forms, decision, status=422 if request.POST else 200)


def page(
    request: HttpRequest,
    document: Document,
    forms: dict[str, Any],
    decision: str,
    *,
    status: int,
    refusal: str = "",
) -> HttpResponse:
    """The review page, with whatever form was wrong on top."""
    document = queries.for_review(document.pk)
    sent = queries.last_upload(document)
    context = {
        "document": document,
        "dossier": document.dossier,
        "pages": sent.pages.all() if sent and not sent.forgotten_at else [],
        "steps": queries.steps_of(document),
        "looks": queries.looks_at(document),
        "earlier": queries.earlier_of(document),
        "zone": document.dossier.zone,
        "forms": forms,
        "form": forms.get(decision),
        "refusal": refusal,
        "is_waiting": document.status == "under_review" and not document.dossier.closed_at,
    }
    return render(request, "documents/review.html", context, status=status)


def accept(request: HttpRequest, document: Document, form: AcceptForm) -> HttpResponse:
    """It counts from now on."""
    actions.accept_document(
        document_id=document.pk,
        expires_on=form.cleaned_data["expires_on"],
        by=request.user,
        at=clock.now(),
    )
    messages.success(request, _("Accepted. Its owner was told by mail."))
    return redirect("documents:queue")


def reject(request: HttpRequest, document: Document, form: RejectForm) -> HttpResponse:
    """Another one is needed."""
    reader = queries.readers_of(document.dossier)[:1]
    language = reader[0].language if reader else document.dossier.language
    actions.reject_document(
        document_id=document.pk, reason=form.sentence(language), by=request.user, at=clock.now()
    )
    messages.success(request, _("The letter is on its way."))
    return redirect("documents:queue")


DECISIONS = {"accept": accept, "reject": reject}


@staff_required(Role.REVIEWER)
@require_safe
def picture(request: HttpRequest, document_id: int, page_number: int) -> FileResponse:
    """A page of a paper; who looked is written down."""
    document = queries.for_review(document_id)
    shown = queries.page_of(document, page_number) if document else None
    answer = page_answer(shown)
    actions.note_look(page=shown, by=request.user, at=clock.now())
    return answer


@staff_required(Role.REVIEWER)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask a shop for its papers that came to us without an application."""
    form = AskShopForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        shop = form.cleaned_data["shop"]
        actions.open_shops_dossier(shop=shop, at=clock.now(), by=request.user)
        messages.success(request, _("The shop was asked by mail."))
        return redirect("documents:queue")
    code = 422 if request.method == "POST" else 200
    return render(request, "documents/ask.html", {"form": form}, status=code)
