"""Every address of the portal, by who it is for."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from kernel.accounts.views import set_language
from portal import api, errors, health

handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler429 = errors.too_many
handler500 = errors.server_error

urlpatterns = [
    path("healthz/live", health.live),
    path("healthz/ready", health.ready),
    path("", include("portal.public.urls")),
    path("", include("hubshops.applications.urls")),
    path("", include("hubshops.stations.urls")),
    path("", include("hubshops.subscriptions.urls")),
    path("", include("hubshops.recipients.urls")),
    path("", include("hubshops.manifests.urls")),
    path("", include("hubshops.shops.urls")),
    path("", include("payouts.rates.urls")),
    path("", include("portal.ops.urls")),
    path("", include("portal.intake.urls")),
    path("", include("portal.board.urls")),
    path("", include("portal.overflow.urls")),
    path("", include("hubshops.deliveries.urls")),
    path("", include("hubshops.drops.urls")),
    path("", include("hubshops.cases.urls")),
    path("", include("portal.counter.urls")),
    path("", include("portal.home.urls")),
    path("", include("portal.calendar.urls")),
    path("", include("payouts.statements.urls")),
    path("", include("payouts.payruns.urls")),
    path("", include("payouts.adjustments.urls")),
    path("", include("payouts.webhooks.urls")),
    path("", include("payouts.providers.urls")),
    path("account/", include("kernel.accounts.urls")),
    path("account/", include("allauth.account.urls")),
    path("i18n/setlang/", set_language, name="set_language"),
    path("api/v1/", api.addresses()),
    path("admin/", admin.site.urls),
]

if settings.DEMO:
    urlpatterns.append(path("", include("portal.demo.urls")))
