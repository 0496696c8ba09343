"""The door on a phone: the list, one package, and what is said about it."""

import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hubshops.deliveries import queries, rules
from hubshops.deliveries.access import picture_answer
from hubshops.deliveries.actions import record_acts
from hubshops.deliveries.forms import (
    ActForm,
    AttemptForm,
    CorrectForm,
    DeliverForm,
    PlainForm,
    package_ids,
)
from hubshops.deliveries.models import NextStep, Outcome, Reason
from hubshops.deliveries.queries import DoorPackage
from hubshops.deliveries.rules import ENTERED_BY_MISTAKE, Act, ActKind, Receipt, Result
from hubshops.deliveries.views.application import application
from hubshops.deliveries.views.looks import OUTCOME_ICONS, REASON_ICONS
from hubshops.packages.models import EVENT_LOOKS, PackageEvent
from hubshops.packages.rules import State
from hubshops.shops.access import shop_member
from hubshops.shops.models import MemberRole
from kernel import clock
from kernel.ids import new_id
from kernel.web.answers import door_headers
from kernel.web.templatetags.house import moment

SHOWN = ("left", "done", "problems")


@shop_member
@require_GET
@door_headers
@ensure_csrf_cookie
def door(request: HttpRequest) -> HttpResponse:
    """The day's list by stop: what is left, what is done, what went wrong; the stops of one's own
    tour, or all. Search by the last letters of a tracking id looks at all. Where there is
    JavaScript, the application takes the list's place."""
    shown = request.GET.get("show", "")
    last = request.GET.get("last", "").strip()[:40]
    day = queries.door_day(
        request.shop,
        clock.local_day(clock.now(), request.shop.zone),
        user=request.user,
        whose="all" if last else request.GET.get("whose", ""),
    )
    context = {
        "day": day,
        "shown": shown if shown in SHOWN else "left",
        "whose": "whose=all&" if day.has_tour and not day.is_mine else "",
        "last": last,
        "found": day.ending_in(last) if last else None,
        "act_id": new_id(),
        **application(),
    }
    return render(request, "deliveries/door.html", context)


@shop_member
@require_GET
def package(request: HttpRequest, package_id: int) -> HttpResponse:
    """One package: where it goes, what can be done with it now, what was done."""
    one = my_packages(request, [package_id])[0]
    context = {
        "package": one,
        "query": package_query([one]),
        "act_id": new_id(),
        "history": story_of(package_id, request.shop.zone),
        "state": State(one.state),
        "can_correct": bool(changes_for(one, queries.reasons())),
    }
    return render(request, "deliveries/package.html", context)


@shop_member
@require_GET
def proof(request: HttpRequest, proof_id: int) -> FileResponse:
    """A picture that shows what the shop's people did."""
    return picture_answer(queries.picture_of(proof_id, shop=request.shop))


@shop_member
@require_GET
def stop(request: HttpRequest, stop_code: str) -> HttpResponse:
    """The entry form behind a QR code on paper: the stop's packages as they stand now, a tap each.
    Who works for several shops is told when the paper is another shop's."""
    found = queries.paper_stop(request.user, stop_code)
    if found is None:
        raise Http404
    context = {"found": found, "act_id": new_id()}
    if found.manifest.shop_id != request.shop.pk:
        return render(request, "deliveries/stop_of_other_shop.html", context)
    return render(request, "deliveries/stop.html", context)


@shop_member
@require_POST
def record(request: HttpRequest) -> HttpResponse:
    """Count in, take along or give back: one tap for any number of packages."""
    form = PlainForm(request.POST)
    packages = my_packages(request, package_ids(request.POST.getlist("package")))
    if not form.is_valid():
        return redirect("deliveries:door")
    return say(request, form, packages, form.cleaned_data["act"])


@shop_member
@require_http_methods(["GET", "POST"])
def deliver(request: HttpRequest) -> HttpResponse:
    """Left at the door: choose where, for one package or all of a stop."""
    packages = named_packages(request)
    form = DeliverForm(request.POST or None, initial={"act_id": new_id()})
    if form.is_valid():
        return say(request, form, packages, "deliver", outcome=form.cleaned_data["outcome"])
    context = {"form": form, "packages": packages, "cards": outcome_cards(form["outcome"].value())}
    return render(request, "deliveries/deliver.html", context)


