"""The arithmetic of credit: schedules, what follows a payment, allocation, yearly rates. Pure, without Django; proved by published numbers.

Money is Decimal yuan with two decimals, a rate a Decimal per year (0.12 is 12 %), a day a `date`. What is refused is an EngineError that
names the field.
"""
