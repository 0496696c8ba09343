"""The post room's book, for staff."""

from django.urls import path

from portal.letters import views

app_name = "letters"
urlpatterns = [
    path("ops/letters/", views.letters, name="list"),
    path("ops/letters/<int:mail_id>/again/", views.send_again, name="send_again"),
]
