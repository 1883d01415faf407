"""How the OpenAPI schema is drawn from the views: bodies from the view's classes, errors from its `refusals`."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from core.api.pages import Listing, Paging
from core.api.problems import MEDIA_TYPE, TITLES, problem
from core.api.views import EffectView, OneForm, View
from core.errors import DomainError
from core.idempotency.services import KeyMalformed, KeyMissing, KeyReused, StillRunning

PROBLEM = {"$ref": "#/components/schemas/Problem"}
KEY_REFUSALS: tuple[type[DomainError], ...] = (KeyMissing, KeyMalformed, StillRunning, KeyReused)
STATUS_WORDS = {
    400: "The request cannot be read.",
    401: "Not logged in, or the access token is not valid any more.",
    403: "Not allowed.",
    404: "No such thing, or not the caller's.",
    406: "The answer has another form than those accepted.",
    409: "Refused in the present state; nothing happened.",
    413: "Too large.",
    415: "The body has another form than the one taken.",
    422: "A field, or the use of the key, is not acceptable; nothing happened.",
    429: "Too many tries; see Retry-After.",
    503: "Busy; repeat with the same key.",
}
# What an operation may answer without a word of its own: status to code, written once among the components.
SHARED = {406: "not_acceptable", 415: "unsupported_media_type", 503: "unavailable"}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details. `code` is stable; further members carry the facts named in `detail`.",
    "required": ["type", "title", "status", "detail", "code", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": ["urn:banyan:problem:not_found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened and what to do, in the language of Accept-Language (en, zh)."},
        "code": {"type": "string"},
        "trace_id": {"type": "string", "description": "Name it to support; the logs carry it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {"field": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
    "additionalProperties": True,
}


def add_problem(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Put the one shared problem schema, and the answers that are everywhere the same, among the components (a postprocessing hook of
    drf-spectacular)."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    components["responses"] = {code: problem_response(status, titled(status, code)) for status, code in SHARED.items()}
    return result


class Schema(AutoSchema):
    """One tag per floor, bodies from `input_class` / `output_class`, problems from `refusals`, the idempotency header."""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/v1/").split("/", 1)[0]]

    def get_operation_id(self) -> str:
        """`<path words>_<what>`: the path without its placeholders, then the method's meaning."""
        words = [word for word in self.path.removeprefix("/v1/").replace("-", "_").split("/") if word and not word.startswith("{")]
        act = {"get": "read", "post": "create", "put": "replace", "patch": "change", "delete": "delete"}[self.method.lower()]
        return "_".join([*words, "list" if act == "read" and self._is_list_view() else act])

    def get_request_serializer(self) -> Any:
        if isinstance(self.view, View) and self.method in {"POST", "PUT", "PATCH"}:
            return self.view.input_class
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        if isinstance(self.view, View) and self.view.output_class is not None:
            if isinstance(self.view, EffectView) and self.method == "POST":
                return {self.view.success_status: self.view.output_class}
            if isinstance(self.view, Listing) and self.method == "GET":
                return self.view.output_class(many=True)
            return self.view.output_class
        return super().get_response_serializers()

    def get_override_parameters(self) -> list[Any]:
        if not (isinstance(self.view, EffectView) and self.method == "POST"):
            return []
        words = "A fresh name for each intent; repeat it to repeat the answer. Kept seven days."
        return [OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description=words)]

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            found = self.problems()
            if self.method == "GET" and isinstance(self.view, Paging):
                found.setdefault(400, titled(400, "malformed"))
            for status, examples in sorted(found.items()):
                shared = set(examples) == {SHARED.get(status)}
                told = {"$ref": f"#/components/responses/{SHARED[status]}"} if shared else problem_response(status, examples)
                operation["responses"].setdefault(str(status), told)
        return operation

    def problems(self) -> dict[int, dict[str, Any]]:
        """Status to examples by code, of everything this operation may answer with besides success."""
        found: dict[int, dict[str, Any]] = {503: titled(503, "unavailable")}
        if not issubclass(self.view.content_negotiation_class, OneForm):
            found[406] = titled(406, "not_acceptable")
        proofs = tuple(refusal for one in self.view.get_authenticators() for refusal in getattr(one, "refusals", ()))
        if self.get_auth() and not proofs:
            found[401] = titled(401, "not_authenticated")
        takes_body = self.method in {"POST", "PUT", "PATCH"}
        if takes_body or getattr(self.view, "query_checked", False):
            errors = [{"field": "amount", "code": "required", "detail": "This field is required."}]
            found[422] = titled(422, "validation_failed", errors=errors)
        if takes_body:
            found[400] = titled(400, "malformed")
            if self.get_request_serializer() is not None:
                found[415] = titled(415, "unsupported_media_type")
        refusals = proofs + tuple(getattr(self.view, "refusals", ()))
        for permission in self.view.get_permissions():
            refusals += permission.refusals(self.view, self.method) if hasattr(permission, "refusals") else ()
        if isinstance(self.view, EffectView) and self.method == "POST":
            refusals += KEY_REFUSALS
        for refusal in refusals:
            found.setdefault(refusal.status, {})[refusal.code] = example(refusal.status, refusal.code, refusal.en, **refusal.shows)
        return found


def example(status: int, code: str, detail: str, **members: Any) -> dict[str, Any]:
    return {"value": problem(status, code, detail, **members) | {"trace_id": "0f6c7d1e-6a2b-4d5e-9a41-3c1f8f1b2a77"}}


def titled(status: int, code: str, **members: Any) -> dict[str, Any]:
    """The example of a code whose words are in TITLES, by that code."""
    return {code: example(status, code, TITLES[code][0], **members)}


def problem_response(status: int, examples: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": STATUS_WORDS.get(status, "Refused."),
        "content": {MEDIA_TYPE: {"schema": PROBLEM, "examples": examples}},
    }
