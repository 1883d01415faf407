"""What every channel adapter must do, run on the real peer of each. An adapter's test module subclasses ChannelContract.

class TestSandboxBank(ChannelContract):
    @pytest.fixture
    def peer(self, ...) -> Peer: ...
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Protocol

import pytest

from core.ids import new_id, public_id
from payments.channels.port import (
    ActionRequired,
    AgreementNotice,
    Capability,
    Elements,
    Failed,
    NotCapable,
    NoticeRefused,
    Order,
    OrderNotice,
    Pending,
    Port,
    Signed,
    SignStarted,
    StatementNotReady,
    Success,
    Unknown,
    Unsigned,
)

Letter = tuple[str, dict[str, str], bytes]
FAULTS_BEFORE = ("timeout_before", "error_before")
FAULTS_AFTER = ("timeout_after", "error_after", "forged_answer")


class Peer(Protocol):
    """The other side, as far as the suite must arrange it."""

    port: Port

    def elements(self) -> Elements:
        """A person with a card at the peer."""
        ...

    def sms_code(self, mobile: str) -> str: ...

    def token(self) -> str:
        """A fresh agreement on a card with money."""
        ...

    def fault(self, name: str) -> AbstractContextManager[None]:
        """One of FAULTS_BEFORE, FAULTS_AFTER, busy, declined, pending, stale_notice, forged_notice."""
        ...

    def payer_acts(self, request_no: str) -> None:
        """The payer pays, or the payee accepts, what waits for them under that number."""
        ...

    def finish_payout_back(self, request_no: str) -> None:
        """Let a payout that was done come back."""
        ...

    def letters(self, count: int) -> list[Letter]:
        """Wait for that many notices and give them as they came."""
        ...

    def forgeries(self, letter: Letter) -> list[Letter]:
        """The same notice with each thing changed that its signature covers, and addressed to another merchant."""
        ...

    def stamp(self, letter: Letter) -> datetime:
        """When the notice says it was sent."""
        ...

    def cancel(self, token: str) -> None:
        """The channel's side ends an agreement."""
        ...

    def next_day(self) -> date:
        """Let the channel's day end; the day that ended."""
        ...


def number() -> str:
    return public_id("chr", new_id())


def wall() -> datetime:
    return datetime.now(UTC)


