"""Addresses of pay runs."""

from django.urls import path

from payouts.payruns import staff_views

app_name = "payruns"
urlpatterns = [
    path("ops/payruns/", staff_views.run_list, name="list"),
    path("ops/payruns/switch/", staff_views.switch, name="switch"),
    path("ops/stripe/differences/", staff_views.gap_list, name="gaps"),
    path("ops/payruns/now/<int:run_id>/", staff_views.run_now, name="now"),
    path("ops/payruns/<int:run_id>/", staff_views.run_page, name="run"),
    path("ops/payruns/<int:run_id>/<slug:slug>/", staff_views.payment, name="payment"),
]
