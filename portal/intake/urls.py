"""Addresses of feeds coming in, below /ops/."""

from django.urls import path

from portal.intake import views

app_name = "intake"
urlpatterns = [
    path("ops/feeds/", views.feeds, name="feeds"),
    path("ops/feeds/<int:feed_id>/", views.feed, name="feed"),
    path("ops/feeds/<int:feed_id>/progress/", views.progress, name="progress"),
    path("ops/feeds/<int:feed_id>/columns/", views.columns, name="columns"),
    path("ops/feeds/<int:feed_id>/look/", views.look, name="look"),
    path("ops/feeds/<int:feed_id>/load/", views.load, name="load"),
    path("ops/feeds/<int:feed_id>/aside/", views.put_aside, name="put_aside"),
    path("ops/feeds/<int:feed_id>/undo/", views.undo, name="undo"),
    path("ops/feeds/<int:feed_id>/refused.csv", views.refused, name="refused"),
]
