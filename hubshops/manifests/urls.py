"""Addresses of plans and manifests."""

from django.urls import path

from hubshops.manifests import staff_views, views

app_name = "manifests"
urlpatterns = [
    path("shop/manifests/<day:day>/", views.day, name="day"),
    path("shop/manifests/<day:day>/now/", views.now, name="now"),
    path("shop/manifests/<day:day>/order/", views.order, name="order"),
    path("shop/manifests/<day:day>.pdf", views.paper, name="pdf"),
    path("ops/plan/", staff_views.plans, name="plans"),
    path("ops/plan/<str:code>/<day:day>/", staff_views.plan, name="plan"),
    path("ops/plan/<str:code>/<day:day>/<slug:slug>/", staff_views.sheet, name="sheet"),
    path(
        "ops/plan/<str:code>/<day:day>/<slug:slug>.pdf", staff_views.sheet_paper, name="sheet_pdf"
    ),
]
