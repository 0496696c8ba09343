"""What people type to come in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ConfirmLoginCodeForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
)
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from kernel.limits import address_of, take_turn

MAILS_IN_TEN_MINUTES = 5


class SignInForm(LoginForm):
    """allauth's sign-in in the words of our pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].error_messages["required"] = _("Type your e-mail address.")
        self.fields["password"].error_messages["required"] = _("Type your password.")


class MailsToOnePerson:
    """A form that has a mail sent. Who asks too often is stopped for this person's mailbox, from
    her own address; others who write to that person are not."""

    def clean_email(self) -> str:
        email = super().clean_email()
        key = f"{address_of(context.request)}:{email.lower()}"
        if not take_turn(type(self).__name__, key, most=MAILS_IN_TEN_MINUTES, seconds=600):
            raise get_adapter().validation_error("too_many_login_attempts")
        return email


class MailedCodeForm(MailsToOnePerson, RequestLoginCodeForm):
    """Where a code to sign in with should go."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].error_messages["required"] = _("Type your e-mail address.")


def ask_for_code(field: forms.Field, hint: object = "") -> None:
    """Name a field for a code as our pages do."""
    field.label, field.help_text = _("Code"), hint
    field.widget.attrs.pop("placeholder", None)
    field.error_messages["required"] = _("Type the code.")


class TypedCodeForm(ConfirmLoginCodeForm):
    """The code from the mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self.fields["code"])


class SecondFactorForm(AuthenticateForm):
    """A code of the app, or one kept for bad days."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self.fields["code"], _("From your app, or one of your recovery codes."))


class SecondFactorAgainForm(ReauthenticateForm):
    """The same, by somebody who is signed in, perhaps by the code that the app still shows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = _(
            "From your app, or one of your recovery codes. Each counts once: wait for the next."
        )
        ask_for_code(self.fields["code"], hint)


class AuthenticatorAppForm(ActivateTOTPForm):
    """The first code of an authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_code(self.fields["code"], _("Six digits that the app shows now."))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class PasskeyForm(AddWebAuthnForm):
    """A passkey's name, and whether it is enough alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("A name for it, such as the device’s")
        self.fields["name"].initial = self.initial["name"] = ""
        alone = self.fields["passwordless"]
        alone.label, alone.initial = _("Sign in with it alone, without a password"), True
        alone.help_text = _("Your device then asks for your finger, your face or its PIN.")
        self.fields["credential"].error_messages["required"] = _("No passkey came. Try again.")


class PasskeyNameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].error_messages["required"] = _("Type a name.")


class ForgottenPasswordForm(MailsToOnePerson, ResetPasswordForm):
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
