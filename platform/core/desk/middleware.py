"""Django's middleware for pages: a login kept in a cookie. The API passes it by, where each request proves its caller by itself."""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django_otp.middleware import OTPMiddleware

API = "/v1/"


class PagesOnly:
    """Mixed into a middleware that the API has no use for."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(API):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class Sessions(PagesOnly, SessionMiddleware):
    pass


class Operators(PagesOnly, AuthenticationMiddleware):
    pass


class SecondFactors(PagesOnly, OTPMiddleware):
    pass


class Messages(PagesOnly, MessageMiddleware):
    pass
