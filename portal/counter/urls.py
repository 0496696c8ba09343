from django.urls import path

from portal.counter import views

app_name = "counter"
urlpatterns = [
    path("shop/drop/", views.drop, name="drop"),
    path("shop/close/", views.close, name="close"),
]
