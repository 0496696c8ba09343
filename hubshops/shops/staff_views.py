"""What shops ask for, and who pauses or leaves, for staff."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.shops import actions, queries
from hubshops.shops.forms import DecisionForm
from hubshops.shops.models import FactsChange
from kernel import clock, zips
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal

DESK = (Role.REVIEWER, Role.SUPPORT)


@staff_required(*DESK)
@require_safe
def shops(request: HttpRequest) -> HttpResponse:
    """New names and addresses to decide about; who pauses, who leaves, and why."""
    context = {
        "changes": queries.waiting_changes(),
        "pauses": queries.pauses(),
        "leavings": queries.leavings(),
    }
    return render(request, "shops/facts_changes.html", context)


@staff_required(*DESK)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, facts_change_id: int) -> HttpResponse:
    """One new name or address: before, after, and the decision."""
    changes = FactsChange.objects.select_related("shop__station", "asked_by")
    asked = changes.filter(pk=facts_change_id).first()
    if asked is None:
        raise Http404
    form = DecisionForm(request.POST or None, initial=place_for(asked))
    if request.method == "POST" and form.is_valid():
        try:
            decide(request, asked, form)
        except Refusal as no:
            form.add_error("answer", no.sentence)
        else:
            return redirect("shops:facts_changes")
    context = {"asked": asked, "form": form, "rows": rows_of(asked)}
    return render(request, "shops/facts_change.html", context, status=422 if form.errors else 200)


def decide(request: HttpRequest, asked: FactsChange, form: DecisionForm) -> None:
    """Yes or no, as the button says."""
    told, at = form.cleaned_data, clock.now()
    if request.POST.get("decision") == "accept":
        place = {"latitude": told["latitude"], "longitude": told["longitude"]}
        actions.accept_facts_change(change_id=asked.pk, at=at, by=request.user, **place)
        messages.success(request, _("Accepted. The shop got a letter."))
    else:
        answer = told["answer"]
        actions.refuse_facts_change(change_id=asked.pk, answer=answer, at=at, by=request.user)
        messages.success(request, _("Not accepted. The shop got a letter with your words."))


def place_for(asked: FactsChange) -> dict[str, float]:
    """Where the shop would be: where it is, or in the middle of its new ZIP code."""
    shop = asked.shop
    has_moved = any(
        asked.before[name] != getattr(asked, name) for name in ("address1", "postal_code")
    )
    place = zips.place_of(asked.postal_code) if has_moved else None
    return {
        "latitude": place.latitude if place else shop.latitude,
        "longitude": place.longitude if place else shop.longitude,
    }


def rows_of(asked: FactsChange) -> list[dict[str, object]]:
    """Each fact as it is and as it would be."""
    return [
        {
            "term": FactsChange._meta.get_field(name).verbose_name,
            "before": asked.before.get(name, ""),
            "after": getattr(asked, name),
        }
        for name in FactsChange.FACTS
    ]
