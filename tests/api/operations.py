"""Every operation of the OpenAPI schema, as the tests of the whole surface walk over them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One method of one path. `open` operations need no login; `signed` ones a merchant's signature instead."""

    method: str
    path: str
    name: str
    open: bool
    signed: bool
    path_parameters: tuple[str, ...]
    spec: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def url(self, values: dict[str, str]) -> str:
        return self.path.format(**values)

    @property
    def takes_key(self) -> bool:
        return any(parameter["name"] == "Idempotency-Key" for parameter in self.spec.get("parameters", []))

    @property
    def takes_body(self) -> bool:
        return "requestBody" in self.spec

    def example(self) -> Any:
        """The first request example of the schema."""
        content = self.spec["requestBody"]["content"]["application/json"]
        examples = content.get("examples", {})
        return next(iter(examples.values()))["value"] if examples else None


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    drawn: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return drawn


@lru_cache(maxsize=1)
def operations() -> tuple[Operation, ...]:
    found = []
    for path, methods in schema()["paths"].items():
        for method in METHODS:
            if method in methods:
                spec = methods[method]
                parameters = tuple(item["name"] for item in spec.get("parameters", []) if item["in"] == "path")
                security = spec.get("security", [])
                signed = {"merchantSignature": []} in security
                found.append(Operation(method, path, spec["operationId"], not security or {} in security, signed, parameters, spec))
    return tuple(found)


def routes(resolver: URLResolver | None = None, prefix: str = "") -> list[str]:
    """Every route of the URLconf, written as in the schema (`/v1/x/{name}`)."""
    found = []
    for pattern in (resolver or get_resolver()).url_patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern, text)
        elif isinstance(pattern, URLPattern):
            found.append("/" + text)
    return found
