"""Addresses of earnings and statements."""

from django.urls import path

from payouts.statements import staff_views, views

app_name = "statements"
urlpatterns = [
    path("shop/earnings/", views.earnings, name="earnings"),
    path("shop/earnings/<day:day>/", views.day, name="day"),
    path("shop/earnings/hour/", views.costs, name="costs"),
    path("shop/earnings/deposits/<int:transfer_id>/", views.deposit, name="deposit"),
    path("shop/earnings/packages/<int:package_id>/", views.package, name="package"),
    path("shop/statements/", views.statement_list, name="list"),
    path("shop/statements/years/<int:year>/", views.year, name="year"),
    path("shop/statements/years/<int:year>.pdf", views.year_file, {"kind": "pdf"}, name="year_pdf"),
    path("shop/statements/years/<int:year>.csv", views.year_file, {"kind": "csv"}, name="year_csv"),
    path("ops/bank-returns/", staff_views.bank_returns, name="bank_returns"),
    path("ops/bank-returns/<int:file_id>/", staff_views.bank_return, name="bank_return"),
    path("ops/taxes/", staff_views.this_tax_year, name="taxes"),
    path("ops/taxes/<int:year>/", staff_views.tax_year, name="tax_year"),
    path("ops/taxes/<int:year>.csv", staff_views.tax_file, name="tax_file"),
    path("shop/statements/<str:number>.pdf", views.statement_file, {"kind": "pdf"}, name="pdf"),
    path("shop/statements/<str:number>.csv", views.statement_file, {"kind": "csv"}, name="csv"),
    path("ops/books/", staff_views.books, name="books"),
    path("shop/statements/<str:number>/check/", views.check, name="check"),
    path("ops/statements/<str:number>/check/", staff_views.check, name="staff_check"),
    path("ops/payruns/<int:run_id>/statements/", staff_views.run_statements, name="of_run"),
    path(
        "ops/statements/<str:number>.pdf",
        staff_views.statement_file,
        {"kind": "pdf"},
        name="staff_pdf",
    ),
    path(
        "ops/statements/<str:number>.csv",
        staff_views.statement_file,
        {"kind": "csv"},
        name="staff_csv",
    ),
]
