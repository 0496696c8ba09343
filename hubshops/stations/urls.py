"""Addresses of stations' own systems."""

from django.urls import path

from hubshops.stations import staff_views

app_name = "stations"
urlpatterns = [
    path("ops/stations/", staff_views.stations, name="list"),
    path("ops/stations/<str:code>/hours/", staff_views.hours, name="hours"),
    path("ops/stations/<str:code>/keys/", staff_views.keys, name="keys"),
    path("ops/stations/<str:code>/keys/<int:key_id>/revoke/", staff_views.revoke, name="revoke"),
]
