"""Addresses of invitations to become a partner shop."""

from django.urls import path

from hubshops.referrals import views

app_name = "referrals"
urlpatterns = [
    path("r/<str:code>/", views.came, name="came"),
    path("shop/invite/", views.invite, name="invite"),
]
