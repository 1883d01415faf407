"""The adapter of the sandbox issuer (docs/sandbox-issuer.md)."""
