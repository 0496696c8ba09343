"""The application at the door, as a browser installs it: its shell, its worker, its manifest. None
of them says a name; what they hold is the same for everybody of one language."""

import functools
import hashlib
import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from hubshops.deliveries.views.looks import OUTCOME_ICONS, REASON_ICONS
from hubshops.deliveries.views.words import plurals, words
from hubshops.packages.models import LOOKS
from kernel.web.answers import door_headers

MAIN = "js/door/main.js"
MODULES = (
    MAIN,
    *(
        f"js/door/{name}.js"
        for name in (
            "camera",
            "count",
            "doors",
            "drop",
            "ends",
            "feel",
            "labels",
            "list",
            "media",
            "moments",
            "outbox",
            "parts",
            "photo",
            "pieces",
            "place",
            "proofs",
            "reader",
            "rules",
            "scan",
            "screens",
            "signature",
            "signs",
            "stop",
            "store",
            "sync",
            "tick",
            "why",
            "wire",
            "words",
        )
    ),
    "vendor/idb-8.0.4/build/index.js",
)
# Fetched when a camera is first opened, and kept for the next time without a signal.
ON_DEMAND = {f"js/door/{name}.js" for name in ("camera", "labels", "reader", "scan")} | {
    "js/door/photo.js",
    "js/door/signature.js",
}
STYLES = tuple(
    f"css/{name}.css"
    for name in ("tokens", "base", "layout", "components", "utilities", "door", "door_app")
)
PICTURES = ("img/mark.svg", "img/door-192.png")
EARLY = "js/door/early.js"
# More than a megabyte, so a weak signal must not keep the rest from being installed.
READER = (
    "vendor/barcode-detector-3.2.2/dist/ponyfill.js",
    "vendor/barcode-detector-3.2.2/dist/zxing_reader.wasm",
)
SHELL = (*STYLES, EARLY, *MODULES, *PICTURES)
ICONS = (
    "bike",
    "camera",
    "check",
    "chevron-left",
    "circle-alert",
    "circle-check",
    "circle-x",
    "door-open",
    "flashlight",
    "handshake",
    "info",
    "list-checks",
    "log-in",
    "log-out",
    "message-square-text",
    "octagon-x",
    "package",
    "package-check",
    "package-minus",
    "package-open",
    "package-plus",
    "package-search",
    "package-x",
    "pen-line",
    "ruler",
    "scan-line",
    "search",
    "send",
    "smartphone",
    "undo-2",
    "user",
    "users",
    "volume-2",
    "volume-x",
)


@login_not_required
@require_GET
@door_headers
@ensure_csrf_cookie
def shell(request: HttpRequest) -> HttpResponse:
    """The page without anybody's list, as the worker keeps it."""
    return render(request, "deliveries/shell.html", for_everybody())


@login_not_required
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It is another one whenever a byte of the shell is, and so are the caches
    that it keeps; `sync=1` asks for the one that sends in the background, too."""
    page = render_to_string("deliveries/shell.html", for_everybody(), request)
    told = {
        "page": reverse("deliveries:door"),
        "shell": reverse("deliveries:shell"),
        "version": version_of(page),
        "files": [static(name) for name in SHELL],
        "later": [static(name) for name in READER],
        "addresses": addresses(),
    }
    context = {
        "told": json.dumps(told),
        "is_sending": bool(request.GET.get("sync")),
        "store": json.dumps(static("js/door/store.js")),
        "sync": json.dumps(static("js/door/sync.js")),
    }
    return render(
        request, "deliveries/sw.js", context, content_type="text/javascript; charset=utf-8"
    )


@login_not_required
@require_GET
def app_manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the door on its home screen."""
    icons: list[dict[str, str]] = [
        {"src": static(f"img/door-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    icons.append(
        {
            "src": static("img/door-maskable-512.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        }
    )
    door = reverse("deliveries:door")
    manifest = {
        "id": door,
        "name": _("%(site)s: the door") % {"site": settings.SITE_NAME},
        "short_name": _("Door"),
        "lang": get_language(),
        "start_url": door,
        "scope": door,
        "display": "standalone",
        "background_color": "#f7f2e8",
        "theme_color": "#f7f2e8",
        "icons": icons,
    }
    return JsonResponse(manifest, content_type="application/manifest+json")


# --- What they share -----------------------------------------------------------------------------


def application() -> dict[str, Any]:
    """What the application finds in its page: words, icons, addresses, and which files it is."""
    one, other = plurals(1), plurals(2)
    return {
        "modules": [static(name) for name in MODULES if name not in ON_DEMAND],
        "icons": sorted({*ICONS, *OUTCOME_ICONS.values(), *REASON_ICONS.values(), *state_icons()}),
        "words": {"words": words(), "one": one, "other": other},
        "looks": {"states": state_looks(), "outcomes": OUTCOME_ICONS, "reasons": REASON_ICONS},
        "addresses": addresses(),
    }


def for_everybody() -> dict[str, Any]:
    """The same without anything of who is asking: her messages and her token stay out, the
    application puts the token in."""
    return {**application(), "messages": (), "csrf_token": "to-be-filled-in", "is_shell": True}


def state_looks() -> dict[str, dict[str, str]]:
    """The states of packages in words, with icon and tone."""
    return {
        state: {"text": str(look.text), "icon": look.icon, "tone": look.tone}
        for state, look in LOOKS.items()
    }


def state_icons() -> set[str]:
    """The icons of the states."""
    return {look.icon for look in LOOKS.values()}


def addresses() -> dict[str, str]:
    """Where the application asks and leads."""
    page = reverse("deliveries:door")
    return {
        "page": page,
        "shell": reverse("deliveries:shell"),
        "worker": reverse("deliveries:worker"),
        "manifest": "/api/v1/door/manifest",
        "sync": "/api/v1/door/sync",
        "proofs": "/api/v1/door/proofs/",
        "drop": "/api/v1/door/drop",
        "close": "/api/v1/door/close",
        "sign_in": f"{reverse('account_login')}?next={page}",
        "sign_out": reverse("account_logout"),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
    }


def version_of(page: str) -> str:
    """A short name of exactly these bytes."""
    return hashlib.sha256((page + files_digest()).encode()).hexdigest()[:16]


@functools.cache
def files_digest() -> str:
    """What all files of the shell come to; read once a process, as they don't change while it
    runs."""
    digest = hashlib.sha256()
    for name in (*SHELL, *READER):
        found = finders.find(name)
        with open(found, "rb") as file:
            digest.update(static(name).encode() + file.read())
    return digest.hexdigest()
