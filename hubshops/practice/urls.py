"""Addresses of practice days, and of shops that get ready."""

from django.urls import path

from hubshops.practice import staff_views, views

app_name = "practice"
urlpatterns = [
    path("shop/practice/", views.practice, name="practice"),
    path("shop/practice/start/", views.start, name="start"),
    path("shop/practice/count-in/", views.count_in, name="count_in"),
    path("shop/practice/door/", views.door, name="door"),
    path("shop/practice/close/", views.close, name="close"),
    path("ops/getting-ready/", staff_views.getting_ready, name="getting_ready"),
    path("ops/getting-ready/<slug:slug>/live/", staff_views.let_go_live, name="let_go_live"),
    path("ops/getting-ready/<slug:slug>/cap/", staff_views.lift, name="lift"),
]
