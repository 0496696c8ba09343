from django.urls import path

from hubshops.deliveries import views

app_name = "deliveries"
urlpatterns = [
    path("shop/door/", views.door, name="door"),
    path("shop/door/record/", views.record, name="record"),
    path("shop/door/deliver/", views.deliver, name="deliver"),
    path("shop/door/attempt/", views.attempt, name="attempt"),
    path("shop/door/<int:package_id>/", views.package, name="package"),
    path("shop/door/<int:package_id>/correct/", views.correct, name="correct"),
    # What the QR codes of a printed manifest say: manifests.rules.STOP_ADDRESS.
    path("S/<str:stop_code>", views.stop, name="stop"),
]
