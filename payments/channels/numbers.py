"""What a business number tells by itself. Pure."""

from datetime import UTC, datetime

from core.ids import LENGTH, parse_public_id


def made_at(request_no: str) -> datetime:
    """When a business number was made, by the wall clock: its id is a uuid of version 7. Raises NotFound for what is no such number."""
    made = parse_public_id(request_no[: -LENGTH - 1], request_no)
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
