from django.urls import path

from hubshops.deliveries import views

app_name = "deliveries"
urlpatterns = [
    path("", views.door, name="door"),
    path("record/", views.record, name="record"),
    path("deliver/", views.deliver, name="deliver"),
    path("attempt/", views.attempt, name="attempt"),
    path("<int:package_id>/", views.package, name="package"),
    path("<int:package_id>/correct/", views.correct, name="correct"),
]
