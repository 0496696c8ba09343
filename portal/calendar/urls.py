"""Addresses of the days to come: a shop's, and a station's for staff."""

from django.urls import path

from portal.calendar import staff_views
from portal.calendar.views import days, resting

app_name = "calendar"
urlpatterns = [
    path("shop/tomorrow/", days.tomorrow, name="tomorrow"),
    path("shop/calendar/", days.days_off, name="days_off"),
    path("shop/calendar/off/", days.take_off, name="take_off"),
    path("shop/calendar/work/", days.work, name="work"),
    path("shop/calendar/caps/", days.caps, name="caps"),
    path("shop/calendar/ramp/", days.hold_ramp, name="hold_ramp"),
    path("shop/pause/", resting.rest, name="rest"),
    path("shop/pause/begin/", resting.pause, name="pause"),
    path("shop/pause/end/", resting.resume, name="resume"),
    path("shop/leave/", resting.leave, name="leave"),
    path("shop/leave/stay/", resting.stay, name="stay"),
    path("ops/forecast/<str:code>/", staff_views.station, name="station"),
]
