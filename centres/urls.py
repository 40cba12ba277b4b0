"""The addresses of the public register; the views are handed in, since rooms above add to them."""

from django.urls import URLPattern, path

from centres.subscription_pages import letter_settings, unsubscribe
from centres.views import Register, RegisterEntry

post_urls: list[URLPattern] = [
    path("briefe/abbestellen/<str:token>/", unsubscribe, name="unsubscribe"),
    path("konto/briefe/", letter_settings, name="letter_settings"),
]


def register_urls(
    register: type[Register] = Register, entry: type[RegisterEntry] = RegisterEntry
) -> list[URLPattern]:
    return [
        path("", register.as_view(), name="register"),
        path("<path:certification_number>/", entry.as_view(), name="register_entry"),
    ]
