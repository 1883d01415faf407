"""The secret in a collect's link: who holds it may look and pay their part."""

from core.crypto.link_tokens import LinkTokens

LINKS = LinkTokens("cll", purpose="collect-link")
