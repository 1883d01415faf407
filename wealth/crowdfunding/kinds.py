"""How the catalogue reads campaigns: no yield, no way out but calling the pledge off before the end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.errors import Invalid
from wealth.catalog.queries import ProductVersion
from wealth.catalog.sockets import Outcome, Told
from wealth.catalog.states import YieldKind
from wealth.crowdfunding import queries
from wealth.crowdfunding.states import Scheme


class Campaigns:
    def refuse_terms(self, *, version: ProductVersion) -> None:
        """A product of this kind is made by the approval of its campaign."""
        if version.yield_kind != YieldKind.NONE:
            raise Invalid("yield_kind", "A pledge has no yield.", "众筹不设收益率。")
        if set(version.terms) != {"campaign"}:
            raise Invalid("terms.campaign", "Approve a campaign: that makes its product.", "请通过审核众筹项目创建产品。")
        if version.t0_cap_fen or version.transferable or version.buy_fee_bp or version.redeem_fee_bp or version.term_days is not None:
            raise Invalid("terms", "A pledge is neither redeemed, transferred nor charged.", "众筹支持不可赎回、转让,也不收费。")

    def outcome(self, *, version: ProductVersion, amount_fen: int, days: int, at: datetime) -> Outcome | None:
        """A pledge earns nothing."""
        return None

    def way_out(self, *, version: ProductVersion) -> Told:
        return Told(
            "You call a pledge off until the campaign ends. If it fails or is cancelled, all of it goes back.",
            "众筹结束前可撤销支持;众筹失败或取消时全额退回。",
        )

    def details(self, *, version: ProductVersion, at: datetime) -> Mapping[str, Any]:
        """The campaign, how it ends, and when."""
        row = queries.of_product(version.product_id)
        return {
            "campaign_id": row.public_id,
            "goal_fen": row.goal_fen,
            "scheme": Scheme(row.scheme).value,
            "ends_at": None if row.ends_at is None else row.ends_at.isoformat(),
        }
