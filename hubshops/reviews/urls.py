"""Addresses of reviewing, and of the page of a person who is checked."""

from django.urls import path

from hubshops.reviews import staff_views, views

app_name = "reviews"
urlpatterns = [
    path("check/<slug:token>/", views.own_check, name="own"),
    path("ops/applications/", staff_views.queue, name="queue"),
    path("ops/applications/<int:application_id>/", staff_views.review, name="application"),
    path("ops/applications/<int:application_id>/claim/", staff_views.claim, name="claim"),
    path("ops/checks/<int:check_id>/", staff_views.check, name="check"),
]
