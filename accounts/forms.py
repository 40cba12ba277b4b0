from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, ConfirmPasswordResetCodeForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError

# What allauth raises where an answer has not the shape a device gives it.
MALFORMED = (AttributeError, KeyError, TypeError, ValueError)
UNREADABLE = "Die Antwort Ihres Geräts war nicht zu lesen. Bitte versuchen Sie es noch einmal."


def six_digits() -> forms.CharField:
    """Phones show their number pad and offer the code from the message."""
    return forms.CharField(
        label="Code aus der E-Mail",
        help_text="Sechs Ziffern, zum Beispiel 482913.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "size": 10}),
    )


class LoginCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    code = six_digits()


class PasswordResetCodeForm(ConfirmPasswordResetCodeForm):  # type: ignore[misc]
    code = six_digits()


def passkey_name(**options: Any) -> forms.CharField:
    return forms.CharField(
        label="Name des Passkeys",
        max_length=60,
        help_text="Damit Sie ihn wiedererkennen, zum Beispiel „Diensthandy“.",
        error_messages={"required": "Bitte geben Sie dem Passkey einen Namen."},
        **options,
    )


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    name = passkey_name(required=False)
    passwordless = forms.BooleanField(initial=True, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except MALFORMED as error:
            raise ValidationError(UNREADABLE) from error
        return cleaned

    def clean_passwordless(self) -> bool:
        """Whatever is sent: without finger, face or PIN it is no passkey."""
        return True


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    name = passkey_name()


class ReadAnswer:
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except MALFORMED as error:
            raise ValidationError(UNREADABLE) from error


class PasskeyLoginForm(ReadAnswer, LoginWebAuthnForm):  # type: ignore[misc]
    pass


class PasskeyStepForm(ReadAnswer, AuthenticateWebAuthnForm):  # type: ignore[misc]
    pass


class PasskeyAgainForm(ReadAnswer, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    pass
