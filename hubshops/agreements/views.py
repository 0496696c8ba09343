"""A shop reads the agreement, signs it, and keeps a copy."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubshops.agreements import actions, documents, queries, rules
from hubshops.agreements.forms import SignForm
from hubshops.agreements.queries import Terms
from hubshops.shops.access import shop_owner
from kernel import clock
from kernel.accounts.access import confirmed_to_post
from kernel.limits import address_of
from kernel.refusals import Refusal
from kernel.web.answers import file_answer


@shop_owner
@confirmed_to_post
@require_http_methods(["GET", "HEAD", "POST"])
def agreement(request: HttpRequest) -> HttpResponse:
    """What is to be signed, what it means and how it differs from before; or what was signed."""
    terms = queries.terms_of(request.shop, clock.local_day(clock.now(), request.shop.zone))
    form = SignForm(request.POST or None, initial={"sha256": terms.asked and terms.asked.sha256})
    if request.method == "POST" and form.is_valid():
        try:
            sign(request, form)
        except Refusal as no:
            messages.warning(request, no.sentence)
        else:
            messages.success(request, _("Signed. Your copy is on this page and in your mail."))
        return redirect("agreements:agreement")
    return page(request, terms, form)


def sign(request: HttpRequest, form: SignForm) -> None:
    """Keep the signature with where it came from."""
    address = address_of(request)
    actions.sign_agreement(
        shop=request.shop,
        sha256=form.cleaned_data["sha256"],
        legal_name=form.cleaned_data["legal_name"],
        role=form.cleaned_data["role"],
        consent=form.consent(),
        language=get_language() or "en",
        by=request.user,
        at=clock.now(),
        address=None if address == "unknown" else address,
        device=request.headers.get("User-Agent", ""),
    )


def page(request: HttpRequest, terms: Terms, form: SignForm) -> HttpResponse:
    """The page of one shop's agreement."""
    shown = terms.asked or (terms.signed and terms.signed.version)
    context = {
        "terms": terms,
        "version": shown,
        "parts": rules.parts_of(shown.text) if shown else [],
        "summary": rules.parts_of(shown.summary(get_language() or "en")) if shown else [],
        "differences": [one for one in terms.differences if one.change != rules.Change.SAME],
        "signatures": queries.signatures_of(request.shop),
        "form": form,
        "zone": request.shop.zone,
    }
    code = 422 if form.errors else 200
    return render(request, "agreements/agreement.html", context, status=code)


@shop_owner
@require_safe
def copy(request: HttpRequest, version: int) -> HttpResponse:
    """The shop's copy of what it signed."""
    signature = queries.signature_for(request.shop, version)
    if signature is None:
        raise Http404
    content = documents.signed_copy(signature)
    name = f"agreement-{version}.pdf"
    return file_answer(content, name=name, content_type="application/pdf", is_attachment=True)
