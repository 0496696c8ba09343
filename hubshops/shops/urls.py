"""Addresses of a shop's team."""

from django.urls import path

from hubshops.shops import views

app_name = "shops"
urlpatterns = [
    path("shop/team/", views.team, name="team"),
    path("shop/team/<int:membership_id>/remove/", views.leave, name="leave"),
]
