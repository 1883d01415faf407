"""The product's site with one trivial authenticated endpoint beside it: what the transfer is compared with."""

from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class Trivial(APIView):
    """Logged in or refused; nothing else."""

    def post(self, request: Request) -> Response:
        body: Any = request.data
        return Response({"ok": True, "amount": body.get("amount")})


urlpatterns = [path("bench/trivial", Trivial.as_view()), *product]