class ChannelContract:
    """Subclasses give `peer`. What a channel truly has not is told by its capabilities, or by turning off one of the flags; without either
    it is held to all of it."""

    FEE_FEN = 20
    """Of a payment of 100.00."""
    KEEPS_REFUSALS = True
    """A number that was refused is refused for good. Off: it was not used up."""
    KEEPS_CLOSED_NUMBERS = True
    """A number can be closed before it is ever seen. Off: closing it tells that it will not be paid, and no more."""
    KNOWS_FROM_PLACING = True
    """A payment is known from when it was placed. Off: from when its payer takes it up; until then, what was lost is sent again."""
    CLOSES_AT_ONCE = True
    """A number that nobody began to pay is closed at once. Off: a code that was given out can be taken up until it is too old."""
    PAYOUTS_COME_BACK = True
    LISTS_PAYOUTS_WITH_ORDERS = True
    REFUSES_OVER_REFUNDS = True
    """Off: the peer is a stand-in that does not."""

    @pytest.fixture
    def peer(self) -> Iterator[Peer]:
        raise NotImplementedError

    def pay(self, peer: Peer, token: str, amount_fen: int = 10_000, request_no: str = "") -> tuple[str, object]:
        """Pay through and through: where the payer has to act, they do."""
        request_no = request_no or number()
        result = peer.port.pay(request_no=request_no, token=token, amount_fen=amount_fen, currency="CNY", subject="test")
        if isinstance(result, ActionRequired):
            assert Capability.SIGN not in peer.port.capabilities, "who has signed is not asked again"
            assert result.url
            peer.payer_acts(request_no)
            return request_no, peer.port.query(request_no=request_no)
        return request_no, result

    def found(self, peer: Peer, request_no: str) -> object:
        """What asking finds; where the payer still has to act, they do."""
        result = peer.port.query(request_no=request_no)
        if not self.KNOWS_FROM_PLACING:
            assert isinstance(result, Unknown)
            assert result.seen is False
            return self.pay(peer, "", request_no=request_no)[1]
        if isinstance(result, ActionRequired):
            peer.payer_acts(request_no)
            return peer.port.query(request_no=request_no)
        return result

    def payout(self, peer: Peer, token: str, request_no: str, amount_fen: int) -> object:
        """Pay out through and through."""
        result = peer.port.payout(request_no=request_no, token=token, amount_fen=amount_fen, currency="CNY", remark="test")
        if isinstance(result, ActionRequired):
            assert Capability.SIGN not in peer.port.capabilities
            peer.payer_acts(request_no)
            return peer.port.query_payout(request_no=request_no)
        return result

    def signs(self, peer: Peer) -> bool:
        """Whether the channel signs cards; one that does not says so by NotCapable, whatever is asked."""
        if Capability.SIGN in peer.port.capabilities:
            return True
        for ask in (
            lambda: peer.port.sign_start(request_no=number(), elements=Elements("n", "i", "c", "m")),
            lambda: peer.port.sign_confirm(request_no=number(), sign_ref="s", sms_code="000000"),
            lambda: peer.port.resend(request_no=number(), sign_ref="s"),
            lambda: peer.port.unsign(request_no=number(), token="t"),
            lambda: peer.port.query_sign(request_no=number(), operation="sign_start", sign_ref="s"),
        ):
            with pytest.raises(NotCapable):
                ask()
        return False

    def test_what_an_adapter_does_not_declare_it_refuses(self, peer: Peer) -> None:
        self.signs(peer)
        if Capability.STATEMENT_CAMT053 not in peer.port.capabilities:
            with pytest.raises(NotCapable):
                peer.port.fetch_statement(day=wall().date(), kind="account", format="camt053")
        if Capability.PAYOUT not in peer.port.capabilities:
            with pytest.raises(NotCapable):
                peer.port.payout(request_no=number(), token="t", amount_fen=1, currency="CNY", remark="test")

    def test_signing_takes_the_elements_and_the_code_and_gives_a_token(self, peer: Peer) -> None:
        if not self.signs(peer):
            return
        elements = peer.elements()
        started = peer.port.sign_start(request_no=number(), elements=elements)
        assert isinstance(started, Success)
        assert isinstance(started.facts, SignStarted)
        confirm_no = number()
        code = peer.sms_code(elements.mobile)
        signed = peer.port.sign_confirm(request_no=confirm_no, sign_ref=started.facts.sign_ref, sms_code=code)
        assert isinstance(signed, Success)
        assert isinstance(signed.facts, Signed)
        assert signed.facts.last4 == elements.card_number[-4:]
        asked = peer.port.query_sign(request_no=confirm_no, operation="sign_confirm", sign_ref=started.facts.sign_ref)
        assert asked == signed
        again = peer.port.sign_confirm(request_no=number(), sign_ref=started.facts.sign_ref, sms_code=code)
        assert again == signed, "a signing confirmed by an earlier, lost call is a success"
        ended = peer.port.unsign(request_no=number(), token=signed.facts.token)
        assert ended == Success(Unsigned(signed.facts.token))

    def test_a_wrong_code_is_refused_and_counts(self, peer: Peer) -> None:
        if not self.signs(peer):
            return
        elements = peer.elements()
        started = peer.port.sign_start(request_no=number(), elements=elements)
        assert isinstance(started, Success)
        code = peer.sms_code(elements.mobile)
        wrong = "000000" if code != "000000" else "111111"
        refused = peer.port.sign_confirm(request_no=number(), sign_ref=started.facts.sign_ref, sms_code=wrong)
        assert isinstance(refused, Failed)
        assert refused.tries_left == 2

    def test_a_payment_is_done_once_however_often_its_number_is_sent(self, peer: Peer) -> None:
        token = peer.token()
        request_no, first = self.pay(peer, token)
        assert isinstance(first, Success)
        assert isinstance(first.facts, Order)
        assert (first.facts.amount_fen, first.facts.currency, first.facts.request_no) == (10_000, "CNY", request_no)
        assert self.pay(peer, token, request_no=request_no)[1] == first
        assert peer.port.query(request_no=request_no) == first
        _, other = self.pay(peer, token, amount_fen=10_001, request_no=request_no)
        assert isinstance(other, Failed), "the same number with another amount is another payment, and refused"

    def test_a_number_never_sent_is_not_seen(self, peer: Peer) -> None:
        asks = [peer.port.query, partial(peer.port.query_refund, payment_request_no=number())]
        if Capability.PAYOUT in peer.port.capabilities:
            asks.append(peer.port.query_payout)
        for ask in asks:
            answer = ask(request_no=number())
            assert isinstance(answer, Unknown)
            assert answer.seen is False

    def test_a_refusal_is_definite_and_replayed(self, peer: Peer) -> None:
        token = peer.token()
        with peer.fault("declined"):
            request_no, refused = self.pay(peer, token)
        assert isinstance(refused, Failed)
        if not self.KEEPS_REFUSALS:
            assert refused.decided is False
            assert peer.port.query(request_no=request_no).seen is False
            return
        assert self.pay(peer, token, request_no=request_no)[1] == refused
        assert peer.port.query(request_no=request_no) == refused

    @pytest.mark.parametrize("name", FAULTS_BEFORE)
    def test_a_call_lost_before_its_effect_is_unknown_and_not_seen(self, peer: Peer, name: str) -> None:
        token = peer.token()
        with peer.fault(name):
            request_no, lost = self.pay(peer, token)
        assert isinstance(lost, Unknown)
        asked = peer.port.query(request_no=request_no)
        assert isinstance(asked, Unknown)
        assert asked.seen is False
        assert isinstance(self.pay(peer, token, request_no=request_no)[1], Success)

    @pytest.mark.parametrize("name", FAULTS_AFTER)
    def test_a_call_whose_answer_is_lost_or_forged_is_unknown_and_found_by_asking(self, peer: Peer, name: str) -> None:
        token = peer.token()
        with peer.fault(name):
            request_no, lost = self.pay(peer, token)
        assert isinstance(lost, Unknown)
        assert isinstance(self.found(peer, request_no), Success)

    def test_a_busy_channel_did_nothing_and_takes_the_same_number_later(self, peer: Peer) -> None:
        token = peer.token()
        with peer.fault("busy"):
            request_no, refused = self.pay(peer, token)
        assert isinstance(refused, Failed)
        assert refused.retryable is True
        assert isinstance(self.pay(peer, token, request_no=request_no)[1], Success)

    def test_a_question_that_is_refused_says_nothing_about_the_payment(self, peer: Peer) -> None:
        request_no, _ = self.pay(peer, peer.token())
        with peer.fault("busy"):
            asked = peer.port.query(request_no=request_no)
        assert isinstance(asked, Unknown)
        assert asked.seen is True

    def test_a_payment_that_is_not_decided_is_pending(self, peer: Peer) -> None:
        """Where the payer has to act, it is not decided until they do."""
        undecided = Pending if Capability.SIGN in peer.port.capabilities else ActionRequired
        token, request_no = peer.token(), number()
        with peer.fault("pending"):
            taken = peer.port.pay(request_no=request_no, token=token, amount_fen=10_000, currency="CNY", subject="test")
        assert isinstance(taken, undecided)
        assert isinstance(peer.port.query(request_no=request_no), undecided)
        closed = peer.port.close(request_no=request_no, operation="pay")
        assert isinstance(closed, Failed)
        assert peer.port.query(request_no=request_no) == closed

    def test_a_closed_number_never_pays(self, peer: Peer) -> None:
        request_no = number()
        closed = peer.port.close(request_no=request_no, operation="pay")
        if not self.CLOSES_AT_ONCE:
            assert isinstance(closed, ActionRequired)
            return
        assert isinstance(closed, Failed)
        assert closed.decided is True
        if not self.KEEPS_CLOSED_NUMBERS:
            return
        assert isinstance(self.pay(peer, peer.token(), request_no=request_no)[1], Failed)

    def test_closing_what_was_done_tells_that_it_was_done(self, peer: Peer) -> None:
        request_no, paid = self.pay(peer, peer.token())
        assert peer.port.close(request_no=request_no, operation="pay") == paid

    def test_refunds_give_back_once_and_never_more_than_was_paid(self, peer: Peer) -> None:
        payment_no, _ = self.pay(peer, peer.token())
        refund_no = number()
        terms = {"payment_request_no": payment_no, "amount_fen": 6_000, "currency": "CNY", "reason": "test"}
        first = peer.port.refund(request_no=refund_no, **terms)
        assert isinstance(first, Success)
        assert peer.port.refund(request_no=refund_no, **terms) == first
        assert peer.port.query_refund(request_no=refund_no, payment_request_no=payment_no) == first
        if self.REFUSES_OVER_REFUNDS:
            assert isinstance(peer.port.refund(request_no=number(), **terms), Failed)

    def test_a_payout_is_done_once_and_may_come_back(self, peer: Peer) -> None:
        if Capability.PAYOUT not in peer.port.capabilities:
            return
        token, request_no = peer.token(), number()
        first = self.payout(peer, token, request_no, 5_000)
        assert isinstance(first, Success)
        assert (first.facts.amount_fen, first.facts.request_no, first.facts.returned) == (5_000, request_no, False)
        assert self.payout(peer, token, request_no, 5_000) == first
        assert peer.port.query_payout(request_no=request_no) == first
        if not self.PAYOUTS_COME_BACK:
            return
        peer.finish_payout_back(request_no)
        back = peer.port.query_payout(request_no=request_no)
        assert isinstance(back, Success)
        assert back.facts.returned is True
        assert back.facts.code != ""

    def test_a_notice_is_believed_only_with_its_signature_over_these_bytes_and_in_time(self, peer: Peer) -> None:
        request_no, paid = self.pay(peer, peer.token())
        letter = peer.letters(1)[0]
        path, headers, raw = letter
        read = peer.port.parse_notice(path=path, headers=headers, raw_body=raw, wall=wall())
        assert isinstance(read, OrderNotice)
        assert (read.request_no, read.amount_fen, read.result) == (request_no, 10_000, paid)
        assert peer.port.read_notice(raw_body=raw) == read
        forgeries = peer.forgeries(letter)
        assert forgeries
        for other_path, other_headers, other_raw in forgeries:
            with pytest.raises(NoticeRefused):
                peer.port.parse_notice(path=other_path, headers=other_headers, raw_body=other_raw, wall=wall())
        stamp = peer.stamp(letter)
        for seconds in (300, -300):
            assert peer.port.parse_notice(path=path, headers=headers, raw_body=raw, wall=stamp + timedelta(seconds=seconds)) == read
        for seconds in (301, -301):
            with pytest.raises(NoticeRefused, match="timestamp"):
                peer.port.parse_notice(path=path, headers=headers, raw_body=raw, wall=stamp + timedelta(seconds=seconds))

    def test_an_agreement_ended_by_the_channel_is_told(self, peer: Peer) -> None:
        if not self.signs(peer):
            return
        token = peer.token()
        peer.cancel(token)
        path, headers, raw = peer.letters(1)[0]
        read = peer.port.parse_notice(path=path, headers=headers, raw_body=raw, wall=wall())
        assert isinstance(read, AgreementNotice)
        assert read.token == token
        assert token not in repr(read)

    def test_a_days_statement_lists_what_was_done_in_every_format(self, peer: Peer) -> None:
        token = peer.token()
        payment_no, paid = self.pay(peer, token)
        assert isinstance(paid, Success)
        payout_no = number()
        pays_out = Capability.PAYOUT in peer.port.capabilities
        if pays_out:
            assert isinstance(self.payout(peer, token, payout_no, 3_000), Success)
        with pytest.raises(StatementNotReady):
            peer.port.fetch_statement(day=paid.facts.booked_on, kind="payments", format="csv")
        day = peer.next_day()
        assert day == paid.facts.booked_on
        orders = peer.port.fetch_statement(day=day, kind="payments", format="csv")
        listed = {line.request_no: (line.kind, line.amount_fen, line.fee_fen, line.direction) for line in orders.lines}
        assert listed[payment_no] == ("payment", 10_000, self.FEE_FEN, "credit")
        assert orders.summary["net_fen"] == 10_000 - self.FEE_FEN
        table = peer.port.fetch_statement(day=day, kind="account", format="csv")
        if pays_out:
            paid_out = orders if self.LISTS_PAYOUTS_WITH_ORDERS else table
            line = next(line for line in paid_out.lines if line.request_no == payout_no)
            assert (line.kind, line.amount_fen, line.fee_fen, line.direction) == ("payout", 3_000, 0, "debit")
            assert ("payout" in table.orders_here) is not self.LISTS_PAYOUTS_WITH_ORDERS
        if Capability.STATEMENT_CAMT053 in peer.port.capabilities:
            xml = peer.port.fetch_statement(day=day, kind="account", format="camt053")
            assert (xml.lines, xml.summary) == (table.lines, table.summary)
        assert table.summary["closing_fen"] == table.summary["opening_fen"] + orders.summary["net_fen"] - (3_000 if pays_out else 0)
