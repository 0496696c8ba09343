"""Staff load feeds: first they see what a file would do, then they load it."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.packages import actions, queries
from hubshops.packages.documents import complaints_csv
from hubshops.packages.forms import FeedForm
from hubshops.stations.queries import all_stations
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal
from kernel.web.answers import file_answer

ROWS_A_PAGE = 25
MOST_SHOWN = 200


@staff_required(Role.DISPATCHER)
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """Choose a file; below, what was loaded before."""
    at = clock.now()
    form = feed_form(request, at)
    if request.method == "POST" and form.is_valid():
        try:
            upload = actions.stage_upload(
                station=form.cleaned_data["station"],
                service_day=form.cleaned_data["service_day"],
                content=form.cleaned_data["file"].read(),
                file_name=form.cleaned_data["file"].name,
                at=at,
                by=request.user,
            )
        except Refusal as no:
            form.add_error("file", no.sentence)
        else:
            return redirect("packages:upload", upload.pk)
    page = Paginator(queries.batches(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "uploads": queries.uploads()}
    status = 422 if request.method == "POST" else 200
    return render(request, "packages/feeds.html", context, status=status)


def feed_form(request: HttpRequest, at: dt.datetime) -> FeedForm:
    """The form, on the first station and its tomorrow to start with."""
    stations = all_stations()
    today = clock.local_day(at, stations[0].zone if stations else "UTC")
    initial = {
        "station": stations[0].pk if len(stations) == 1 else None,
        "service_day": today + dt.timedelta(days=1),
    }
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return FeedForm(*sent, initial=initial, today=today)


@staff_required(Role.DISPATCHER)
@require_safe
def upload(request: HttpRequest, upload_id: int) -> HttpResponse:
    """What a file would do; nothing of it is loaded yet."""
    found = queries.upload_of(upload_id)
    if found is None:
        return redirect("packages:feeds")
    report = found.report
    before = report["loaded_before"]
    context = {
        "upload": found,
        "report": report,
        "loaded_before": dt.datetime.fromisoformat(before) if before else None,
        "complaints": report["complaints"][:MOST_SHOWN],
        "hidden": report["refused"] - min(MOST_SHOWN, len(report["complaints"])),
        "is_useful": report["accepted"] + report["updated"] > 0,
    }
    return render(request, "packages/upload.html", context)


@staff_required(Role.DISPATCHER)
@require_POST
def load(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Load the file that was looked at."""
    try:
        report = actions.load_upload(upload_id=upload_id, at=clock.now(), by=request.user)
    except actions.UploadIsGone as no:
        messages.info(request, no.sentence)
        return redirect("packages:feeds")
    if report.batch is None:
        messages.info(request, _("No row of this file can be loaded any more."))
        return redirect("packages:feeds")
    words = ngettext(
        "%(count)s package is announced or changed.",
        "%(count)s packages are announced or changed.",
        report.accepted + report.updated,
    )
    messages.success(request, words % {"count": f"{report.accepted + report.updated:,}"})
    return redirect("packages:batch", report.batch)


@staff_required(Role.DISPATCHER)
@require_POST
def discard(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Put a file aside that was only looked at."""
    try:
        put_aside = actions.discard_upload(upload_id=upload_id)
    except actions.UploadIsGone:
        return redirect("packages:feeds")
    messages.info(
        request, _("%(file)s was put aside; nothing was loaded.") % {"file": put_aside.file_name}
    )
    return redirect("packages:feeds")


@staff_required(Role.DISPATCHER)
@require_safe
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One loaded feed: counts, and the rows that were refused."""
    found = queries.batch_of(batch_id)
    if found is None:
        raise Http404
    context = {
        "batch": found,
        "complaints": found.rejected[:MOST_SHOWN],
        "refused": len(found.rejected),
        "hidden": max(0, len(found.rejected) - MOST_SHOWN),
    }
    return render(request, "packages/batch.html", context)


@staff_required(Role.DISPATCHER)
@require_safe
def complaints(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The refused rows of a feed as CSV."""
    found = queries.batch_of(batch_id)
    if found is None:
        raise Http404
    return file_answer(
        complaints_csv(found.rejected),
        name=f"feed-{found.pk}-refused.csv",
        content_type="text/csv; charset=utf-8",
        is_attachment=True,
    )
