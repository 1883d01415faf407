"""What a handed-in file is, by its first bytes. Pure."""

from core.errors import DomainError

KINDS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class FileNotTaken(DomainError):
    code = "dispute_file_not_taken"
    status = 422
    en = "This is no PDF, PNG or JPEG file, or it is larger than 2 MB. Send one of those."
    zh = "仅接受不超过 2 MB 的 PDF、PNG 或 JPEG 文件,请重新上传。"


def content_type(content: bytes, *, most_bytes: int) -> str:
    """Raises FileNotTaken for what is empty, too large or of another kind, whatever its name says."""
    if 0 < len(content) <= most_bytes:
        for start, kind in KINDS.items():
            if content.startswith(start):
                return kind
    raise FileNotTaken(field="content")
