from django.urls import path

from hubshops.drops import staff_views, views

app_name = "drops"
urlpatterns = [
    # What the QR code for the driver says: drops.queries.DRIVER_ADDRESS.
    path("H/<str:token>", views.driver, name="driver"),
    path("shop/drops/", views.history, name="history"),
    path("shop/drops/<int:handover_id>/", views.receipt, name="receipt"),
    path("ops/drops/", staff_views.board, name="board"),
    path("ops/drops/<int:handover_id>/", staff_views.sheet, name="sheet"),
]
