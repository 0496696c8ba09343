"""Staff take in feeds: send a file, say what its columns are, see what it would do, load it."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hubshops.packages import actions
from hubshops.packages import queries as packages
from hubshops.packages.models import FeedBatch, FeedUpload, UploadStatus
from hubshops.stations.queries import all_stations
from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal
from kernel.web.answers import file_answer
from portal.intake import documents, queries
from portal.intake.forms import (
    BatchListForm,
    ColumnsForm,
    FeedForm,
    LookForm,
    WholeListForm,
    read_as,
)

ROWS_A_PAGE = 25
MOST_SHOWN = 200
LONGEST_WORK = dt.timedelta(minutes=10)
AT_WORK = (UploadStatus.RECEIVED, UploadStatus.LOADING)


@staff_required(Role.DISPATCHER)
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """Choose a file; below, what came in before."""
    at = clock.now()
    form = feed_form(request, at)
    if request.method == "POST" and form.is_valid():
        return take_in(request, form.cleaned_data, at)
    filters = BatchListForm(request.GET)
    page = Paginator(packages.batches(**filters.filters()), ROWS_A_PAGE)
    context = {
        "form": form,
        "filters": filters,
        "page": page.get_page(request.GET.get("page")),
        "uploads": packages.uploads_not_loaded(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "intake/feeds.html", context, status=status)


def feed_form(request: HttpRequest, at: dt.datetime) -> FeedForm:
    """The form, on the only station there is and its tomorrow to start with."""
    stations = all_stations()
    today = clock.local_day(at, stations[0].zone if stations else "UTC")
    initial = {
        "station": stations[0].pk if len(stations) == 1 else None,
        "service_day": today + dt.timedelta(days=1),
    }
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return FeedForm(*sent, initial=initial, today=today)


def take_in(request: HttpRequest, sent: dict[str, Any], at: dt.datetime) -> HttpResponse:
    """Keep the file, look at it now when it is small, and go to its page."""
    file = sent["file"]
    upload = actions.receive_upload(
        station=sent["station"],
        service_day=sent["service_day"],
        content=file.read(),
        file_name=file.name,
        at=at,
        by=request.user,
    )
    if upload.status == UploadStatus.LOADED:
        messages.info(request, _("You sent the very file that is loaded. Nothing was changed."))
    look_now(upload, at)
    return redirect("intake:feed", upload.pk)


def look_now(upload: FeedUpload, at: dt.datetime) -> None:
    """Look at a small file within the request; a large one is looked at by a job."""
    if not actions.is_large(upload):
        actions.look_at_upload(upload_id=upload.pk, at=at)


@staff_required(Role.DISPATCHER)
@require_safe
def feed(request: HttpRequest, feed_id: int) -> HttpResponse:
    """One feed, wherever it is on its way."""
    upload = packages.upload_of(feed_id)
    if upload is None or upload.status == UploadStatus.LOADED:
        return loaded(request, feed_id)
    if upload.status in AT_WORK:
        return render(request, "intake/working.html", working(upload))
    foreign = packages.foreign_columns(upload)
    if any(column.answer is None for column in foreign):
        return redirect("intake:columns", feed_id)
    if upload.status == UploadStatus.LOOKED_AT:
        return render(request, "intake/look.html", dry_run(upload, foreign))
    context = {"upload": upload, "foreign": read_as(foreign)} | shown(upload.report or {})
    return render(request, "intake/refused.html", context)


def working(upload: FeedUpload) -> dict[str, object]:
    """How far the work on a file is, and whether it should be over by now."""
    done, total = packages.progress_of(upload.pk) or (0, 0)
    is_late = clock.now() - upload.status_at > LONGEST_WORK
    return {"upload": upload, "done": min(done, total), "total": total, "is_late": is_late}


def shown(report: dict[str, Any]) -> dict[str, object]:
    """The first complaints of a report, and how many more there are."""
    complaints = report.get("complaints", [])[:MOST_SHOWN]
    return {"complaints": complaints, "hidden": report.get("refused", 0) - len(complaints)}


def dry_run(upload: FeedUpload, foreign: list[packages.ForeignColumn]) -> dict[str, object]:
    """What a file would do, for its page."""
    report = upload.report
    changes = [report[name] for name in ("accepted", "updated", "withdrawn")]
    return {
        "upload": upload,
        "report": report,
        "overtaken": packages.batch_of(upload.pk),
        "foreign": read_as(foreign),
        "money": money_of(upload, new=report["accepted"], withdrawn=report["withdrawn"]),
        "whole_list": WholeListForm(initial={"is_whole_list": upload.is_whole_list}),
        "is_useful": any(changes),
    } | shown(report)


def money_of(
    feed: FeedUpload | FeedBatch, *, new: int, withdrawn: int
) -> queries.MoneyEffect | None:
    """What a feed's new and withdrawn packages mean in fees."""
    return queries.money_effect(feed.station, feed.service_day, new=new, withdrawn=withdrawn)


