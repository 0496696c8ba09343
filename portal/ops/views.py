"""Staff's day: the board, one shop's day, packages, jobs and people."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.assignment.queries import placing_of
from hubshops.cases.queries import standing_cases
from hubshops.manifests.queries import open_rings
from hubshops.packages.models import Package
from hubshops.shops.queries import UnknownShop, get_shop
from kernel import clock
from kernel.accounts import actions as accounts
from kernel.accounts.access import confirmed_to_post, has_role, roles_of, staff_required
from kernel.accounts.models import Role, User
from kernel.jobs.queries import count_failed_jobs, failed_jobs, is_worker_alive, late_jobs
from kernel.refusals import Refusal
from kernel.web.answers import live_answer
from payouts.ledger.queries import trial_balance_cents
from payouts.statements.queries import last_check
from portal.ops import actions, queries
from portal.ops.forms import FindForm, ListForm, StaffForm

REFRESH_SECONDS = 15
ROWS_A_PAGE = 100
BOOKS_FRESH_SECONDS = 600
FINANCE = (Role.FINANCE_DRAFTER, Role.FINANCE_APPROVER)
PLACES = (Role.DISPATCHER, Role.SUPPORT)


@staff_required()
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The day at a glance, kept up to date by script; without one, `?live=1` reads it again every
    15 seconds and a link stops that. `?codes=1` is for a wall: no name, no phone, no money."""
    is_live = request.GET.get("live") == "1"
    answer = render(request, "ops/today.html", facts_of_today(request) | {"is_live": is_live})
    if is_live:
        answer.headers["Refresh"] = str(REFRESH_SECONDS)
    return answer


@staff_required()
@require_safe
def now(request: HttpRequest) -> HttpResponse:
    """The same without the frame, for a page that is open."""
    facts = facts_of_today(request)
    return live_answer(request, "ops/_today.html", facts, at=facts["at"], zone="UTC")


def facts_of_today(request: HttpRequest) -> dict[str, Any]:
    """What the board says to this person."""
    at = clock.now()
    is_wall = request.GET.get("codes") == "1"
    facts = {
        "at": at,
        "is_wall": is_wall,
        "stations": queries.station_days(at),
        "rings": open_rings(),
        "may_see_packages": not is_wall and has_role(request.user, *PLACES),
        "may_plan": not is_wall and has_role(request.user, Role.DISPATCHER),
    }
    if is_wall:
        return facts
    is_finance = has_role(request.user, *FINANCE)
    return (
        facts
        | {
            "may_review": has_role(request.user, Role.REVIEWER),
            "applications": queries.waiting_applications(),
            "standing_cases": standing_cases() if has_role(request.user, *PLACES) else 0,
            "runs": queries.runs_waiting(request.user, roles_held(request.user)),
            "money": queries.money_waiting(request.user, at=at) if is_finance else {},
            "books": books(at),
            "check": last_check(),
        }
        | machine_room(at)
    )


def roles_held(user: User) -> frozenset[str]:
    """A person's roles; superusers hold the admin's."""
    return roles_of(user) | ({Role.ADMIN} if user.is_superuser else frozenset())


def machine_room(at: dt.datetime) -> dict[str, object]:
    """Whether the machinery behind the portal runs. Three queries."""
    return {
        "failed": count_failed_jobs(),
        "late": late_jobs(at),
        "is_worker_alive": is_worker_alive(at),
    }


def books(at: dt.datetime) -> dict[str, object]:
    """The trial balance, read at most every ten minutes, with the time it was read."""
    kept = cache.get("ops:books")
    if kept is None:
        kept = {"trial_balance_cents": trial_balance_cents(), "at": at}
        cache.set("ops:books", kept, BOOKS_FRESH_SECONDS)
    return kept


@staff_required(*PLACES)
@require_safe
def packages(request: HttpRequest) -> HttpResponse:
    """A list of packages behind a figure, with filters."""
    form = ListForm(request.GET)
    page = Paginator(queries.packages_in(**form.filters()), ROWS_A_PAGE)
    context = {"form": form, "page": page.get_page(request.GET.get("page"))}
    return render(request, "ops/packages.html", context)


