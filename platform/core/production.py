"""What a production installation never does, whoever asks."""

from django.conf import settings


class NotInProduction(RuntimeError):
    """A service of the sandbox was called in production: the caller is at fault, and nothing was done."""


def refuse_in_production(act: str) -> None:
    """First line of every service that only a sandbox has. Raises NotInProduction."""
    if settings.PRODUCTION:
        raise NotInProduction(f"{act} is for sandboxes only")
