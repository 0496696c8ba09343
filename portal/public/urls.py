"""Addresses of the public pages."""

from django.urls import path

from portal.public import views

app_name = "public"
urlpatterns = [
    path("", views.landing, name="landing"),
    path("shop/help/", views.help_page, name="help"),
]
