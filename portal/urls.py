"""Every address of the portal, by who it is for."""

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.webauthn import views as passkey_views
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from kernel.accounts.views import set_language
from payouts.providers.views import LEADS_TO
from portal import api, errors, health

# Who shows again who she is goes on to what she asked for, which may be Stripe's pages.
leads_on = csp_update({"form-action": LEADS_TO})

handler400 = errors.bad_request
handler403 = errors.not_allowed
handler404 = errors.not_found
handler429 = errors.too_many
handler500 = errors.server_error

urlpatterns = [
    path("healthz/live", health.live),
    path("healthz/ready", health.ready),
    path("", include("portal.public.urls")),
    path("", include("hubshops.documents.urls")),
    path("", include("hubshops.applications.urls")),
    path("", include("hubshops.referrals.urls")),
    path("", include("hubshops.agreements.urls")),
    path("", include("hubshops.practice.urls")),
    path("", include("hubshops.reviews.urls")),
    path("", include("hubshops.stations.urls")),
    path("", include("hubshops.subscriptions.urls")),
    path("", include("hubshops.recipients.urls")),
    path("", include("hubshops.manifests.urls")),
    path("", include("hubshops.shops.urls")),
    path("", include("payouts.rates.urls")),
    path("", include("portal.ops.urls")),
    path("", include("portal.intake.urls")),
    path("", include("portal.letters.urls")),
    path("", include("portal.board.urls")),
    path("", include("portal.overflow.urls")),
    path("", include("hubshops.deliveries.urls")),
    path("", include("hubshops.drops.urls")),
    path("", include("hubshops.cases.urls")),
    path("", include("portal.counter.urls")),
    path("", include("portal.home.urls")),
    path("", include("portal.calendar.urls")),
    path("", include("payouts.closings.urls")),
    path("", include("payouts.statements.urls")),
    path("", include("payouts.payruns.urls")),
    path("", include("payouts.adjustments.urls")),
    path("", include("payouts.webhooks.urls")),
    path("", include("payouts.providers.urls")),
    path("account/", include("kernel.accounts.urls")),
    *(
        path(f"account/{address}", leads_on(view), name=name)
        for address, view, name in (
            ("reauthenticate/", account_views.reauthenticate, "account_reauthenticate"),
            ("2fa/reauthenticate/", mfa_views.reauthenticate, "mfa_reauthenticate"),
            (
                "2fa/webauthn/reauthenticate/",
                passkey_views.reauthenticate_webauthn,
                "mfa_reauthenticate_webauthn",
            ),
        )
    ),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("i18n/setlang/", set_language, name="set_language"),
    path("api/v1/", api.addresses()),
    path("admin/", admin.site.urls),
]

if settings.DEMO:
    urlpatterns.append(path("", include("portal.demo.urls")))
