"""The front door for invited people, and the language they read."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language as keep_language_in_cookie

from kernel import clock
from kernel.accounts import actions, queries
from kernel.accounts.access import invited_person
from kernel.accounts.forms import FirstPasswordForm, NewLinkForm
from kernel.limits import take_mail_turn

NEW_LINKS_AN_HOUR = 5  # to one e-mail address, from one network address
NEW_LINKS_AN_HOUR_IN_ALL = 25


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """An invited person chooses her password and is in. An old link offers a new one."""
    person = invited_person(uid, token)
    if person is None:
        return render(request, "accounts/link_over.html", {"form": NewLinkForm()}, status=410)
    form = FirstPasswordForm(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return let_in(request, uid, token, form.cleaned_data["new_password1"])
    return render(request, "accounts/welcome.html", {"form": form, "person": person})


def let_in(request: HttpRequest, uid: str, token: str, password: str) -> HttpResponse:
    """Set the first password and sign its owner in."""
    try:
        user = actions.choose_first_password(uid=uid, token=token, password=password)
    except actions.WelcomeLinkIsOver:
        return render(request, "accounts/link_over.html", {"form": NewLinkForm()}, status=410)
    record_authentication(request, user, method="password", email=user.email)
    return perform_login(request, user, redirect_url=settings.LOGIN_REDIRECT_URL, email=user.email)


@login_not_required
@never_cache
@require_POST
def new_link(request: HttpRequest) -> HttpResponse:
    """Send a fresh welcome link; the answer is the same for known and unknown addresses."""
    form = NewLinkForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/link_over.html", {"form": form}, status=422)
    email = form.cleaned_data["email"].lower()
    limits = {"most": NEW_LINKS_AN_HOUR, "in_all": NEW_LINKS_AN_HOUR_IN_ALL, "seconds": 3600}
    if take_mail_turn(request, "welcome_link", email, **limits):
        actions.send_new_welcome(email=email, at=clock.now())
    return redirect("accounts:link_sent")


@login_not_required
def link_sent(request: HttpRequest) -> HttpResponse:
    """What happens after a new link was asked for."""
    return render(request, "accounts/link_sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where a person is signed in; she ends one session or all others here."""
    at, here = clock.now(), request.session.session_key
    if request.method != "POST":
        places = queries.places_of(request.user, at=at, here=here)
        return render(request, "accounts/sessions.html", {"places": places})
    one = request.POST.get("session", "")
    if one and not (one.isascii() and one.isdigit() and len(one) < 19):
        raise Http404
    ended = actions.end_sessions(
        user=request.user, keep=here, only=int(one) if one else None, at=at, by=request.user
    )
    if ended:
        messages.success(request, _("Signed out there."))
    return redirect("accounts:sessions")


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language of pages: in this browser, and in the account of who is signed in."""
    answer = keep_language_in_cookie(request)
    if request.user.is_authenticated and (language := request.POST.get("language")):
        actions.choose_language(user=request.user, language=language)
    return answer
