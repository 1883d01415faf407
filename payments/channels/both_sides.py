"""What the two sides of a break say, in words and yuan. They are kept short: `10000 CNY`, `payment 500 CNY`, `failed E12`, `not listed`."""

import re
from collections.abc import Mapping

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.desk.masking import yuan
from core.desk.shown import table
from core.desk.sockets import Words
from payments.channels.models import Break

AMOUNT = re.compile(r"(?P<what>.*?) ?(?P<fen>-?\b\d+) (?P<currency>[A-Z]{3})")
KIND, MONEY, STATE, CODE = _("Kind"), _("Amount (yuan)"), _("State"), _("Result code")
WHOLE: Mapping[str, Words] = {
    "": _("nothing"),
    "not listed": _("not in the statement"),
    "no other half": _("no other half"),
    "listed before": _("in a statement before, or twice in this one"),
}
NOBODYS = _("no order of ours")
KINDS: Mapping[str, Words] = {
    "payment": _("payment"),
    "refund": _("refund"),
    "payout": _("payout"),
    "payout_return": _("payout that came back"),
    "payment.succeeded": _("payment"),
    "refund.succeeded": _("refund"),
    "sent_on": _("sent on to our bank"),
    "arrived": _("come in at our bank"),
    "debit": _("money out of the account"),
    "credit": _("money into the account"),
}


def parts(kind: str, text: str) -> list[tuple[Words, str]]:
    """One side of a break of `kind` as (label, words). What a channel calls by a word of its own stays that word."""
    if kind == Break.Kind.THEIRS_ONLY and text == "unknown":
        return [(STATE, str(NOBODYS))]
    if text in WHOLE:
        return [(STATE, str(WHOLE[text]))]
    amount = AMOUNT.fullmatch(text)
    if amount is None:
        return state(text)
    said: list[tuple[Words, str]] = [(KIND, str(KINDS.get(amount["what"], amount["what"])))] if amount["what"] else []
    currency = "" if amount["currency"] == "CNY" else f" {amount['currency']}"
    return [*said, (MONEY, yuan(int(amount["fen"])) + currency)]


def state(text: str) -> list[tuple[Words, str]]:
    """`success`, `RETURNED`; a refusal with the channel's code: `failed E12`; or what it was made for with that one's state:
    `top_up paid`."""
    first, _space, second = text.partition(" ")
    if not second:
        return [(STATE, plain(first))]
    return [(STATE, plain(first)), (CODE, second)] if first == "failed" else [(KIND, plain(first)), (STATE, plain(second))]


def plain(word: str) -> str:
    return gettext(word.lower().replace("_", " "))


def side(kind: str, text: str) -> str:
    """One side in a line, for lists."""
    return " ".join(words for _label, words in parts(kind, text))


def both(found: Break) -> SafeString:
    """Both sides beside each other, a field a line."""
    ours, theirs = (dict(parts(found.kind, text)) for text in (found.ours, found.theirs))
    labels = list(dict.fromkeys([*ours, *theirs]))
    rows = [(capfirst(str(label)), ours.get(label, "-"), theirs.get(label, "-")) for label in labels]
    return table(("", _("Ours"), _("Theirs")), rows)
