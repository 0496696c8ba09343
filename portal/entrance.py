"""Where a person lands after signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from hubshops.shops.access import shop_of
from kernel.accounts.access import has_role


def home(request: HttpRequest) -> HttpResponse:
    """Staff go to the day's board, a shop's people to their day; who has neither is told so."""
    if has_role(request.user):
        return redirect("ops:today")
    if shop_of(request.user):
        return redirect("home:today")
    return render(request, "account/nothing_here.html")
