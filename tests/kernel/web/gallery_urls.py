"""The portal with one more page: every component once, in each layout."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from tests.kernel.web.samples import gallery_context

SOURCE = Path(__file__).with_name("gallery.html").read_text()


@login_not_required
def gallery(request: HttpRequest, layout: str) -> HttpResponse:
    """Every component, in the layout named by the address."""
    context = gallery_context() | {"layout": f"layouts/{layout}.html"}
    return HttpResponse(engines["django"].from_string(SOURCE).render(context, request))


urlpatterns = [
    path("gallery/<slug:layout>/", gallery),
    path("", include("portal.urls")),
]
