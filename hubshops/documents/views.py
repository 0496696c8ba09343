"""Papers as those who bring them see them: an applicant by the address of her page, a shop's owner
by signing in. Both see the same pages."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.documents import actions, queries
from hubshops.documents.access import page_answer
from hubshops.documents.forms import PersonForm, UploadForm
from hubshops.documents.models import Document, DocumentKind, Dossier
from hubshops.shops.access import shop_owner
from kernel import clock
from kernel.accounts.models import User
from kernel.limits import address_of, take_turn
from kernel.refusals import Refusal

FILES_AN_HOUR = 60
SEEN_BY_APPLICANT = ["applicant", "applicants_document", "applicants_page", "applicants_person"]
SEEN_BY_SHOP = ["shop", "shops_document", "shops_page", "shops_person"]


@dataclass(frozen=True)
class Desk:
    """A dossier as somebody has it in hand: whose it is, who acts, and the addresses there."""

    dossier: Dossier
    by: User | None
    names: list[str]
    keys: list[str]
    layout: str

    def url(self, place: int, *more: object) -> str:
        """One of the desk's addresses: list, document, page, person."""
        return reverse(f"documents:{self.names[place]}", args=[*self.keys, *more])


def applicants_desk(reference: str) -> Desk:
    """The dossier of an application. Once it has a shop, its address opens nothing more: its owner
    signs in."""
    dossier = queries.dossier_of(reference)
    if dossier is None or dossier.shop_id:
        raise Http404
    return Desk(dossier, None, SEEN_BY_APPLICANT, [reference], "layouts/public.html")


def shops_desk(request: HttpRequest) -> Desk | None:
    """The dossier of the shop whose owner asks; None while nothing was asked of it."""
    dossier = queries.dossier_of_shop(request.shop)
    if dossier is None:
        return None
    dossier.shop = request.shop
    return Desk(dossier, request.user, SEEN_BY_SHOP, [], "layouts/shop.html")


def open_desk(request: HttpRequest) -> Desk:
    """The same, or no such page."""
    desk = shops_desk(request)
    if desk is None:
        raise Http404
    return desk


@login_not_required
@never_cache
@require_safe
def applicant(request: HttpRequest, reference: str) -> HttpResponse:
    """An applicant's papers. Once there is a shop, they are on its pages."""
    dossier = queries.dossier_of(reference)
    if dossier is not None and dossier.shop_id:
        return redirect("documents:shop")
    return show_list(request, applicants_desk(reference))


@shop_owner
@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """A shop's papers."""
    return show_list(request, shops_desk(request))


def show_list(
    request: HttpRequest, desk: Desk | None, form: PersonForm | None = None
) -> HttpResponse:
    """All papers, each with where it stands and what to do."""
    papers = queries.documents_of(desk.dossier) if desk else []
    context = {
        "desk": desk,
        "layout": desk.layout if desk else "layouts/shop.html",
        "rows": [(one, desk.url(1, (one.open or one.current).pk)) for one in papers],
        "todo": [one for one in papers if one.needs_its_holder],
        "person_url": desk.url(3) if desk else "",
        "back_url": back_of(desk),
        "form": form or PersonForm(),
    }
    code = 422 if form is not None else 200
    return private(render(request, "documents/list.html", context, status=code))


def back_of(desk: Desk | None) -> str:
    """An applicant goes back to her application."""
    if desk is None or not desk.keys:
        return ""
    return f"/apply/{desk.keys[0]}/"


@login_not_required
@require_POST
def applicants_person(request: HttpRequest, reference: str) -> HttpResponse:
    """Somebody else delivers, says an applicant."""
    return add_person(request, applicants_desk(reference))


@shop_owner
@require_POST
def shops_person(request: HttpRequest) -> HttpResponse:
    """Somebody else delivers, says a shop."""
    return add_person(request, open_desk(request))


