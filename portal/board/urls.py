"""Addresses of the assignment board, below /ops/board/."""

from django.urls import path

from portal.board import views

app_name = "board"
urlpatterns = [
    path("ops/board/<str:code>/<day:day>/", views.board, name="day"),
    path("ops/board/<str:code>/<day:day>/move/", views.move, name="move"),
    path("ops/board/<str:code>/<day:day>/undo/", views.undo, name="undo"),
    path("ops/board/<str:code>/<day:day>/publish/", views.publish, name="publish"),
    path("ops/board/<str:code>/<day:day>/changes/", views.changes, name="changes"),
]
