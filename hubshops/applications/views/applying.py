"""Applying in sittings: what it takes, whether it fits, one group of questions a page, sending."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.applications import actions, queries, rules
from hubshops.applications.access import REFERRAL
from hubshops.applications.documents import declared, record_pdf, reference_of
from hubshops.applications.forms import PAGE_FORMS, EmailForm, FitForm, HoneypotForm, PageForm
from hubshops.applications.models import Application, ApplicationStatus
from hubshops.applications.views.status import found, private
from kernel import clock
from kernel.limits import address_of, take_mail_turn, take_turn

APPLICATIONS_AN_HOUR = 5  # from one network address
LETTERS_A_DAY = 5  # to one e-mail address, from one network address
LETTERS_A_DAY_IN_ALL = 25  # to one e-mail address, from wherever
LETTERS_AN_HOUR = 5  # for one draft

# What each page is called, and why we ask.
TITLES = {
    "name": (_("Your shop"), ""),
    "address": (
        _("Where is it?"),
        _("The van comes here: write the street of the shop itself."),
    ),
    "contact": (
        _("How do we reach you?"),
        _("We call when a van is late or something is not clear."),
    ),
    "storage": (_("Storage"), _("Packages have to stay dry, and out of reach of strangers.")),
    "access": (_("When the van comes"), _("So that the driver knows when and where to knock.")),
    "days": (_("Days"), _("You can change them later, and take days off.")),
    "packages": (_("Packages a day"), _("We never bring more than you say here.")),
    "people": (
        _("Who delivers"),
        _("Name yourself too, if you deliver. Later, each person agrees to a background check."),
    ),
    "documents": (_("Documents"), _("You do not need them today.")),
    "more": (_("Anything else?"), _("Leave it empty if there is nothing.")),
    "email": (_("Your e-mail address"), _("We send your link to the new address at once.")),
}
FORMS: dict[str, Any] = PAGE_FORMS | {"email": EmailForm}


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What applying takes, before it begins."""
    return render(request, "applications/start.html")


