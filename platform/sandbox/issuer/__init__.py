"""The sandbox issuer: who makes the products, for development; one process of its own, reached over HTTP alone.

It takes orders, confirms them on the next trading day by a signed file and quotes its products every natural day. It imports no floor and
no Django. The contract is docs/sandbox-issuer.md.
"""
