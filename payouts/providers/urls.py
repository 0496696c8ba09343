"""Addresses of payment files and of how a shop is paid."""

from django.urls import path

from payouts.providers import staff_views, views

app_name = "providers"
urlpatterns = [
    path("ops/payment-files/<str:number>.csv", staff_views.payment_file, name="file"),
    path("ops/payment-files/<str:number>.ach", staff_views.bank_file, name="bank_file"),
    path("ops/payout-holds/", staff_views.holds, name="holds"),
    path("ops/bank-accounts/", staff_views.bank_accounts, name="bank_accounts"),
    path("ops/bank-accounts/notices/<int:notice_id>/", staff_views.notice, name="notice"),
    path("ops/bank-accounts/<slug:slug>/", staff_views.bank_account, name="bank_account"),
    path(
        "ops/bank-accounts/<slug:slug>/confirm/",
        staff_views.confirm_bank_account,
        name="confirm_bank_account",
    ),
    path("shop/payout/", views.payout, name="payout"),
    path("shop/payout/start/", views.start, name="start"),
    path("shop/payout/again/", views.again, name="again"),
    path("shop/payout/back/", views.back, name="back"),
    path("shop/payout/dashboard/", views.dashboard, name="dashboard"),
]
