"""What a model portfolio may be made of: products on sale whose risk fits its level, in parts that sum to the whole."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.desk.sockets import Words
from wealth.catalog import queries as catalog
from wealth.catalog.states import Kind, ProductState
from wealth.rules.advisor import BadWeights, require_weights
from wealth.rules.suitability import Ruling, ruling

KINDS = (Kind.CURRENT, Kind.FIXED_TERM)
"""What models are made of, and what of a customer's holdings counts beside them: an insurance is no investment to rebalance."""
MOST_PRODUCTS = 20


class BadMix(ValueError):
    """A mix that cannot be advised, in words for the operator who typed it."""

    def __init__(self, said: Words, **members: object) -> None:
        super().__init__(said)
        self.said, self.members = said, members

    def words(self) -> str:
        return str(self.said).format(**self.members)


def require_mix(*, level: str, weights: Any) -> None:
    """Raises BadMix."""
    if not isinstance(weights, dict) or not all(isinstance(one, int) and one > 0 for one in weights.values()):
        raise BadMix(_("Write each product's code with a whole number of basis points above 0."))
    if len(weights) > MOST_PRODUCTS:
        raise BadMix(_("A model has at most {most} products."), most=MOST_PRODUCTS)
    try:
        require_weights(list(weights.values()))
    except BadWeights as wrong:
        raise BadMix(_("The parts sum to {total}, not to 10,000 basis points."), total=sum(weights.values())) from wrong
    for code in weights:
        require_product(level, code)


def require_product(level: str, code: str) -> None:
    """Raises BadMix."""
    found = catalog.by_code(code)
    if found is None or found.current is None or found.state != ProductState.ON_SALE:
        raise BadMix(_("{code} is not on sale."), code=code)
    if found.kind not in KINDS:
        raise BadMix(_("{code} is of a kind that models are not made of."), code=code)
    if ruling(investor=level, risk=found.current.risk) != Ruling.ALLOW:
        raise BadMix(_("{code} is riskier than {level}."), code=code, level=level)
