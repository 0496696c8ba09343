"""Addresses of fees."""

from django.urls import path

from payouts.rates import staff_views

app_name = "rates"
urlpatterns = [
    path("ops/rates/", staff_views.cards, name="cards"),
    path("ops/rates/stations/<str:code>/", staff_views.station_card, name="station"),
    path("ops/rates/shops/<slug:slug>/", staff_views.shop_card, name="shop"),
]