@staff_required(*PLACES)
@require_safe
def package(request: HttpRequest, package_id: int) -> HttpResponse:
    """One package: where it is, all that happened to it, and what it earned."""
    found = get_object_or_404(Package.objects.select_related("shop", "station"), pk=package_id)
    context = {
        "package": found,
        "zone": found.station.zone,
        "placing": placing_of(found),
        "steps": queries.history_of(found),
        "fees": queries.fees_of(found),
        "may_see_runs": has_role(request.user, *FINANCE),
        "may_see_statements": has_role(request.user, *FINANCE, Role.SUPPORT),
    }
    return render(request, "ops/package.html", context)


@staff_required(*PLACES)
@require_safe
def shop_day(request: HttpRequest, slug: str, day: dt.date) -> HttpResponse:
    """One shop's day: its manifest, every package's state, its people."""
    try:
        shop = get_shop(slug)
    except UnknownShop as no:
        raise Http404 from no
    at = clock.now()
    context = {
        "shop": shop,
        "zone": shop.zone,
        "day": day,
        "at": at,
        "is_today": day == clock.local_day(at, shop.zone),
        "day_before": day - dt.timedelta(days=1),
        "day_after": day + dt.timedelta(days=1),
        "shop_day": queries.shop_day(shop, day, at),
        "rings": open_rings(day, shop=shop),
    }
    return render(request, "ops/shop_day.html", context)


@staff_required(*PLACES)
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """One box for everything. What was typed travels in the session, never in an address, since it
    may be somebody's name."""
    if request.method == "POST":
        form = FindForm(request.POST)
        if not form.is_valid():
            return render(request, "ops/find.html", {"form": form}, status=422)
        request.session["ops_find"] = form.cleaned_data["text"]
        found = queries.find(form.cleaned_data["text"], clock.now())
        return redirect("ops:package", found.exact.pk) if found.exact else redirect("ops:find")
    text = request.session.get("ops_find", "")
    context: dict[str, object] = {"form": FindForm(initial={"text": text}), "text": text}
    if text:
        at = clock.now()
        found = queries.find(text, at)
        context |= {
            "found": found,
            "packages": [found.exact] if found.exact else found.packages,
            "shops": [(shop, clock.local_day(at, shop.zone)) for shop in found.shops],
            "most": queries.MOST_FOUND,
        }
    return render(request, "ops/find.html", context)


@staff_required()
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """What the workers do: given up, waiting, recurring."""
    at = clock.now()
    context = {
        "at": at,
        "given_up": failed_jobs(),
        "waiting": queries.waiting_jobs(),
        "recurring": queries.recurring_rows(import_string(settings.SCHEDULE)),
    } | machine_room(at)
    return render(request, "ops/jobs.html", context)


@staff_required(Role.ADMIN, Role.DISPATCHER, Role.SUPPORT)
@require_POST
def try_job_again(request: HttpRequest, job_id: int) -> HttpResponse:
    """Start a given-up job once more."""
    try:
        actions.try_job_again(job_id=job_id, by=request.user, at=clock.now())
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        messages.success(request, _("The job is tried again."))
    return redirect("ops:jobs")


@staff_required(Role.ADMIN)
@confirmed_to_post
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Who works here and may do what; roles are given and taken here."""
    form = StaffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        person, _is_new = accounts.add_staff(**form.cleaned_data, by=request.user, at=clock.now())
        messages.success(request, _("%(person)s was told by mail.") % {"person": person})
        return redirect("ops:people")
    context = {
        "form": form,
        "staff": queries.staff_people(),
        "decisions": queries.latest_decisions(),
    }
    return render(request, "ops/people.html", context, status=422 if form.errors else 200)


@staff_required(Role.ADMIN)
@confirmed_to_post
@require_POST
def withdraw_role(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take one role from one person."""
    person = get_object_or_404(User, pk=person_id)
    role = request.POST.get("role", "")
    try:
        accounts.withdraw_role(user=person, role=role, by=request.user, at=clock.now())
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        words = _("%(person)s no longer has this role.") % {"person": person}
        messages.success(request, words)
    return redirect("ops:people")
