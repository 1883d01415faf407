"""How the OpenAPI schema is drawn from the views."""

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """One tag per floor."""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/v1/").split("/", 1)[0]]
