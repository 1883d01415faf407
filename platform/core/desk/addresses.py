"""Addresses of the desk's pages."""

from urllib.parse import urlencode

from django.urls import reverse


def list_of(model_label: str, **query: str) -> str:
    """The address of a model's list, filtered or searched by `query`."""
    address = reverse(f"admin:{model_label.replace('.', '_')}_changelist")
    return f"{address}?{urlencode(query)}" if query else address
