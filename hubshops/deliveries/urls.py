from django.urls import path

from hubshops.deliveries import staff_views, views

app_name = "deliveries"
urlpatterns = [
    path("shop/door/", views.door, name="door"),
    path("shop/door/shell/", views.shell, name="shell"),
    path("shop/door/sw.js", views.worker, name="worker"),
    path("shop/door/manifest.webmanifest", views.app_manifest, name="app_manifest"),
    path("shop/door/record/", views.record, name="record"),
    path("shop/door/deliver/", views.deliver, name="deliver"),
    path("shop/door/attempt/", views.attempt, name="attempt"),
    path("shop/door/<int:package_id>/", views.package, name="package"),
    path("shop/door/<int:package_id>/correct/", views.correct, name="correct"),
    path("shop/door/proofs/<int:proof_id>/", views.proof, name="proof"),
    path("ops/proofs/<int:proof_id>/", staff_views.proof, name="staff_proof"),
    path("ops/proof-rules/", staff_views.proof_rules, name="proof_rules"),
    # What the QR codes of a printed manifest say: manifests.rules.STOP_ADDRESS.
    path("S/<str:stop_code>", views.stop, name="stop"),
]