@shop_member
@require_http_methods(["GET", "POST"])
def attempt(request: HttpRequest) -> HttpResponse:
    """Not delivered: choose the reason, read what follows from it, confirm."""
    packages = named_packages(request)
    form = AttemptForm(request.POST or None, initial={"act_id": new_id()})
    if form.is_valid():
        return say(request, form, packages, "attempt", reason=form.cleaned_data["reason"])
    reasons = queries.reasons()
    chosen = next((one for one in reasons if one.code == request.GET.get("reason")), None)
    context = {
        "form": form,
        "packages": packages,
        "query": package_query(packages),
        "reason": chosen,
        "cards": reason_cards(one for one in reasons if one.code != ENTERED_BY_MISTAKE),
    }
    if chosen:
        context |= what_follows(request, packages, chosen)
    return render(request, "deliveries/attempt.html", context)


@shop_member
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, package_id: int) -> HttpResponse:
    """Say what really happened with a package."""
    one = my_packages(request, [package_id])[0]
    form = CorrectForm(request.POST or None, initial={"act_id": new_id()})
    if form.is_valid():
        return say(request, form, [one], "amend", **form.said())
    context = {
        "form": form,
        "package": one,
        "groups": changes_for(one, queries.reasons()),
        "latest": next(iter(history_rows(queries.acts_on(package_id), request.shop.zone)), None),
    }
    return render(request, "deliveries/correct.html", context)


# --- What the views share ------------------------------------------------------------------------


def my_packages(request: HttpRequest, ids: list[int]) -> list[DoorPackage]:
    """The named packages that are this shop's; 404 when there are none."""
    packages = queries.packages_of(request.shop, ids)
    if not packages:
        raise Http404
    return packages


def named_packages(request: HttpRequest) -> list[DoorPackage]:
    """The packages named in the address or in the form."""
    sent = request.POST if request.method == "POST" else request.GET
    return my_packages(request, package_ids(sent.getlist("package")))


def package_query(packages: Iterable[DoorPackage]) -> str:
    """The packages as a query string."""
    return urlencode([("package", one.id) for one in packages])


def say(
    request: HttpRequest, form: ActForm, packages: list[DoorPackage], act: str, **words: str
) -> HttpResponse:
    """Record the act for each package, tell how it went, and go back to the list.

    Each package's act has an id made from the form's, so that sending the form again changes
    nothing.
    """
    at = clock.now()
    acts = [
        Act(
            id=uuid.uuid5(form.cleaned_data["act_id"], f"{one.tracking_id} {act} {words}"),
            act=ActKind(act),
            tracking_id=one.tracking_id,
            happened_at=at,
            note=form.cleaned_data["note"],
            **words,
        )
        for one in packages
    ]
    receipts = record_acts(shop=request.shop, by=request.user, acts=acts, at=at)
    tell(request, packages, receipts)
    return redirect("deliveries:door")


def tell(request: HttpRequest, packages: list[DoorPackage], receipts: list[Receipt]) -> None:
    """Put what became of the acts on the next page: one message for what went well, one for each
    thing that did not."""
    well = []
    for one, receipt in zip(packages, receipts, strict=True):
        if receipt.result == Result.REFUSED:
            messages.error(request, about(one, receipt))
        elif receipt.reason:
            messages.warning(request, about(one, receipt))
        else:
            well.append((one, receipt))
    if len(well) == 1:
        messages.success(request, with_way_back(*well[0]))
    elif well:
        words = ngettext(
            "%(answer)s %(count)d package.", "%(answer)s %(count)d packages.", len(well)
        )
        messages.success(request, words % {"answer": well[0][1].message, "count": len(well)})


def about(package: DoorPackage, receipt: Receipt) -> str:
    """A receipt's sentence with the package it is about."""
    return _("Package …%(tail)s: %(message)s") % {"tail": package.tail, "message": receipt.message}


def with_way_back(package: DoorPackage, receipt: Receipt) -> str:
    """A receipt's sentence with a link for who tapped wrong."""
    return format_html(
        '{} <a href="{}">{}</a>',
        about(package, receipt),
        reverse("deliveries:correct", args=[package.id]),
        _("Correct this"),
    )


