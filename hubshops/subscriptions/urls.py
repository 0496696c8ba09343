"""Addresses of telling stations' own systems."""

from django.urls import path

from hubshops.subscriptions import staff_views

app_name = "subscriptions"
urlpatterns = [
    path("ops/stations/<str:code>/webhooks/", staff_views.subscriptions, name="list"),
    path("ops/webhooks/<int:subscription_id>/", staff_views.subscription, name="one"),
    path("ops/webhooks/<int:subscription_id>/pause/", staff_views.pause, name="pause"),
    path("ops/webhooks/<int:subscription_id>/resume/", staff_views.resume, name="resume"),
    path("ops/webhooks/<int:subscription_id>/end/", staff_views.end, name="end"),
    path("ops/webhooks/<int:subscription_id>/ping/", staff_views.ping, name="ping"),
    path("ops/webhooks/<int:subscription_id>/replay/", staff_views.replay, name="replay"),
]
