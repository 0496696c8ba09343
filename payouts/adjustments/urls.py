"""Addresses of what changes a shop's pay beside its deliveries."""

from django.urls import path

from payouts.adjustments import staff_views, views

app_name = "adjustments"
urlpatterns = [
    path("shop/earnings/corrections/", views.mine, name="mine"),
    path("shop/earnings/corrections/<int:adjustment_id>/", views.adjustment, name="one"),
    path("shop/earnings/object/<int:delivery_id>/", views.object_to_fee, name="object"),
    path("ops/adjustments/", staff_views.queue, name="queue"),
    path("ops/adjustments/new/", staff_views.propose, name="propose"),
    path("ops/adjustments/<int:adjustment_id>/", staff_views.adjustment, name="staff"),
    path("ops/adjustments/objections/<int:dispute_id>/", staff_views.dispute, name="dispute"),
    path("ops/adjustments/holds/<int:hold_id>/release/", staff_views.release, name="release"),
]
