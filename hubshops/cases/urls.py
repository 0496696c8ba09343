from django.urls import path

from hubshops.cases import staff_views, views

app_name = "cases"
urlpatterns = [
    path("shop/cases/", views.mine, name="mine"),
    path("shop/cases/<int:case_id>/", views.case, name="case"),
    path("ops/cases/", staff_views.queue, name="queue"),
    path("ops/cases/<int:case_id>/", staff_views.case, name="staff"),
]
