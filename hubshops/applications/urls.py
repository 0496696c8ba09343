"""Addresses of applying."""

from django.urls import path

from hubshops.applications import staff_views, views

app_name = "applications"
urlpatterns = [
    path("apply/", views.start, name="apply"),
    path("apply/fit/", views.fit, name="fit"),
    path("apply/begin/", views.begin, name="begin"),
    path("apply/links/", views.links, name="links"),
    path("apply/<slug:reference>/", views.status, name="status"),
    path("apply/<slug:reference>/check/", views.check, name="check"),
    path("apply/<slug:reference>/later/", views.later, name="later"),
    path("apply/<slug:reference>/record.pdf", views.record, name="record"),
    path("apply/<slug:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("apply/<slug:reference>/answers/<slug:page>/", views.page, name="page"),
    path("waitlist/", views.waitlist, name="waitlist"),
    path("waitlist/<slug:reference>/", views.waiting, name="waiting"),
    path("ops/waitlist/", staff_views.waitlist, name="staff_waitlist"),
]
