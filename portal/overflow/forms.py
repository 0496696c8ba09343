"""Asking and answering."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from hubshops.stations.models import Station


class AskForm(forms.Form):
    """Which shop is asked for how many packages beyond its cap."""

    shop = forms.SlugField(widget=forms.HiddenInput)
    extra = forms.IntegerField(
        label=_("How many more packages"),
        min_value=1,
        max_value=10_000,
        error_messages={
            "required": _("Write how many more packages you ask for."),
            "invalid": _("Write a whole number, like 8."),
            "min_value": _("Ask for at least 1 package."),
        },
    )

    def shop_of(self, station: Station) -> Shop | None:
        """The shop that is meant, if this station has it."""
        return Shop.objects.filter(station=station, slug=self.cleaned_data["shop"]).first()


class AnswerForm(forms.Form):
    """Which offer, and yes or no."""

    offer = forms.IntegerField(min_value=1)
    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])


class WithdrawForm(forms.Form):
    """Which offer of which shop is taken back."""

    offer = forms.IntegerField(min_value=1)
    shop = forms.SlugField()
