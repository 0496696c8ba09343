"""Addresses of payment files."""

from django.urls import path

from payouts.providers import staff_views

app_name = "providers"
urlpatterns = [
    path("ops/payment-files/<str:number>.csv", staff_views.payment_file, name="file"),
]
