"""What keeps a customer's card or account in use (plugged into payments.cards and accounts.privacy)."""

from uuid import UUID

from payments.wallet import queries


class CardUse:
    """Top-ups and withdrawals that are not over hold their card."""

    words_en = "A top-up or withdrawal with this card is under way."
    words_zh = "该银行卡有进行中的充值或提现。"

    def count(self, *, card_id: UUID) -> int:
        return queries.open_with_card(card_id)
