"""Phone numbers as people type them, and their E.164 form. Mainland China is the default region."""

import phonenumbers

from core.crypto.blind_index import blind_index
from core.errors import Invalid

HOME_REGION = "CN"
LONGEST = 24
MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


def e164(text: str, *, field: str = "phone") -> str:
    """`text` as E.164 (`+8619900000001`). Raises Invalid for anything that is no mobile number; never echoes the input."""
    try:
        number = phonenumbers.parse(text[:LONGEST], HOME_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or len(text) > LONGEST or not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in MOBILE:
        raise Invalid(
            field,
            "Send a mobile number: 11 digits for mainland China, or + and the country code for another country.",
            "请填写手机号:中国大陆为 11 位数字,其他国家或地区请以 + 和国家代码开头。",
        )
    formatted: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return formatted


def phone_index(number: str) -> bytes:
    """The blind index of an E.164 number."""
    return blind_index(number, purpose="phone")


def masked(number: str) -> str:
    """A number fit to be shown: `+86 199****0001`, `+1 ****2671`."""
    country = str(phonenumbers.parse(number).country_code)
    rest = number[1 + len(country) :]
    shown = f"{rest[:3]}****{rest[-4:]}" if len(rest) >= 11 else f"****{rest[-4:]}"
    return f"+{country} {shown}"
