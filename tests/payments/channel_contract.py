"""What every channel adapter must do, run on the real peer of each. An adapter's test module subclasses ChannelContract.

class TestSandboxBank(ChannelContract):
    @pytest.fixture
    def peer(self, ...) -> Peer: ...
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

import pytest

from core.ids import new_id, public_id
from payments.channels.port import (
    AgreementNotice,
    Capability,
    Elements,
    Failed,
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

    def finish_payout_back(self, request_no: str) -> None:
        """Let a payout that was done come back."""
        ...

    def letters(self, count: int) -> list[Letter]:
        """Wait for that many notices and give them as they came."""
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
    """Subclasses give `peer`."""

    @pytest.fixture
    def peer(self) -> Iterator[Peer]:
        raise NotImplementedError

    def pay(self, peer: Peer, token: str, amount_fen: int = 10_000, request_no: str = "") -> tuple[str, object]:
        request_no = request_no or number()
        return request_no, peer.port.pay(request_no=request_no, token=token, amount_fen=amount_fen, currency="CNY", subject="test")

    def test_signing_takes_the_elements_and_the_code_and_gives_a_token(self, peer: Peer) -> None:
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
        for ask in (peer.port.query, peer.port.query_refund, peer.port.query_payout):
            answer = ask(request_no=number())
            assert isinstance(answer, Unknown)
            assert answer.seen is False

    def test_a_refusal_is_definite_and_replayed(self, peer: Peer) -> None:
        token = peer.token()
        with peer.fault("declined"):
            request_no, refused = self.pay(peer, token)
        assert isinstance(refused, Failed)
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
        assert isinstance(peer.port.query(request_no=request_no), Success)

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
        with peer.fault("pending"):
            request_no, taken = self.pay(peer, peer.token())
        assert isinstance(taken, Pending)
        assert isinstance(peer.port.query(request_no=request_no), Pending)
        closed = peer.port.close(request_no=request_no, operation="pay")
        assert isinstance(closed, Failed)
        assert peer.port.query(request_no=request_no) == closed

    def test_a_closed_number_never_pays(self, peer: Peer) -> None:
        request_no = number()
        assert isinstance(peer.port.close(request_no=request_no, operation="pay"), Failed)
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
        assert peer.port.query_refund(request_no=refund_no) == first
        assert isinstance(peer.port.refund(request_no=number(), **terms), Failed)

    def test_a_payout_is_done_once_and_may_come_back(self, peer: Peer) -> None:
        token, request_no = peer.token(), number()
        terms = {"token": token, "amount_fen": 5_000, "currency": "CNY", "remark": "test"}
        first = peer.port.payout(request_no=request_no, **terms)
        assert isinstance(first, Success)
        assert peer.port.payout(request_no=request_no, **terms) == first
        peer.finish_payout_back(request_no)
        back = peer.port.query_payout(request_no=request_no)
        assert isinstance(back, Success)
        assert back.facts.returned is True
        assert back.facts.code != ""

    def test_a_notice_is_believed_only_with_its_signature_over_these_bytes_and_in_time(self, peer: Peer) -> None:
        request_no, paid = self.pay(peer, peer.token())
        path, headers, raw = peer.letters(1)[0]
        read = peer.port.parse_notice(path=path, headers=headers, raw_body=raw, wall=wall())
        assert isinstance(read, OrderNotice)
        assert (read.request_no, read.amount_fen, read.result) == (request_no, 10_000, paid)
        assert peer.port.read_notice(raw_body=raw) == read
        for changed in (
            {"raw_body": raw.replace(b"10000", b"10001")},
            {"path": path + "?x=1"},
            {"headers": headers | {"Bank-Nonce": "other-nonce"}},
            {"headers": headers | {"Bank-Merchant": "someone-else"}},
        ):
            with pytest.raises(NoticeRefused):
                peer.port.parse_notice(**({"path": path, "headers": headers, "raw_body": raw, "wall": wall()} | changed))
        stamp = datetime.fromtimestamp(int(headers["Bank-Timestamp"]), UTC)
        for seconds in (300, -300):
            assert peer.port.parse_notice(path=path, headers=headers, raw_body=raw, wall=stamp + timedelta(seconds=seconds)) == read
        for seconds in (301, -301):
            with pytest.raises(NoticeRefused, match="timestamp"):
                peer.port.parse_notice(path=path, headers=headers, raw_body=raw, wall=stamp + timedelta(seconds=seconds))

    def test_an_agreement_ended_by_the_channel_is_told(self, peer: Peer) -> None:
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
        peer.port.payout(request_no=payout_no, token=token, amount_fen=3_000, currency="CNY", remark="test")
        with pytest.raises(StatementNotReady):
            peer.port.fetch_statement(day=paid.facts.booked_on, kind="payments", format="csv")
        day = peer.next_day()
        assert day == paid.facts.booked_on
        orders = peer.port.fetch_statement(day=day, kind="payments", format="csv")
        listed = {line.request_no: (line.kind, line.amount_fen, line.fee_fen, line.direction) for line in orders.lines}
        assert listed[payment_no] == ("payment", 10_000, 20, "credit")
        assert listed[payout_no] == ("payout", 3_000, 0, "debit")
        table = peer.port.fetch_statement(day=day, kind="account", format="csv")
        if Capability.STATEMENT_CAMT053 in peer.port.capabilities:
            xml = peer.port.fetch_statement(day=day, kind="account", format="camt053")
            assert (xml.lines, xml.summary) == (table.lines, table.summary)
        assert table.summary["closing_fen"] == orders.summary["net_fen"] - 3_000
