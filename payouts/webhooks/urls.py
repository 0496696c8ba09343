"""Addresses of what providers tell us."""

from django.urls import path

from payouts.webhooks import staff_views, views

app_name = "webhooks"
urlpatterns = [
    path("webhooks/stripe/", views.stripe, name="stripe"),
    path("ops/stripe/events/", staff_views.event_list, name="events"),
    path("ops/stripe/events/<int:event_id>/", staff_views.replay, name="replay"),
]
