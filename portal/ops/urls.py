"""Addresses of staff's day, below /ops/."""

from django.urls import path

from portal.ops import views

app_name = "ops"
urlpatterns = [
    path("ops/", views.today, name="today"),
    path("ops/now/", views.now, name="now"),
    path("ops/packages/", views.packages, name="packages"),
    path("ops/packages/<int:package_id>/", views.package, name="package"),
    path("ops/shops/<slug:slug>/<day:day>/", views.shop_day, name="shop_day"),
    path("ops/find/", views.find, name="find"),
    path("ops/jobs/", views.jobs, name="jobs"),
    path("ops/jobs/<int:job_id>/again/", views.try_job_again, name="try_job_again"),
    path("ops/people/", views.people, name="people"),
    path("ops/people/<int:person_id>/withdraw/", views.withdraw_role, name="withdraw_role"),
]
