"""Addresses of the agreement: a shop's, and staff's."""

from django.urls import path

from hubshops.agreements import staff_views, views

app_name = "agreements"
urlpatterns = [
    path("shop/agreement/", views.agreement, name="agreement"),
    path("shop/agreement/<int:version>.pdf", views.copy, name="copy"),
    path("ops/agreements/", staff_views.versions, name="versions"),
    path("ops/agreements/new/", staff_views.publish, name="publish"),
    path("ops/agreements/<int:version>/", staff_views.one, name="version"),
    path("ops/agreements/signed/<int:signature_id>.pdf", staff_views.copy, name="staff_copy"),
]
