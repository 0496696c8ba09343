"""A shop's cases: what happened, what both sides said, and until when somebody answers."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.cases import queries
from hubshops.cases.actions import answer_case
from hubshops.cases.forms import AnswerForm
from hubshops.cases.models import STANDING
from hubshops.shops.access import shop_member
from kernel import clock

CASES_A_PAGE = 50


@shop_member
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The shop's cases, those that stand first."""
    page = Paginator(queries.cases_of(request.shop), CASES_A_PAGE)
    context = {"page": page.get_page(request.GET.get("page")), "zone": request.shop.zone}
    return render(request, "cases/mine.html", context)


@shop_member
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case in plain words, with both sides' numbers and the clock; a box to answer."""
    found = queries.case_of(request.shop, case_id)
    if found is None:
        raise Http404
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer_case(
            case_id=found.pk,
            shop_id=request.shop.pk,
            by=request.user,
            text=form.cleaned_data["text"],
            at=clock.now(),
        )
        messages.success(request, _("Thank you. Your answer is with us."))
        return redirect("cases:case", found.pk)
    context = queries.story_of(found) | {
        "form": form,
        "zone": request.shop.zone,
        "is_standing": found.status in STANDING,
    }
    return render(request, "cases/case.html", context, status=422 if form.errors else 200)
