"""Addresses of payment files and of how a shop is paid."""

from django.urls import path

from payouts.providers import staff_views, views

app_name = "providers"
urlpatterns = [
    path("ops/payment-files/<str:number>.csv", staff_views.payment_file, name="file"),
    path("shop/payout/", views.payout, name="payout"),
    path("shop/payout/start/", views.start, name="start"),
    path("shop/payout/again/", views.again, name="again"),
    path("shop/payout/back/", views.back, name="back"),
    path("shop/payout/dashboard/", views.dashboard, name="dashboard"),
]