def add_person(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for the card of a person who delivers."""
    form = PersonForm(request.POST)
    if not form.is_valid():
        return show_list(request, desk, form)
    kind, holder = DocumentKind.IDENTITY, form.cleaned_data["name"]
    document, _is_new = actions.ask_for(
        dossier_id=desk.dossier.pk, kind=kind, holder=holder, at=clock.now()
    )
    return redirect(desk.url(1, document.pk))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def applicants_document(request: HttpRequest, reference: str, document_id: int) -> HttpResponse:
    """One paper of an applicant's."""
    return one(request, applicants_desk(reference), document_id)


@shop_owner
@require_http_methods(["GET", "HEAD", "POST"])
def shops_document(request: HttpRequest, document_id: int) -> HttpResponse:
    """One paper of a shop's."""
    return one(request, open_desk(request), document_id)


def one(request: HttpRequest, desk: Desk, document_id: int) -> HttpResponse:
    """Take a picture of one paper, look at it, send it or take it again."""
    document = queries.document_in(desk.dossier, document_id)
    if document is None:
        raise Http404
    form = UploadForm()
    if request.method == "POST":
        deed = DEEDS.get(request.POST.get("do", ""), upload)
        form = UploadForm(request.POST, request.FILES) if deed is upload else form
        try:
            if deed is not upload or form.is_valid():
                return redirect(deed(request, desk, document, form))
        except Refusal as no:
            form.is_valid()
            form.add_error("photo" if form.is_bound else None, no.sentence)
    return show_one(request, desk, document, form)


def upload(request: HttpRequest, desk: Desk, document: Document, form: UploadForm) -> str:
    """Keep a picture, and show it."""
    if not take_turn("papers", address_of(request), most=FILES_AN_HOUR, seconds=3600):
        raise actions.ManyFiles
    actions.keep_upload(document_id=document.pk, file=form.sent(), at=clock.now(), by=desk.by)
    return desk.url(1, document.pk)


def send(request: HttpRequest, desk: Desk, document: Document, form: UploadForm) -> str:
    """Send what was looked at."""
    actions.send_document(document_id=document.pk, at=clock.now(), by=desk.by)
    messages.success(request, _("Thank you. We look at it and write to you."))
    return desk.url(0)


def renew(request: HttpRequest, desk: Desk, document: Document, form: UploadForm) -> str:
    """Bring a new one before anybody asked."""
    new, _is_new = actions.ask_for(
        dossier_id=desk.dossier.pk, kind=document.kind, holder=document.holder, at=clock.now()
    )
    return desk.url(1, new.pk)


def waive(request: HttpRequest, desk: Desk, document: Document, form: UploadForm) -> str:
    """A person does not deliver."""
    actions.waive_document(document_id=document.pk, at=clock.now(), by=desk.by)
    messages.success(request, _("Taken off your list."))
    return desk.url(0)


DEEDS = {"send": send, "renew": renew, "waive": waive, "upload": upload}


def show_one(
    request: HttpRequest, desk: Desk, document: Document, form: UploadForm
) -> HttpResponse:
    """The page of one paper."""
    document = queries.document_in(desk.dossier, document.pk)
    sent = queries.last_upload(document)
    steps = queries.steps_of(document)
    context = {
        "desk": desk,
        "layout": desk.layout,
        "document": document,
        "list_url": desk.url(0),
        "pages": shown_pages(desk, document, sent),
        "steps": steps,
        "reason": steps[-1].words if document.status == "rejected" and steps else "",
        "may_upload": document.status in actions.CAN_BE_SENT,
        "zone": desk.dossier.zone,
        "form": form,
    }
    code = 422 if form.is_bound and form.errors else 200
    return private(render(request, "documents/one.html", context, status=code))


def shown_pages(desk: Desk, document: Document, sent: object) -> list[tuple[object, str]]:
    """The pages sent last, each with its address."""
    if sent is None or sent.forgotten_at:
        return []
    return [(page, desk.url(2, document.pk, page.number)) for page in sent.pages.all()]


@login_not_required
@require_safe
def applicants_page(
    request: HttpRequest, reference: str, document_id: int, page_number: int
) -> FileResponse:
    """A page of an applicant's paper."""
    return hand_out(applicants_desk(reference), document_id, page_number)


@shop_owner
@require_safe
def shops_page(request: HttpRequest, document_id: int, page_number: int) -> FileResponse:
    """A page of a shop's paper."""
    return hand_out(open_desk(request), document_id, page_number)


def hand_out(desk: Desk, document_id: int, number: int) -> FileResponse:
    """A page for who sent it; of an identity card only that there is one."""
    document = queries.document_in(desk.dossier, document_id)
    if document is None:
        raise Http404
    page = queries.page_of(document, number)
    return page_answer(page, is_masked=not document.is_shown_back)


def private(answer: HttpResponse) -> HttpResponse:
    """Keep pages of papers out of caches and search engines."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
