"""The waiting list of streets where no van comes yet."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hubshops.applications import actions, queries
from hubshops.applications.forms import WaitlistForm
from hubshops.applications.views.applying import may_write
from hubshops.applications.views.status import private
from kernel import clock


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def waitlist(request: HttpRequest) -> HttpResponse:
    """Name, address and ZIP code of who wants to be told. No account, and the same answer for who
    is on the list already."""
    initial = {"postal_code": request.GET.get("zip", "")[:10]}
    form = WaitlistForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        code = 422 if form.errors else 200
        return render(request, "applications/waitlist.html", {"form": form}, status=code)
    facts = form.facts()
    if may_write(request, facts["email"]):
        actions.join_waitlist(**facts, language=get_language() or "", at=clock.now())
        return render(request, "applications/waitlist_asked.html", {"email": facts["email"]})
    context = {"form": form, "is_too_often": True}
    return render(request, "applications/waitlist.html", context, status=429)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def waiting(request: HttpRequest, reference: str) -> HttpResponse:
    """One entry: yes, it was I; or take me off. One that is gone says so."""
    if request.method == "POST" and queries.waitlist_entry(reference):
        if "leave" in request.POST:
            actions.leave_waitlist(reference=reference)
        else:
            actions.confirm_waitlist(reference=reference, at=clock.now())
        return redirect("applications:waiting", reference)
    entry = queries.waitlist_entry(reference)
    context = {"entry": entry}
    code = 200 if entry else 410
    return private(render(request, "applications/waiting.html", context, status=code))
