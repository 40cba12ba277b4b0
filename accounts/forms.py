from allauth.account.forms import ConfirmLoginCodeForm, ConfirmPasswordResetCodeForm
from django import forms


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
