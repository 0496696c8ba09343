"""Addresses of asking a shop for more than its cap."""

from django.urls import path

from portal.overflow import staff_views, views

app_name = "overflow"
urlpatterns = [
    path("ops/board/<str:code>/<day:day>/overflow/", staff_views.ask, name="ask"),
    path("ops/board/<str:code>/<day:day>/overflow/withdraw/", staff_views.take_back, name="back"),
    path("shop/overflow/", views.answer, name="answer"),
    path("shop/overflow/may-ask/", views.may_ask, name="may_ask"),
]
