"""The sandbox bank: the outside world for development, one process of its own, reached over HTTP alone.

It plays an acquiring bank with cards, a real-name verifier, an SMS operator and the producer of daily
statements. It imports no floor and no Django. The contract is docs/sandbox-bank.md.
"""
