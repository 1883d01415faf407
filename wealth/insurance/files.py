"""What a file handed in for a claim is, by its first bytes. Pure."""

from payments.disputes.files import KINDS
from wealth.insurance.refusals import ClaimFileNotTaken


def content_type(content: bytes, *, most_bytes: int) -> str:
    """Raises ClaimFileNotTaken for what is empty, too large or of another kind, whatever its name says."""
    found = next((kind for start, kind in KINDS.items() if content.startswith(start)), None)
    if found is None or len(content) > most_bytes:
        raise ClaimFileNotTaken(field="content")
    return found
