"""Addresses of applying."""

from django.urls import path

from hubshops.applications import views

app_name = "applications"
urlpatterns = [
    path("apply/", views.apply, name="apply"),
    path("apply/<slug:reference>/", views.status, name="status"),
    path("apply/<slug:reference>/withdraw/", views.withdraw, name="withdraw"),
]
