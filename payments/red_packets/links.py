"""The secret in a red packet's link: who holds it may look and take a share."""

from core.crypto.link_tokens import LinkTokens

LINKS = LinkTokens("rpl", purpose="red-packet-link")
