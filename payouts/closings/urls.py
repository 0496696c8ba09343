"""The address of a shop's final statement."""

from django.urls import path

from payouts.closings import views

app_name = "closings"
urlpatterns = [
    path("shop/statements/final/", views.final, name="final"),
    path("shop/statements/final.pdf", views.final_pdf, name="final_pdf"),
]