def outcome_cards(chosen: str | None) -> list[dict[str, Any]]:
    """The places where a package may be left, as cards."""
    return [
        {"value": code, "text": label, "icon": OUTCOME_ICONS[Outcome(code)], "on": code == chosen}
        for code, label in Outcome.choices
    ]


def reason_cards(reasons: Iterable[Reason]) -> dict[str, list[dict[str, Any]]]:
    """The reasons as cards: those met at a door, and those met before it."""
    cards: dict[str, list] = {"door": [], "way": []}
    for reason in reasons:
        card = {
            "value": reason.code,
            "text": reason.words,
            "icon": REASON_ICONS.get(reason.code, "circle-alert"),
        }
        cards["door" if reason.is_at_the_door else "way"].append(card)
    return cards


def what_follows(
    request: HttpRequest, packages: list[DoorPackage], reason: Reason
) -> dict[str, Any]:
    """What a reason leads to, told before it is confirmed; pay only to those who may see it."""
    book = queries.rulebook()
    ends = [rules.state_after_try(reason.code, one.attempts + 1, book) for one in packages]
    steps = {
        State.ATTEMPTED: NextStep.RETRY,
        State.RETURN_PENDING: NextStep.RETURN,
        State.MISSING: NextStep.SEARCH,
    }
    return {
        "next_steps": [
            {"words": steps[end].label, "count": ends.count(end)} for end in dict.fromkeys(ends)
        ],
        "is_last_try": reason.next_step == NextStep.RETRY and State.RETURN_PENDING in ends,
        "sees_money": request.membership.role == MemberRole.OWNER,
    }


def changes_for(package: DoorPackage, reasons: list[Reason]) -> list[dict[str, Any]]:
    """What may be said to correct a package's latest act, in groups of cards."""
    state = State(package.state)
    mistake = [
        {
            "value": f"reason:{ENTERED_BY_MISTAKE}",
            "text": _("I tapped the wrong thing. Nothing happened."),
            "icon": "undo-2",
        }
    ]
    if state in (State.OUT_FOR_DELIVERY, State.RETURNED_TO_STATION):
        return [{"legend": "", "cards": mistake}]
    if state != State.DELIVERED and state not in rules.TRIED:
        return []
    was_delivered = state == State.DELIVERED
    outcomes = [card | {"value": f"outcome:{card['value']}"} for card in outcome_cards(None)]
    why_not = [
        card | {"value": f"reason:{card['value']}"} for card in reason_cards(reasons)["door"]
    ]
    return [
        {"legend": "", "cards": mistake},
        {
            "legend": _("It was left somewhere else") if was_delivered else _("It was delivered"),
            "cards": outcomes,
        },
        {
            "legend": _("It was not delivered") if was_delivered else _("There was another reason"),
            "cards": why_not,
        },
    ]


def story_of(package_id: int, zone: str) -> list[dict[str, Any]]:
    """What people did with a package, each with what there is about it: what staff see, too."""
    events = queries.acts_on(package_id)
    evidence = queries.evidence_of(events[0].package, events) if events else {}
    rows = history_rows(events, zone)
    return [
        row | {"part": "deliveries/_evidence.html", "evidence": evidence[event.pk]}
        for row, event in zip(rows, events, strict=True)
    ]


def history_rows(events: Iterable[PackageEvent], zone: str) -> list[dict[str, Any]]:
    """What people did with a package, as rows of a timeline."""
    words = dict(Outcome.choices) | {one.code: one.words for one in queries.reasons()}
    return [history_row(event, words, zone) for event in events]


def history_row(event: PackageEvent, words: dict[str, str], zone: str) -> dict[str, Any]:
    """One event: what, where or why, when, by whom."""
    text, icon, tone = EVENT_LOOKS[event.kind]
    said = words.get(event.outcome or event.reason, "")
    return {
        "title": f"{text}: {said}" if said else text,
        "when": moment(event.happened_at, zone),
        "at": event.happened_at,
        "by": event.by or "",
        "note": event.note,
        "icon": icon,
        "tone": tone,
    }
