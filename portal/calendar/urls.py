"""Addresses of the days to come: a shop's, and a station's for staff."""

from django.urls import path

from portal.calendar import staff_views, views

app_name = "calendar"
urlpatterns = [
    path("shop/tomorrow/", views.tomorrow, name="tomorrow"),
    path("shop/calendar/", views.days_off, name="days_off"),
    path("shop/calendar/off/", views.take_off, name="take_off"),
    path("shop/calendar/work/", views.work, name="work"),
    path("ops/forecast/<str:code>/", staff_views.station, name="station"),
]
