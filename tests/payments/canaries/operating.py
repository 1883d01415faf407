"""The same canaries typed by operators: into search boxes, forms, reasons and the door; and every page and export read."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.verification.models import RealName
from core.desk.base import DeskAdmin
from core.desk.site import desk
from tests.desk.people import staff, verified, with_password
from tests.payments.canaries.planting import Canaries

REASON = "case 4711: caller forgot the number"


@dataclass
class Desk:
    """A member of staff who may do everything. `pages`: what was shown, by address; `files`: what was exported; `shown`: what a reveal
    gave, and a search page to who typed it."""

    canaries: Canaries
    client: Client = field(default_factory=lambda: verified(staff("canary", "auditor", "support", "risk", "finance_maker", superuser=True)))
    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    typed: dict[str, tuple[str, str]] = field(default_factory=dict)
    reveals: dict[str, str] = field(default_factory=dict)

    def terms(self) -> list[str]:
        """A phone in three spellings, an identity number, a name and a card."""
        values = self.canaries.found
        phone = values["phone"][0]
        return [phone, f"+86{phone}", f"{phone[:3]} {phone[3:7]} {phone[7:]}", values["identity"][0], values["name"][0], values["card"][0]]

    def work(self) -> None:
        for part in (self.knock, self.search, self.reveal, self.give_reasons, self.block, self.read, self.export):
            part()

    def knock(self) -> None:
        """The door: what is typed into the wrong box."""
        with_password(staff("knocker", "support"))
        for term in self.terms():
            answer = Client().post(reverse("admin:login"), {"username": term, "password": term})
            self.typed[f"login {term}"] = (term, answer.content.decode())

    def search(self) -> None:
        """Every term on pages that know how to find, and on a few of the others, which all share one box."""
        for place, (name, page) in enumerate(lists()):
            two = [self.terms()[(place + step) % 6] for step in (0, 3)]
            for term in self.terms() if page.opts.model_name == "customer" else two if finds_words(page) or place % 20 == 0 else []:
                answer = self.client.get(name, {"q": term}, follow=True)
                self.typed[f"{name}?q={term}"] = (term, answer.content.decode())

    def reveal(self) -> None:
        name = RealName.objects.get(customer_id=self.canaries.customer_id)
        for table, key in (("customer", self.canaries.customer_id), ("realname", name.pk)):
            answer = self.client.post(reverse(f"admin:accounts_{table}_reveal", args=[key]), {"reason": REASON})
            self.reveals[table] = answer.content.decode()

    def give_reasons(self) -> None:
        """Reasons are kept for good, so one that names a number is refused."""
        address = reverse("admin:accounts_customer_reveal", args=[self.canaries.customer_id])
        day = {"exchange": "CANARY", "day": "2027-02-08", "is_open": "", "source": "operator", "note": ""}
        name = self.canaries.found["name"][0]
        for term in (term for term in self.terms() if term != name):
            reason = f"case 4711: {term} called"
            for where, body in (
                (address, {"reason": reason}),
                (reverse("admin:core_tradingday_add"), day | {"note": term, "reason": reason}),
            ):
                answer = self.client.post(where, body)
                assert answer.status_code == 200, (where, term)
                assert "never personal data" in answer.content.decode(), (where, term)

    def block(self) -> None:
        address = reverse("admin:payments_risklistentry_do_block")
        body = {"what": "phone", "who": self.canaries.found["phone"][0], "until": "", "reason": "case 4711: stolen phone"}
        assert self.client.post(address, body).status_code == 302
        for term in self.terms()[3:]:
            self.client.post(address, body | {"who": term})

    def read(self) -> None:
        """Every list that has rows, and the latest row of each."""
        asking = self.client.get(reverse("admin:index")).wsgi_request
        for name, page in lists():
            row = page.get_queryset(asking).order_by("-pk").first()
            if row is not None:
                for address in (name, page.address_of(row)):
                    self.pages[address] = self.client.get(address, follow=True).content.decode()
        for address in ("admin:index", "admin:charts"):
            self.pages[address] = self.client.get(reverse(address)).content.decode()

    def export(self) -> None:
        """Each export, filtered by a canary where the page can find one, and whole."""
        for name, page in lists():
            if not page.exports:
                continue
            terms = self.terms()[:1] if finds_words(page) else []
            for query in ["", *(f"?q={term}" for term in terms)]:
                answer: Any = self.client.post(f"{name}export/{query}", {"reason": "the yearly audit"})
                self.files[f"{name}{query}"] = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def lists() -> list[tuple[str, DeskAdmin]]:
    found = []
    for model, page in desk._registry.items():
        if isinstance(page, DeskAdmin):
            try:
                found.append((reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"), page))
            except NoReverseMatch:
                continue
    return found


def finds_words(page: DeskAdmin) -> bool:
    """Whether the page finds by more than public ids."""
    return type(page).find is not DeskAdmin.find
