"""Who of the demo's customers has something to look at, for the screen of `make run`."""

from collections.abc import Iterator
from uuid import UUID

from accounts.identity import queries as identity
from accounts.verification import queries as verification
from config.demo.lives import PIN
from payments.cards import queries as cards
from wealth.advisor import queries as advisor
from wealth.crowdfunding import queries as crowdfunding
from wealth.current import queries as current
from wealth.fixed_term import queries as fixed_terms
from wealth.insurance import queries as insurance

SHOWN, LOOKED_AT = 4, 40
HAS = (
    ("an advisor's plan", advisor.plans),
    ("a regular investment", advisor.standing),
    ("a goal", advisor.goals),
    ("a policy", insurance.own_policies),
    ("a claim", insurance.own_claims),
    ("campaigns", crowdfunding.own),
    ("deposits", fixed_terms.own),
    ("money funds", current.own),
)


def lines() -> Iterator[str]:
    """A few customers with cards, those who have most first, and one for each thing that those have not."""
    found = {holder: [word for word, of in HAS if of(holder).exists()] for holder in cards.first_holders(LOOKED_AT)}
    ranked = sorted(found, key=lambda holder: -len(found[holder]))
    shown: list[UUID] = []
    for word, _ in HAS:
        having = [holder for holder in ranked if word in found[holder]]
        if having and not set(having) & set(shown):
            shown.append(having[0])
    for holder in (shown + [one for one in ranked if one not in shown])[:SHOWN]:
        person = verification.real_name(holder)
        if person is not None:
            phone = identity.get(holder).phone.removeprefix("+86")
            has = f"; has {', '.join(found[holder])}" if found[holder] else ""
            yield f"Customer      {phone}  {person.name}{has}"
    yield f"              the code comes to the SMS inbox; payment PIN {PIN}"
