"""The merchants' sandbox: a merchant's program pays its own orders as a test payer, with the result it wants to see.

Only where the platform runs with the sandbox bank; in production there is no such thing.
"""
