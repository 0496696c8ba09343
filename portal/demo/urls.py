"""Pages that exist only with DEMO=1."""

from django.urls import path

from portal.demo import views

app_name = "demo"
urlpatterns = [
    path("demo/people/", views.people, name="people"),
    path("demo/mail/", views.mail, name="mail"),
    path("demo/texts/", views.texts, name="texts"),
]
