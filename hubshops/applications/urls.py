"""Addresses of applying and reviewing."""

from django.urls import path

from hubshops.applications import staff_views, views

app_name = "applications"
urlpatterns = [
    path("apply/", views.apply, name="apply"),
    path("apply/<slug:reference>/", views.status, name="status"),
    path("apply/<slug:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("ops/applications/", staff_views.queue, name="queue"),
    path("ops/applications/<int:application_id>/", staff_views.review, name="review"),
]
