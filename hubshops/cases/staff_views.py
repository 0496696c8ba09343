"""Cases as staff work through them, by the day they are due."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.cases import actions, queries
from hubshops.cases.forms import ReplyForm, ResolveForm, filters
from hubshops.cases.models import STANDING, Case, CaseKind, CaseStatus
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal

PLACES = (Role.DISPATCHER, Role.SUPPORT)
CASES_A_PAGE = 50


@staff_required(*PLACES)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What stands, by due date; chips by kind, status and station."""
    chosen = filters(request.GET)
    page = Paginator(queries.cases_for_staff(**chosen), CASES_A_PAGE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "at": clock.now(),
        "kinds": chips("kind", CaseKind.choices, queries.counts_by("kind"), chosen),
        "stations": station_chips(chosen),
        "statuses": status_chips(chosen),
    }
    return render(request, "cases/queue.html", context)


def chips(
    name: str, choices: list[tuple[str, Any]], counts: dict[str, int], chosen: dict[str, str]
) -> list[dict[str, Any]]:
    """A chip a word that has cases, or is chosen; a chosen one lets go of itself."""
    return [
        {
            "label": f"{words} {counts.get(code, 0)}",
            "url": address(chosen | {name: "" if chosen[name] == code else code}),
            "on": chosen[name] == code,
        }
        for code, words in choices
        if counts.get(code) or chosen[name] == code
    ]


def station_chips(chosen: dict[str, str]) -> list[dict[str, Any]]:
    """A chip a station that has cases, when there are several."""
    counts = queries.counts_by("station")
    if len(counts) < 2 and not chosen["station"]:
        return []
    return chips("station", [(code, code) for code in sorted(counts)], counts, chosen)


def status_chips(chosen: dict[str, str]) -> list[dict[str, Any]]:
    """A chip a status; without one, all that stands is shown."""
    return [
        {
            "label": words,
            "url": address(chosen | {"status": "" if chosen["status"] == code else code}),
            "on": chosen["status"] == code,
        }
        for code, words in CaseStatus.choices
    ]


def address(chosen: dict[str, str]) -> str:
    """The list with these filters."""
    return "?" + urlencode({name: value for name, value in chosen.items() if value})


@staff_required(*PLACES)
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: its facts and story; claim it, write to the shop, settle it, put it away."""
    found = queries.case_for_staff(case_id)
    if found is None:
        raise Http404
    reply, resolve = ReplyForm(), ResolveForm(kind=found.kind)
    if request.method == "POST":
        button = request.POST.get("do", "")
        if button in ("reply", "ask"):
            reply = ReplyForm(request.POST)
        if button == "resolve":
            resolve = ResolveForm(request.POST, kind=found.kind)
        said = carry_out(request, found, button, reply, resolve)
        if said:
            messages.success(request, said)
            return redirect("cases:staff", found.pk)
    context = queries.story_of(found) | {
        "reply": reply,
        "resolve": resolve,
        "form": reply if reply.errors else resolve,
        "zone": found.shop.zone,
        "is_standing": found.status in STANDING,
        "at": clock.now(),
    }
    bad = reply.errors or resolve.errors
    return render(request, "cases/staff_case.html", context, status=422 if bad else 200)


def carry_out(
    request: HttpRequest, case: Case, button: str, reply: ReplyForm, resolve: ResolveForm
) -> str:
    """Do what a button says; what to tell then, empty when nothing was done."""
    basics = {"case_id": case.pk, "by": request.user, "at": clock.now()}
    try:
        if button == "claim":
            actions.claim_case(**basics)
            return _("You look after this case now.")
        if button in ("reply", "ask") and reply.is_valid():
            is_question = button == "ask"
            text = reply.cleaned_data["text"]
            actions.reply_to_case(**basics, text=text, is_question=is_question)
            return _("The shop was told by mail.")
        if button == "resolve" and resolve.is_valid():
            words, effect = resolve.cleaned_data["words"], resolve.chosen_effect()
            actions.resolve_case(**basics, words=words, effect=effect)
            return _("Settled. The shop was told by mail.")
        if button == "close":
            actions.close_case(**basics)
            return _("The case is closed.")
    except Refusal as no:
        messages.error(request, no.sentence)
    return ""
