"""Staff publish versions of the agreement and see who has not answered."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.agreements import actions, documents, queries, rules
from hubshops.agreements.forms import PublishForm
from kernel import clock
from kernel.accounts.access import confirmed_to_post, staff_required
from kernel.accounts.models import Role
from kernel.refusals import Refusal
from kernel.web.answers import file_answer

ROWS_A_PAGE = 50


@staff_required(Role.REVIEWER, Role.SUPPORT)
@require_safe
def versions(request: HttpRequest) -> HttpResponse:
    """Every version and how many shops signed it."""
    return render(request, "agreements/versions.html", {"versions": queries.versions_with_counts()})


@staff_required(Role.REVIEWER, Role.SUPPORT)
@require_safe
def one(request: HttpRequest, version: int) -> HttpResponse:
    """One version: who has not answered, how it differs from the one before, and its text."""
    found = queries.version_of(version)
    if found is None:
        raise Http404
    before = queries.version_before(found)
    context = {
        "version": found,
        "page": Paginator(queries.unanswered(found), ROWS_A_PAGE).get_page(request.GET.get("page")),
        "signed": found.signatures.count(),
        "signers": Paginator(queries.signers(found), ROWS_A_PAGE).get_page(
            request.GET.get("signers")
        ),
        "parts": rules.parts_of(found.text),
        "differences": changed(before.text, found.text) if before else [],
    }
    return render(request, "agreements/version.html", context)


def changed(before: str, after: str) -> list[rules.Difference]:
    """The paragraphs that are gone or new."""
    found = rules.differences(before, after)
    return [one for one in found if one.change != rules.Change.SAME]


@staff_required(Role.ADMIN)
@confirmed_to_post
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest) -> HttpResponse:
    """Write the next version from the last one; see the differences, then publish."""
    last = queries.newest_version()
    form = PublishForm(request.POST or None, initial=told_by(last))
    found: list[rules.Difference] = []
    if request.method == "POST" and form.is_valid():
        found = changed(last.text if last else "", form.cleaned_data["text"])
        if "read" in request.POST:
            try:
                new = actions.publish_version(**form.version(), by=request.user, at=clock.now())
            except Refusal as no:
                form.add_error(None, no.sentence)
            else:
                messages.success(request, _("Published. Every shop was asked by mail."))
                return redirect("agreements:version", new.number)
    context = {"form": form, "differences": found, "was_checked": form.is_bound}
    code = 422 if form.errors else 200
    return render(request, "agreements/publish.html", context, status=code)


def told_by(last) -> dict[str, str]:
    """What the last version says, to write the next one from."""
    if last is None:
        return {}
    return {
        "text": last.text,
        "summary_en": last.summary("en"),
        "summary_es": last.summary("es"),
    }


@staff_required(Role.REVIEWER, Role.SUPPORT)
@require_safe
def copy(request: HttpRequest, signature_id: int) -> HttpResponse:
    """Our copy of what a shop signed."""
    signature = queries.signature_by_id(signature_id)
    if signature is None:
        raise Http404
    name = f"agreement-{signature.version.number}-{signature.shop.slug}.pdf"
    content = documents.signed_copy(signature)
    return file_answer(content, name=name, content_type="application/pdf", is_attachment=True)
