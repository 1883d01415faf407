"""Dividing an order among the sources its payer chose. Pure.

Discounts come first, each with exactly what it takes off; then the internal sources in the customer's order, each with what was
asked of it or as much as it can give; the one external source last, with what is left. Sources that are left nothing give nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import DomainError
from payments.cashier.sockets import Offer


class NotCovered(DomainError):
    """`missing` in fen."""

    code = "funding_not_covered"
    status = 422
    en = "What you chose is {missing} fen short of the order. Add another way to pay, or choose one with a higher limit."
    zh = "所选支付方式还差 {missing} 分,请添加其他支付方式或选择额度更高的方式。"


class TooMuchChosen(DomainError):
    code = "funding_too_much"
    status = 422
    en = "The amounts you chose are {over} fen more than the order. Lower one of them, or leave an amount out."
    zh = "所选金额超出订单 {over} 分,请调低其中一项或不指定金额。"


class OverMethodLimit(DomainError):
    code = "funding_method_limit"
    status = 422
    en = "{title_en} can give at most {most} fen now. Ask less of it, or add another way to pay."
    zh = "{title_zh} 当前最多可支付 {most} 分,请减少金额或添加其他支付方式。"


class OneOutside(DomainError):
    code = "funding_one_external"
    status = 422
    en = "Only one card or external wallet can be used for one payment. Choose one of them."
    zh = "一笔支付只能使用一张银行卡或一个外部钱包,请选择其中一个。"


class ChosenTwice(DomainError):
    code = "funding_chosen_twice"
    status = 422
    en = "The same way to pay is chosen twice. Name it once."
    zh = "重复选择了同一支付方式,请只选择一次。"


class OneDiscount(DomainError):
    code = "funding_one_discount"
    status = 422
    en = "Only one discount of each kind can be used for one payment. Choose one of them."
    zh = "一笔支付中每种优惠只能使用一个,请选择其中一个。"


class MethodUnavailable(DomainError):
    """`why` is the stable code of the reason."""

    code = "funding_method_unavailable"
    en = "{title_en} cannot be used now: {reason_en}"
    zh = "{title_zh} 暂不可用:{reason_zh}"


class PartyUnfit(DomainError):
    code = "funding_party_unfit"
    status = 422
    en = "{title_en} cannot be used with this `party`: {what_en}"
    zh = "{title_zh} 的 `party` 不正确:{what_zh}"


NO_PARTY = ("It takes none. Leave it out.", "该支付方式无需此项,请不要填写。")


@dataclass(frozen=True)
class Method:
    """One offer of one plug. `attended`: its payer has to act outside."""

    source: str
    order: int
    offer: Offer
    discount: bool = False
    external: bool = False
    attended: bool = False

    @property
    def key(self) -> tuple[bool, str, str]:
        return self.discount, self.source, self.offer.ref


@dataclass(frozen=True)
class Chosen:
    """A method the customer takes; `fen`: exactly so much of it, None: as much as is needed. `party`: what the app says beside it."""

    method: Method
    fen: int | None = None
    party: str = field(default="", repr=False)


@dataclass(frozen=True)
class Share:
    """What one method gives."""

    method: Method
    amount_fen: int
    party: str = field(default="", repr=False)


def allocate(amount_fen: int, chosen: Sequence[Chosen]) -> list[Share]:
    """The shares, which sum to `amount_fen`; none of them is zero.

    Raises MethodUnavailable, ChosenTwice, OneDiscount, OneOutside, OverMethodLimit, PartyUnfit, TooMuchChosen, NotCovered.
    """
    refuse_unfit(chosen)
    named_fen = sum(one.fen for one in chosen if one.fen is not None)
    rest = amount_fen
    shares: list[Share] = []
    for one in sorted(chosen, key=lambda each: (not each.method.discount, each.method.external)):
        if one.fen is None:
            to_come = 0 if one.method.discount else named_fen
            share = min(one.method.offer.most_fen, max(rest - to_come, 0))
        else:
            share = one.fen
            named_fen -= one.fen
        rest -= share
        if share:
            shares.append(Share(one.method, share, one.party))
    if rest < 0:
        raise TooMuchChosen(over=-rest)
    if rest > 0:
        raise NotCovered(missing=rest)
    return shares


def refuse_unfit(chosen: Sequence[Chosen]) -> None:
    """Refuse what no amount could make right."""
    for one in chosen:
        offer = one.method.offer
        titles = {"title_en": offer.title_en, "title_zh": offer.title_zh}
        if offer.reason is not None:
            raise MethodUnavailable(**titles, reason_en=offer.reason.en, reason_zh=offer.reason.zh, why=offer.reason.code)
        if one.fen is not None and one.fen > offer.most_fen:
            raise OverMethodLimit(**titles, most=offer.most_fen)
        refuse_party(offer, one.party)
    if len({one.method.key for one in chosen}) < len(chosen):
        raise ChosenTwice()
    discounts = [one.method.source for one in chosen if one.method.discount]
    if len(set(discounts)) < len(discounts):
        raise OneDiscount()
    if sum(one.method.external for one in chosen) > 1:
        raise OneOutside()


def refuse_party(offer: Offer, party: str, *, paying: bool = False) -> None:
    """Raises PartyUnfit for a party that an offer cannot take, and where it is missing when it is to be paid with."""
    taken = offer.party
    fits = taken is not None and (re.fullmatch(taken.form, party, re.ASCII) is not None if party else not (taken.needed and paying))
    if fits or (taken is None and not party):
        return
    what_en, what_zh = NO_PARTY if taken is None else (taken.en, taken.zh)
    raise PartyUnfit(field="methods", title_en=offer.title_en, title_zh=offer.title_zh, what_en=what_en, what_zh=what_zh)


def ranked_choice(amount_fen: int, methods: Sequence[Method], ranking: Sequence[tuple[str, str]]) -> list[Chosen]:
    """What pays where nobody is asked: the best offer of each discount, then methods as the customer ranked them (source, ref), the rest
    in order after them, as few as cover the amount. Of the external ones, the first; none whose payer would have to act."""
    places = {key: place for place, key in enumerate(ranking)}
    usable = [one for one in methods if one.offer.reason is None and one.offer.most_fen and not one.attended]
    taken: dict[tuple[bool, str, str], Method] = {}
    for one in sorted(usable, key=lambda each: (not each.discount, places.get((each.source, each.offer.ref), len(places)), each.order)):
        if one.discount or sum(each.offer.most_fen for each in taken.values()) < amount_fen:
            taken.setdefault(rivals(one), one)
    return [Chosen(one) for one in taken.values()]


def default_choice(methods: Sequence[Method]) -> list[Chosen]:
    """What the cashier proposes: the best offer of each discount, every internal source in order, the first external one."""
    usable = sorted((one for one in methods if one.offer.reason is None and one.offer.most_fen), key=lambda each: each.order)
    taken: dict[tuple[bool, str, str], Chosen] = {}
    for one in usable:
        taken.setdefault(rivals(one), Chosen(one))
    return list(taken.values())


def rivals(method: Method) -> tuple[bool, str, str]:
    """Methods alike in this cannot be used together."""
    if method.external:
        return False, "", ""
    return method.discount, method.source, "" if method.discount else method.offer.ref
