"""Addresses of papers: an applicant's, a shop's, staff's."""

from django.urls import path

from hubshops.documents import staff_views, views

HERS = "apply/<slug:reference>/documents/"

app_name = "documents"
urlpatterns = [
    path(HERS, views.applicant, name="applicant"),
    path(f"{HERS}people/", views.applicants_person, name="applicants_person"),
    path(
        f"{HERS}<int:document_id>/",
        views.applicants_document,
        name="applicants_document",
    ),
    path(
        f"{HERS}<int:document_id>/pages/<int:page_number>/",
        views.applicants_page,
        name="applicants_page",
    ),
    path("shop/documents/", views.shop, name="shop"),
    path("shop/documents/people/", views.shops_person, name="shops_person"),
    path("shop/documents/<int:document_id>/", views.shops_document, name="shops_document"),
    path(
        "shop/documents/<int:document_id>/pages/<int:page_number>/",
        views.shops_page,
        name="shops_page",
    ),
    path("ops/documents/", staff_views.queue, name="queue"),
    path("ops/documents/ask/", staff_views.ask, name="ask"),
    path("ops/documents/<int:document_id>/", staff_views.review, name="review"),
    path(
        "ops/documents/<int:document_id>/pages/<int:page_number>/",
        staff_views.picture,
        name="picture",
    ),
]