@login_not_required
@require_safe
def fit(request: HttpRequest) -> HttpResponse:
    """Four questions; a no is answered with what to do, and a yes with the way on."""
    is_answered = any(name in request.GET for name in FitForm.base_fields)
    form = FitForm(request.GET if is_answered else None)
    if not is_answered or "change" in request.GET or not form.is_valid():
        code = 422 if form.errors else 200
        return render(request, "applications/fit.html", {"form": form}, status=code)
    if missing := form.missing():
        context = {"missing": missing, "change_url": f"?{request.GET.urlencode()}&change=yes"}
        return render(request, "applications/not_yet.html", context)
    return render(request, "applications/begin.html", {"form": HoneypotForm(), "fit": form})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The e-mail address opens a draft, and the link to it leaves by mail."""
    fits, form = FitForm(request.POST), HoneypotForm(request.POST)
    if request.method != "POST" or not fits.is_valid() or fits.missing():
        return redirect("applications:fit")
    context: dict[str, Any] = {"form": form, "fit": fits}
    if not form.is_valid():
        return render(request, "applications/begin.html", context, status=422)
    email = form.cleaned_data["email"]
    if not may_write(request, email):
        context |= {"is_too_often": True}
        return render(request, "applications/begin.html", context, status=429)
    draft = actions.begin_application(
        email=email,
        language=get_language() or "",
        referral_code=request.session.get(REFERRAL, ""),
        at=clock.now(),
    )
    return redirect("applications:status", draft.reference)


def may_write(request: HttpRequest, email: str) -> bool:
    """Whether this connection may have us write to this address again today."""
    is_calm = take_turn("apply", address_of(request), most=APPLICATIONS_AN_HOUR, seconds=3600)
    return is_calm and take_mail_turn(
        request,
        "apply-mail",
        email,
        most=LETTERS_A_DAY,
        in_all=LETTERS_A_DAY_IN_ALL,
        seconds=86_400,
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """Send the links again. The answer is the same whether the address is known or not."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        code = 422 if form.errors else 200
        return render(request, "applications/links.html", {"form": form}, status=code)
    email = form.cleaned_data["email"]
    if may_write(request, email):
        actions.send_links(email=email, language=get_language() or "", at=clock.now())
    return render(request, "applications/links_sent.html", {"email": email})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, reference: str, page: str) -> HttpResponse:
    """One group of questions of a draft: saved when it is good, kept as typed when it must wait."""
    draft = found(reference)
    if page not in FORMS:
        raise Http404
    if draft.status != ApplicationStatus.DRAFT:
        return redirect("applications:status", reference)
    form = page_form(page, draft, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        is_good = form.is_valid()
        if is_good and not may_change(request, draft, page, form):
            return show_page(request, draft, page, form, status=429)
        if is_good:
            save = {"reference": reference, "page": page, "answers": form.answers()}
            draft = actions.save_page(**save, at=clock.now())
        if "later" in request.POST:
            return save_for_later(request, draft, page, form)
        if is_good:
            return redirect(way_on(request, draft, page))
    code = 422 if form.errors and request.method == "POST" else 200
    return show_page(request, draft, page, form, status=code)


def may_change(request: HttpRequest, draft: Application, page: str, form: Any) -> bool:
    """Whether a page's answers may be kept now: another e-mail address is written to at once, so
    it counts like any letter that this connection asks for."""
    if page != "email" or form.answers()["email"] == draft.email:
        return True
    return may_write(request, form.answers()["email"]) and may_send_link(draft)


def show_page(
    request: HttpRequest, draft: Application, page: str, form: Any, *, status: int
) -> HttpResponse:
    """A page's questions with what was typed."""
    context = {"form": form, "application": draft, **page_words(request, draft, page)}
    context |= {"is_too_often": status == 429}
    return private(render(request, f"applications/{template_of(page)}", context, status=status))


def page_form(page: str, draft: Application, data: Any) -> Any:
    """The form of a page, filled with what was saved, or with what was left unfinished."""
    if page == "email":
        return EmailForm(data, initial={"email": draft.email})
    typed = draft.typed.get(page, {})
    form: PageForm = FORMS[page](data, instance=draft, initial=first_or_all(typed))
    return form


def first_or_all(typed: dict[str, list[str]]) -> dict[str, Any]:
    """Unfinished answers as a form takes them: one word a field, all of them for ticks."""
    return {
        name: words if name == "weekdays" else words[0] for name, words in typed.items() if words
    }


def template_of(page: str) -> str:
    """Documents have a page of their own; all others are drawn alike."""
    return "page_documents.html" if page == "documents" else "page.html"


def page_words(request: HttpRequest, draft: Application, page: str) -> dict[str, Any]:
    """What stands above a page's questions, and where its back link leads."""
    title, lead = TITLES[page]
    sections = list(rules.PAGES)
    section = next((name for name in sections if page in rules.PAGES[name]), "shop")
    is_change = request.GET.get("from") == "check"
    before = rules.page_before(page)
    if is_change:
        back = reverse("applications:check", args=[draft.reference])
    elif before:
        back = reverse("applications:page", args=[draft.reference, before])
    else:
        back = reverse("applications:status", args=[draft.reference])
    return {
        "title": title,
        "lead": lead,
        "section": queries.SECTIONS[section],
        "number": sections.index(section) + 1,
        "total": len(sections),
        "back": back,
        "is_change": is_change,
        "is_people": page == "people",
    }


def way_on(request: HttpRequest, draft: Application, page: str) -> str:
    """After a page: back to the check, on within the section, or to the list of tasks."""
    if "more" in request.POST and page == "people":
        return request.get_full_path()
    if request.GET.get("from") == "check":
        return reverse("applications:check", args=[draft.reference])
    if after := rules.page_after(page):
        return reverse("applications:page", args=[draft.reference, after])
    name = "check" if page == "more" else "status"
    return reverse(f"applications:{name}", args=[draft.reference])


def save_for_later(request: HttpRequest, draft: Application, page: str, form: Any) -> HttpResponse:
    """Keep what is unfinished, send the link, and say goodbye."""
    if form.errors:
        known = form.fields.keys() - {"as_written"}
        typed = {name: request.POST.getlist(name) for name in known & request.POST.keys()}
        actions.keep_typed(reference=draft.reference, page=page, typed=typed, at=clock.now())
    return send_link(draft)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def later(request: HttpRequest, reference: str) -> HttpResponse:
    """All is saved; the link is in the mail."""
    draft = found(reference)
    if draft.status != ApplicationStatus.DRAFT:
        return redirect("applications:status", reference)
    if request.method == "POST":
        return send_link(draft)
    context = {
        "application": draft,
        "masked_email": queries.masked(draft.email),
        "runs_out_on": queries.runs_out_on(draft),
    }
    return private(render(request, "applications/later.html", context))


def send_link(draft: Application) -> HttpResponse:
    """Mail the link, though not without end, and show that all is saved."""
    if may_send_link(draft):
        actions.send_draft_link(reference=draft.reference, at=clock.now())
    return redirect("applications:later", draft.reference)


def may_send_link(draft: Application) -> bool:
    """Whether one more letter may leave for this draft within the hour, wherever it goes."""
    return take_turn("apply-link", str(draft.pk), most=LETTERS_AN_HOUR, seconds=3600)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, reference: str) -> HttpResponse:
    """All answers on one page, each with its way to change it; then accept and send."""
    draft = found(reference)
    if draft.status != ApplicationStatus.DRAFT:
        return redirect("applications:status", reference)
    if request.method == "POST":
        return send(request, draft)
    return check_page(request, draft)


def check_page(request: HttpRequest, draft: Application, status: int = 200) -> HttpResponse:
    """The answers, what is missing, and what sending declares."""
    left = rules.pages_left(draft.pages_done)
    context = {
        "application": draft,
        "sections": check_sections(draft),
        "left": [
            {
                "title": TITLES[page][0],
                "url": reverse("applications:page", args=[draft.reference, page]),
            }
            for page in left
        ],
        "declared": declared(),
        "is_far": queries.is_far(draft),
    }
    return private(render(request, "applications/check.html", context, status=status))


def check_sections(draft: Application) -> list[tuple[str, list[dict[str, Any]]]]:
    """The answers as rows with their way to change them."""
    return [
        (
            title,
            [
                {
                    "term": one.term,
                    "words": one.words,
                    "is_name": one.is_name,
                    "url": reverse("applications:page", args=[draft.reference, one.page])
                    + "?from=check",
                }
                for one in answers
            ],
        )
        for title, answers in queries.answers_of(draft)
    ]


def send(request: HttpRequest, draft: Application) -> HttpResponse:
    """Send a draft, once; with answers missing, show which. The answer is the same for one that we
    have already: only its mailbox learns of that."""
    try:
        actions.send_application(
            reference=draft.reference, language=get_language() or "", at=clock.now()
        )
    except actions.AnswersAreMissing:
        return check_page(request, draft, status=409)
    return redirect("applications:status", draft.reference)


@login_not_required
@never_cache
@require_safe
def record(request: HttpRequest, reference: str) -> HttpResponse:
    """The answers as PDF, once they were sent."""
    application = found(reference)
    if application.submitted_at is None:
        raise Http404
    answer = HttpResponse(record_pdf(application), content_type="application/pdf")
    name = f"application-{reference_of(application)}.pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return private(answer)
