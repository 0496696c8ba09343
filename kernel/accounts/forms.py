"""What people type to come in."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """allauth's sign-in in the words of our pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].error_messages["required"] = _("Type your e-mail address.")
        self.fields["password"].error_messages["required"] = _("Type your password.")


class ForgottenPasswordForm(ResetPasswordForm):
    """allauth's way to a new password in the words of our pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].error_messages["required"] = _("Type your e-mail address.")


class FirstPasswordForm(SetPasswordForm):
    """A password, twice."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        password, again = self.fields["new_password1"], self.fields["new_password2"]
        password.label, again.label = _("Password"), _("The same password again")
        password.help_text = _("At least 12 characters. Four plain words work well.")
        again.help_text = ""
        password.error_messages["required"] = _("Choose a password.")
        again.error_messages["required"] = _("Type the same password again.")


class NewLinkForm(forms.Form):
    """Where a fresh welcome link should go."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Type your e-mail address.")},
    )
