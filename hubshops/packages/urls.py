"""Addresses of loading feeds."""

from django.urls import path

from hubshops.packages import staff_views

app_name = "packages"
urlpatterns = [
    path("ops/feeds/", staff_views.feeds, name="feeds"),
    path("ops/feeds/waiting/<int:upload_id>/", staff_views.upload, name="upload"),
    path("ops/feeds/waiting/<int:upload_id>/load/", staff_views.load, name="load"),
    path("ops/feeds/waiting/<int:upload_id>/discard/", staff_views.discard, name="discard"),
    path("ops/feeds/<int:batch_id>/", staff_views.batch, name="batch"),
    path("ops/feeds/<int:batch_id>/refused.csv", staff_views.complaints, name="complaints"),
]
