"""What letters were sent, wait or failed. What they say is nobody's business here."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel import clock
from kernel.accounts.access import staff_required
from kernel.accounts.models import Role
from kernel.jobs.actions import retry_job
from kernel.notifications import queries
from kernel.notifications.models import Mail
from kernel.refusals import Refusal
from portal.letters.forms import FindForm

LETTERS_A_PAGE = 50


@staff_required(Role.DISPATCHER, Role.SUPPORT)
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The letters, the newest first: to whom (masked), which, when, and what went wrong."""
    form = FindForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"state": "", "to": ""}
    found = queries.mails_in_state(asked["state"], to=asked["to"].strip())
    page = Paginator(found, LETTERS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": queries.sendings_of(page.object_list),
        "failed": len(queries.failed_mail_ids()),
    }
    return render(request, "letters/list.html", context)


@staff_required(Role.DISPATCHER, Role.SUPPORT)
@require_POST
def send_again(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Try a letter again that the mail server did not take."""
    mail = Mail.objects.filter(pk=mail_id).first()
    [sending] = queries.sendings_of([mail]) if mail else [None]
    if sending is None or sending.job is None:
        raise Http404
    try:
        retry_job(job_id=sending.job.pk, at=clock.now())
    except Refusal as no:
        messages.error(request, no.sentence)
    else:
        messages.success(request, _("The letter is tried again."))
    return redirect("letters:list")
