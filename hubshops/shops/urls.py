"""Addresses of a shop's own rooms."""

from django.urls import path

from hubshops.shops import staff_views
from hubshops.shops.views import profile, team

app_name = "shops"
urlpatterns = [
    path("shop/team/", team.team, name="team"),
    path("shop/team/<int:membership_id>/remove/", team.leave, name="leave"),
    path("shop/team/<int:membership_id>/part/", team.part, name="part"),
    path("shop/team/links/", team.make_link, name="make_link"),
    path("shop/team/links/<int:link_id>/", team.link, name="link"),
    path("shop/profile/", profile.profile, name="profile"),
    path("shop/profile/name/", profile.name, name="profile_name"),
    path("shop/profile/name/back/", profile.take_back, name="profile_take_back"),
    path("shop/profile/<str:section>/", profile.section, name="profile_section"),
    path("ops/shops/", staff_views.shops, name="facts_changes"),
    path("ops/shops/changes/<int:facts_change_id>/", staff_views.change, name="facts_change"),
    path("join/sent/", team.look_at_mail, name="joined"),
    path("join/<str:key>/", team.join, name="join"),
]
