"""Addresses of the texts to recipients."""

from django.urls import path

from hubshops.recipients import staff_views

app_name = "recipients"
urlpatterns = [
    path("ops/texts/", staff_views.texts, name="texts"),
    path("ops/texts/stop/", staff_views.stop, name="stop"),
    path("ops/texts/<str:code>/", staff_views.switch, name="switch"),
]
