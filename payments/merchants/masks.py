"""What is shown of a merchant's secrets."""

from payments.merchants.models import Merchant

SHOWN = 4


def masked_licence(merchant: Merchant) -> str:
    """The last four characters of the licence number; empty where there is none."""
    number = merchant.licence_number
    return "" if number is None else "*" * (len(number) - SHOWN) + number[-SHOWN:]
