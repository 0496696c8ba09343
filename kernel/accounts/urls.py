"""Addresses of the front door, below /account/."""

from django.urls import path

from kernel.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sessions/", views.sessions, name="sessions"),
    path("welcome/", views.new_link, name="new_link"),
    path("welcome/sent/", views.link_sent, name="link_sent"),
    path("welcome/<str:uid>/<str:token>/", views.welcome, name="welcome"),
]
