"""How the ledger's events read on a customer's statement, by what all rooms plug in."""

from payments.wallet.sockets import STATEMENT, Sort

OTHER = "other"
OTHER_SORT = Sort((), 0, "Other", "其他")


def sorts() -> dict[str, Sort]:
    """Every kind there is, in order of plugging, without `other`."""
    return {code: sort for source in STATEMENT for code, sort in source.kinds.items()}


def choices() -> list[str]:
    """The codes of all kinds, `other` last."""
    return [*sorts(), OTHER]


def known_events() -> list[str]:
    """The events that have a kind; what `other` leaves out."""
    return sorted({event for sort in sorts().values() for event in sort.events})


def kind_of(event: str, amount: int, among: dict[str, Sort]) -> str:
    """The kind of one entry by its journal's event and its sign; `other` where no source knows it."""
    for code, sort in among.items():
        if event in sort.events and amount * sort.sign > 0:
            return code
    return OTHER
