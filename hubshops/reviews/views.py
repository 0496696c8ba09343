"""The page of a person whose background is checked: her consent, her report, her answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hubshops.applications.models import CHECKING
from hubshops.applications.queries import zone_of
from hubshops.reviews import actions, queries
from hubshops.reviews.forms import ConsentForm, ReportAnswerForm
from hubshops.reviews.models import CheckStatus
from hubshops.reviews.rules import CONSENT_TEXT
from kernel import clock
from kernel.limits import address_of
from kernel.refusals import Refusal


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_check(request: HttpRequest, token: str) -> HttpResponse:
    """What we ask of a person, or have to show her; whoever has the address may read and answer."""
    check = queries.check_by_token(token)
    if check is None:
        raise Http404
    is_asked = check.status == CheckStatus.ASKED
    if request.method == "POST" and "no" in request.POST:
        return hear_no(request, token)
    sent = request.POST if request.method == "POST" else None
    form = ConsentForm(sent, named=check.person.name) if is_asked else ReportAnswerForm(sent)
    refusal, status = "", 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            return hear(request, token, form.cleaned_data, is_consent=is_asked)
        except Refusal as no:
            refusal, status = no.sentence, 409
    context = {
        "check": check,
        "person": check.person,
        "application": check.person.application,
        "zone": zone_of(check.person.application),
        "is_open": check.person.application.status in CHECKING,
        "last_day": queries.last_day(check),
        "text_version": CONSENT_TEXT,
        "form": form,
        "refusal": refusal,
    }
    answer = render(request, "reviews/own_check.html", context, status=status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def hear_no(request: HttpRequest, token: str) -> HttpResponse:
    """Keep that a person does not agree."""
    try:
        actions.refuse_consent(token=token, at=clock.now())
        messages.info(request, _("You said no. We order no report about you."))
    except Refusal as no:
        messages.error(request, no.sentence)
    return redirect("reviews:own", token)


def hear(
    request: HttpRequest, token: str, data: dict[str, str], *, is_consent: bool
) -> HttpResponse:
    """Keep what a person says: her yes, or her answer to the report."""
    if is_consent:
        actions.give_consent(
            token=token,
            name=data["name"],
            address=address_of(request),
            device=request.headers.get("User-Agent", ""),
            language=get_language() or "",
            at=clock.now(),
        )
        messages.success(request, _("Thank you. You agreed."))
    else:
        actions.answer_report(token=token, words=data["words"], at=clock.now())
        messages.success(request, _("Thank you. Your answer is with us."))
    return redirect("reviews:own", token)
