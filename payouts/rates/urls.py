"""Addresses of fees."""

from django.urls import path

from payouts.rates import staff_views, views

app_name = "rates"
urlpatterns = [
    path("shop/earnings/rates/", views.mine, name="mine"),
    path("shop/earnings/rates/<int:change_id>/", views.mine_change, name="mine_change"),
    path("shop/manifests/<day:day>/pay/", views.day, name="day"),
    path("ops/rates/", staff_views.cards, name="cards"),
    path("ops/rates/changes/", staff_views.changes, name="changes"),
    path("ops/rates/changes/<int:change_id>/", staff_views.change, name="change"),
    path("ops/rates/stations/<str:code>/", staff_views.station_card, name="station"),
    path("ops/rates/stations/<str:code>/new/", staff_views.station_new, name="station_new"),
    path("ops/rates/shops/<slug:slug>/", staff_views.shop_card, name="shop"),
    path("ops/rates/shops/<slug:slug>/new/", staff_views.shop_new, name="shop_new"),
]