def loaded(request: HttpRequest, feed_id: int) -> HttpResponse:
    """What a loaded feed did."""
    batch = packages.batch_of(feed_id)
    if batch is None:
        raise Http404
    context = {
        "batch": batch,
        "money": money_of(batch, new=batch.accepted, withdrawn=batch.withdrawn),
        "may_be_undone": packages.undo_obstacle(batch) is None,
        "undone_by": packages.undoing_of(batch),
        "complaints": batch.rejected[:MOST_SHOWN],
        "hidden": max(0, len(batch.rejected) - MOST_SHOWN),
    }
    return render(request, "intake/batch.html", context)


@staff_required(Role.DISPATCHER)
@require_safe
def progress(request: HttpRequest, feed_id: int) -> HttpResponse:
    """The part of a feed's page that tells how far it is; 205 once the page is another one."""
    upload = packages.upload_of(feed_id)
    if upload is None:
        raise Http404
    if upload.status not in AT_WORK:
        return HttpResponse(status=205)
    return render(request, "intake/_progress.html", working(upload))


@staff_required(Role.DISPATCHER)
@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Say what the columns of a file are that have none of our names."""
    upload = packages.upload_of(feed_id)
    if upload is None or not (foreign := packages.foreign_columns(upload)):
        return redirect("intake:feed", feed_id)
    sent = request.POST if request.method == "POST" else None
    form = ColumnsForm(sent, foreign=foreign, free=packages.free_columns(upload))
    if sent and form.is_valid():
        at = clock.now()
        actions.remember_columns(
            station=upload.station, answers=form.answers(), at=at, by=request.user
        )
        return look_again(feed_id, at)
    context = {"form": form, "upload": upload}
    return render(request, "intake/columns.html", context, status=422 if form.errors else 200)


@staff_required(Role.DISPATCHER)
@require_POST
def look(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Look at a file again, as the whole list of its day or not."""
    form = WholeListForm(request.POST)
    form.is_valid()
    return look_again(feed_id, clock.now(), is_whole_list=form.cleaned_data["is_whole_list"])


def look_again(feed_id: int, at: dt.datetime, *, is_whole_list: bool | None = None) -> HttpResponse:
    """Have a file looked at once more, and go to its page."""
    upload = actions.ask_to_look(upload_id=feed_id, at=at, is_whole_list=is_whole_list)
    if upload is not None:
        look_now(upload, at)
    return redirect("intake:feed", feed_id)


@staff_required(Role.DISPATCHER)
@require_POST
def load(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Load the file that was looked at."""
    form = LookForm(request.POST)
    if not form.is_valid():
        return redirect("intake:feed", feed_id)
    at = clock.now()
    try:
        upload = actions.confirm_upload(
            upload_id=feed_id, look=form.cleaned_data["look"], at=at, by=request.user
        )
    except Refusal as no:
        messages.warning(request, no.sentence)
        return redirect("intake:feed", feed_id)
    if upload is not None and not actions.is_large(upload):
        actions.load_upload(upload_id=feed_id, at=at)
    return redirect("intake:feed", feed_id)


@staff_required(Role.DISPATCHER)
@require_POST
def put_aside(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Leave a file that was only looked at."""
    upload = actions.put_upload_aside(upload_id=feed_id, at=clock.now())
    if upload is not None:
        words = _("%(file)s was put aside; nothing was loaded.")
        messages.info(request, words % {"file": upload.file_name})
    return redirect("intake:feeds")


@staff_required(Role.DISPATCHER)
@require_POST
def undo(request: HttpRequest, feed_id: int) -> HttpResponse:
    """Take the new packages of a load off the list again."""
    try:
        undone = actions.undo_load(batch_id=feed_id, at=clock.now(), by=request.user)
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        words = ngettext(
            "The load was undone: %(count)s package is off the list again.",
            "The load was undone: %(count)s packages are off the list again.",
            undone.withdrawn,
        )
        messages.success(request, words % {"count": f"{undone.withdrawn:,}"})
    return redirect("intake:feed", feed_id)


@staff_required(Role.DISPATCHER)
@require_safe
def refused(request: HttpRequest, feed_id: int) -> HttpResponse:
    """The refused rows of a feed, to mend and send again."""
    rows = packages.refused_rows(feed_id)
    if rows is None:
        raise Http404
    return file_answer(
        documents.corrected_rows_csv(rows),
        name=f"feed-{feed_id}-to-mend.csv",
        content_type="text/csv; charset=utf-8",
        is_attachment=True,
    )
