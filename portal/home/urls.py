from django.urls import path

from portal.home import views

app_name = "home"
urlpatterns = [
    path("shop/", views.today, name="today"),
    path("shop/now/", views.now, name="now"),
    path("account/home/", views.start, name="start"),
    path("account/shops/", views.choose, name="choose"),
]
