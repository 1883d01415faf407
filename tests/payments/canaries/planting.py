"""Canaries: a person whose phone, identity number, name, card, codes, PIN and tokens go in through the API, well and badly."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from accounts.identity.models import Customer
from core.clock import queries as clock
from tests.factories import Client, RecordingSms
from tests.payments.settle import settle
from tests.sandbox_bank import SandboxBank

PIN, NEW_PIN = "719246", "380517"
INSTALLATION = "canary-installation-7"
ACCOUNTS, PAYMENTS = "/v1/accounts", "/v1/payments"


@dataclass
class Canaries:
    """What must not be found, by what it is; `errors` are refusals and masked answers met on the way, `archive` the customer's own copy."""

    found: dict[str, list[str]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    archive: str = ""
    customer_id: str = ""

    def add(self, kind: str, *values: str) -> None:
        self.found.setdefault(kind, []).extend(values)

    def refused(self, answer: Any) -> None:
        assert answer.status_code >= 400, answer.content
        self.errors.append(answer.content.decode())

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for kind, values in self.found.items():
            yield from ((kind, value) for value in values)


@dataclass
class Life:
    """A customer's first days over the API. `person` is one whom the bank knows."""

    bank: SandboxBank
    sms: RecordingSms
    person: dict[str, Any]
    client: Client = field(default_factory=Client)
    canaries: Canaries = field(default_factory=Canaries)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return str(self.person["cards"][0]["card_number"])

    def code(self) -> str:
        """The latest text's code, a canary from now on."""
        code = self.sms.sent[-1]["text"].split("验证码 ")[1][:6]
        self.canaries.add("code", code)
        return code

    def live(self) -> Canaries:
        mobile = self.person["mobile"]
        self.canaries.add("phone", mobile)
        self.canaries.add("identity", self.person["id_number"])
        self.canaries.add("name", self.person["name"])
        self.canaries.add("card", self.number)
        self.canaries.add("pin", PIN, NEW_PIN)
        self.canaries.add("device", INSTALLATION)
        for part in (
            self.log_in,
            self.prove_the_name,
            self.set_the_pin,
            self.bind_a_card,
            self.move_money,
            self.take_a_copy,
            self.go_round,
        ):
            part()
        return self.canaries

    def post(self, path: str, body: Any = None, status: int = 201, **options: Any) -> Any:
        answer = self.client.post(path, body, **options)
        assert answer.status_code == status, answer.content
        return answer.json()

    def refuse(self, path: str, body: Any = None, **options: Any) -> None:
        self.canaries.refused(self.client.post(path, body, **options))

    def log_in(self) -> None:
        phone, device = f"+86{self.person['mobile']}", {"installation_id": INSTALLATION, "name": "Phone", "platform": "ios"}
        self.post(f"{ACCOUNTS}/sessions/codes", {"phone": phone, "device": device}, 202)
        code = self.code()
        self.refuse(f"{ACCOUNTS}/sessions", {"phone": phone, "code": "x" + code, "device": device})
        self.tokens = self.post(f"{ACCOUNTS}/sessions", {"phone": phone, "code": code, "device": device})
        self.canaries.add("token", self.tokens["access_token"], self.tokens["refresh_token"])
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {self.tokens['access_token']}")
        for kind in ("service_agreement", "privacy_policy"):
            self.post(f"{ACCOUNTS}/consents", {"kind": kind, "version": 1})

    def prove_the_name(self) -> None:
        path, name, number = f"{ACCOUNTS}/verification", self.person["name"], self.person["id_number"]
        self.refuse(path, {"name": name, "id_number": number[:-1] + "x" * 5})
        self.refuse(path, {"name": name + "1", "id_number": number})
        assert self.post(path, {"name": name, "id_number": number})["state"] == "matched"
        self.refuse(path, {"name": name, "id_number": number})

    def proof(self, purpose: str, nonce: str, *, method: str = "pin", amount: int = 0, payee: str = "") -> str:
        act = {"purpose": purpose, "amount": amount, "nonce": nonce} | ({"payee": payee} if payee else {})
        if method == "sms":
            self.post(f"{ACCOUNTS}/step-up/codes", act, 202)
        secret = PIN if method == "pin" else self.code()
        return str(self.post(f"{ACCOUNTS}/step-up/proofs", act | {"method": method, "secret": secret})["proof"])

    def set_the_pin(self) -> None:
        proof = self.proof("set_pin", "first", method="sms")
        self.post(f"{ACCOUNTS}/pin", {"pin": PIN, "proof": proof, "nonce": "first"})
        self.refuse(f"{ACCOUNTS}/pin/change", {"old_pin": NEW_PIN, "pin": PIN})
        self.client.post(f"{ACCOUNTS}/pin/reset/codes")
        self.refuse(f"{ACCOUNTS}/pin/reset", {"code": self.code(), "name": self.person["name"], "id_number": "x", "pin": NEW_PIN})

    def bind_a_card(self) -> None:
        path, body = f"{PAYMENTS}/cards/bindings", {"card_number": f"{self.number[:4]} {self.number[4:]}", "mobile": self.person["mobile"]}
        self.refuse(path, body | {"card_number": self.number + "1"})
        self.refuse(path, body | {"mobile": self.number})
        self.refuse(path, body, key=self.number)
        binding = self.post(path, body)["id"]
        code = self.bank.last_code(self.person["mobile"])
        self.canaries.add("code", code)
        wrong = self.client.post(f"{path}/{binding}/confirm", {"code": "000000" if code != "000000" else "111111"})
        self.canaries.errors.append(wrong.content.decode())
        card = self.post(f"{path}/{binding}/confirm", {"code": code})["card"]["id"]
        self.refuse(f"{PAYMENTS}/cards/{card}/nickname", {"nickname": self.number})
        self.refuse(f"{PAYMENTS}/cards/{self.number}/nickname", {"nickname": "x"})
        self.card = card

    def move_money(self) -> None:
        amount, wallet = 10_000, f"{PAYMENTS}/wallet"
        proof = self.proof("top_up", "t", amount=amount, payee=self.card)
        self.post(f"{wallet}/top-ups", {"card_id": self.card, "amount": amount, "proof": proof}, key="t")
        settle(clock.now())
        proof = self.proof("withdraw", "w", amount=100, payee=self.card)
        self.post(f"{wallet}/withdrawals", {"card_id": self.card, "amount": 100, "proof": proof}, key="w")
        settle(clock.now())
        self.canaries.errors.append(self.client.post(f"{wallet}/payees", {"phone": self.person["mobile"]}).content.decode())
        self.refuse(f"{wallet}/payees", {"phone": self.person["id_number"]})
        self.refuse(f"{wallet}/transfers", {"phone": self.person["mobile"], "amount": 1, "remark": self.number})

    def take_a_copy(self) -> None:
        proof = self.proof("export_data", "e")
        made = self.post(f"{ACCOUNTS}/exports", {"proof": proof, "nonce": "e"})["id"]
        settle(clock.now())
        answer = self.client.get(f"{ACCOUNTS}/exports/{made}/archive")
        assert answer.status_code == 200, answer.content
        self.canaries.archive = answer.content.decode()
        self.canaries.customer_id = str(Customer.objects.get(id__in=self.owners()).id)

    def owners(self) -> list[Any]:
        public = self.client.get(f"{ACCOUNTS}/me").json()["id"]
        return [row.id for row in Customer.objects.all() if row.public_id == public]

    def go_round(self) -> None:
        """Refreshing, a token used twice, and addresses that hold what they must not."""
        token = self.tokens["refresh_token"]
        fresh = self.post(f"{ACCOUNTS}/sessions/refresh", {"refresh_token": token}, 200)
        self.canaries.add("token", fresh["access_token"], fresh["refresh_token"])
        self.refuse(f"{ACCOUNTS}/sessions/refresh", {"refresh_token": token})
        for value in (self.person["mobile"], self.person["id_number"], self.person["name"], self.number, self.tokens["access_token"]):
            self.canaries.refused(self.client.get(f"{PAYMENTS}/cards", {"cursor": value, "phone": value}))
            self.canaries.refused(self.client.get("/v1/nowhere", {"q": value}))
