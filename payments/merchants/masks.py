"""What is shown of a merchant's secrets."""

from accounts.identity.phones import masked
from payments.merchants.models import Merchant

SHOWN = 4


def masked_licence(merchant: Merchant) -> str:
    """The last four characters of the licence number; empty where there is none."""
    number = merchant.licence_number
    return "" if number is None else "*" * (len(number) - SHOWN) + number[-SHOWN:]


def masked_phone(merchant: Merchant) -> str:
    """The contact phone with its middle hidden; empty once the owner's account is closed."""
    return "" if merchant.contact_phone is None else masked(merchant.contact_phone)
