"""Who is who in the sample network, and the letters and texts it sent."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kernel.notifications.models import Mail, Text
from portal.demo import queries
from portal.demo.actions import PASSWORD


@login_not_required
def people(request: HttpRequest) -> HttpResponse:
    """The demo's people, what each may do, and their password."""
    rows = [
        ("rosa@demo.test", "Rosa", _("owns Rosa's Bodega in Fayetteville and sees its money")),
        ("sam@demo.test", "Sam", _("delivers for Rosa and sees no money")),
        (
            "olga@demo.test",
            "Olga",
            _("is staff: reviews applications, plans days, drafts pay runs"),
        ),
        ("pavel@demo.test", "Pavel", _("is staff: approves pay runs and looks after the portal")),
        ("zed@demo.test", "Zed", _("owns Zed's Flowers, the shop next door")),
    ]
    return render(request, "demo/people.html", {"people": rows, "password": PASSWORD})


@login_not_required
def mail(request: HttpRequest) -> HttpResponse:
    """Every letter the sample network wrote, newest first: nothing leaves this machine."""
    letters = Mail.objects.order_by("-created_at", "-pk")
    page = Paginator(letters, 20).get_page(request.GET.get("page"))
    return render(request, "demo/mail.html", {"page": page})


@login_not_required
def texts(request: HttpRequest) -> HttpResponse:
    """Every text the sample network wrote, newest first, with its words: nothing leaves this
    machine, and the numbers are made up. On top, what opens today's doors that ask for a code."""
    found = Text.objects.filter(forgotten_at=None).order_by("-created_at", "-pk")
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "demo/texts.html", {"page": page, "codes": queries.codes_of_today()})
