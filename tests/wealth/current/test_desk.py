"""Quotes at the desk: entered, imported and revised by two people; the pages of holdings and runs."""

from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from core.approvals import services as approvals
from core.approvals.models import Approval
from core.approvals.services import ApprovalNeeded
from core.business_day import queries as business_days
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.work import services as work
from core.work.sockets import WORK_KINDS
from tests.desk.people import staff, verified
from tests.wealth.current.world import assert_sound, bought, end_day, fund, held, holder, quoted, revised, state
from wealth.current import importing, late, queries, waiting
from wealth.current.admin import CurrentFigures
from wealth.current.models import CurrentQuote
from wealth.current.services import quotes
from wealth.current.services.quotes import Line
from wealth.current.states import Source
from wealth.rules.current import grown

DAY = timedelta(days=1)
LIST = reverse("admin:wealth_currentquote_changelist")
pytestmark = pytest.mark.django_db


def approve() -> None:
    waiting_one = Approval.objects.get(state="pending")
    approvals.approve(approval_id=waiting_one.id, checker=staff("carl", "finance_checker"), at=clock.now())


def test_a_quote_is_entered_by_two_people_and_the_days_that_waited_are_made_up() -> None:
    product, ann = fund(), holder()
    day = business_days.current()
    bought(product, ann, 1_000_000)
    maker = verified(staff("mary", "finance_maker"))
    form = {"product": product.code, "day": day.isoformat(), "income": "0.5123", "seven_day": "1.862", "reason": "as the issuer wrote"}

    assert maker.post(reverse("admin:wealth_currentquote_do_enter"), form).status_code == 302
    assert queries.quote(product.pk, day) is None
    end_day()
    assert [str(one.value) for one in CurrentFigures().figures(at=clock.now())] == ["1"]
    approve()
    late.catch_up_all(at=clock.now())

    made = queries.quote(product.pk, day)
    assert made is not None
    assert (made.revision, made.source) == (1, "desk")
    assert state(product, ann) == grown(units_fen=1_000_000, rates_e4=[5123])
    assert CurrentFigures().figures(at=clock.now()) == []


def test_a_file_is_taken_as_a_whole_and_every_bad_line_is_named() -> None:
    product = fund()
    day = business_days.current()
    quoted(product, "0.5", day - 5 * DAY)
    good = f"product,day,income,seven_day\n{product.code},{day - DAY},0.5123,\n{product.code},{day},0.5124,1.862\n"
    bad = (
        f"product,day,income\n{product.code},{day},0.51234\nNONE,{day},0.5\n{product.code},yesterday,0.5\n"
        f"{product.code},{day + 9 * DAY},1\n"
        f"{product.code},{day - 5 * DAY},0.4\n{product.code},{day - DAY},0.5\n{product.code},{day - DAY},0.5\none,two\n"
    )

    lines = importing.parsed(good, at=start_of_day(day))
    assert [(line.day, str(line.income_per_10k)) for line in lines] == [(day - DAY, "0.5123"), (day, "0.5124")]
    with pytest.raises(importing.BadFile) as refused:
        importing.parsed(bad, at=start_of_day(day))

    told = refused.value.text("en")
    for word in ("2: ", "3: no product 'NONE'", "4: no day", "5: ", "6: ", "8: ", "twice", "9: 2 columns"):
        assert word in told, (word, told)
    assert "7: " not in told
    with pytest.raises(importing.BadFile):
        importing.parsed("day,income\n", at=start_of_day(day))


def test_an_issuers_other_word_asks_an_operator_and_a_revision_shows_what_it_corrects() -> None:
    product, ann = fund(), holder()
    day = business_days.current()
    bought(product, ann, 1_000_000)
    quoted(product, "1.0000")
    end_day()
    quoted(product, "2.0000", day)
    assert work.is_open(kind=quotes.REVISED, target=product.public_id)
    assert CurrentQuote.objects.count() == 1
    row = CurrentQuote.objects.get()
    maker = verified(staff("mary", "finance_maker"))

    asked = maker.post(reverse("admin:wealth_currentquote_revise", args=[row.pk]), {"income": "2.0000", "reason": "as they say"})

    assert asked.status_code == 302
    payload = Approval.objects.get(state="pending").payload
    assert payload["seen"] == {"days": 1, "holdings": 1, "more_fen": 100, "less_fen": 0, "short": 0}
    approve()
    late.catch_up_all(at=clock.now())
    assert state(product, ann) == (1_000_200, 0)
    assert not work.is_open(kind=quotes.REVISED, target=product.public_id)
    assert_sound(product)


def test_a_revision_whose_preview_is_out_of_date_or_that_nobody_approved_is_refused() -> None:
    product, ann = fund(), holder(3)
    day = business_days.current()
    bought(product, ann, 1_000_000)
    quoted(product, "1.0000")
    end_day()
    line = Line(product.pk, day, Decimal("2.0000"))
    seen = quotes.preview(line=line, at=start_of_day(day + DAY))
    with pytest.raises(ApprovalNeeded):
        quotes.revise(line=line, seen=seen, at=clock.now())
    with pytest.raises(ApprovalNeeded):
        quotes.enter(lines=[line], source=Source.DESK, at=clock.now())
    bought(product, holder(3), 9_000_000, counts_from=day)
    with approvals.applying(quotes.REVISE, maker="staff:mary", checker="staff:carl"), pytest.raises(quotes.PreviewOutdated):
        quotes.revise(line=line, seen=seen, at=start_of_day(day + DAY))
    assert asdict(seen)["holdings"] == 1
    assert CurrentQuote.objects.count() == 1


def test_the_pages_tell_of_days_in_both_languages() -> None:
    product, ann = fund(), holder()
    first = business_days.current()
    bought(product, ann, 1_000_000)
    quoted(product, "1.0000")
    end_day()
    revised(product, "2.0000", first)
    client = verified(staff("mia", "finance_maker"))
    page = reverse("admin:wealth_currentholding_change", args=[held(product, ann).pk])
    shown = client.get(page).content.decode()
    for text in (held(product, ann).public_id, "10,002.00", "2.0000", "-1.0000", "Frozen units"):
        assert text in shown, text
    assert "冻结份额" in client.get(page, headers={"Accept-Language": "zh-hans"}).content.decode()
    for name in ("currentquote", "currentholding", "currentrun"):
        assert client.get(reverse(f"admin:wealth_{name}_changelist")).status_code == 200
    assert WORK_KINDS.get(waiting.MISSING) is not None
    assert WORK_KINDS.get(quotes.REVISED) is not None


def test_who_books_what_waits_sees_how_much_it_was() -> None:
    product, ann = fund(), holder()
    day = business_days.current()
    bought(product, ann, 1_000_000)
    end_day()
    quoted(product, "1.0000", day)

    client = verified(staff("mia", "finance_checker"))
    assert client.post(reverse("admin:wealth_currentrun_do_catch-up"), {"reason": "the quote came"}).status_code == 302

    assert state(product, ann) == (1_000_100, 0)
