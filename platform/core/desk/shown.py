"""How single values are shown: money, states, ids as links, JSON, durations."""

import json
import uuid
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.clock.queries import local
from core.desk.masking import yuan

GOOD, MIDDLE, BAD = "success", "warning", "danger"
TONES = {
    GOOD: {
        "open",
        "active",
        "done",
        "success",
        "applied",
        "closed",
        "paid",
        "posted",
        "captured",
        "succeeded",
        "matched",
        "settled",
        "accepted",
        "bound",
        "refunded",
    },
    MIDDLE: {
        "pending",
        "unknown",
        "new",
        "sent",
        "waiting",
        "running",
        "cut_off",
        "held",
        "processing",
        "action_required",
        "frozen",
        "retrying",
        "in_transit",
        "created",
        "suspended",
        "refunding",
        "verifying",
        "sms_sent",
        "no_debit",
        "unavailable",
        "in_review",
    },
    BAD: {
        "dead",
        "failed",
        "rejected",
        "expired",
        "revoked",
        "mismatched",
        "returned",
        "broken",
        "locked",
        "to_manual",
        "reuse",
        "declined",
        "refused",
        "abandoned",
    },
}
LAST_WORDS = {"fen": "yuan", "bp": "bp", "s": "s", "ms": "ms", "zh": "Chinese", "en": "English"}
LINK = "text-primary-600 hover:underline dark:text-primary-500"
TABLE = '<div class="overflow-x-auto"><table class="w-full"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
BADGE = "inline-block font-semibold rounded-default text-[11px] uppercase whitespace-nowrap h-6 leading-6 px-2 "
COLOURS = {
    GOOD: "bg-green-100 text-green-700 dark:bg-green-500/20 dark:text-green-400",
    MIDDLE: "bg-orange-100 text-orange-700 dark:bg-orange-500/20 dark:text-orange-400",
    BAD: "bg-red-100 text-red-700 dark:bg-red-500/20 dark:text-red-400",
    "": "bg-base-500/8 text-base-700 dark:bg-base-500/20 dark:text-base-200",
}


def badge(state: str, words: str | None = None) -> SafeString:
    """A state as a coloured label; the colour says whether somebody should look."""
    tone = next((tone for tone, states in TONES.items() if state in states), "")
    return format_html('<span class="{}">{}</span>', BADGE + COLOURS[tone], words or _(state.replace("_", " ")))


def money(fen: int | None) -> SafeString:
    return format_html('<span class="tabular-nums whitespace-nowrap">{}</span>', yuan(fen))


def when(at: datetime | None) -> SafeString | str:
    """Shanghai time to the second, on one line."""
    return format_html('<span class="tabular-nums whitespace-nowrap">{}</span>', local(at).strftime("%Y-%m-%d %H:%M:%S")) if at else "-"


def on(day: date) -> SafeString:
    """A day, on one line."""
    return format_html('<span class="tabular-nums whitespace-nowrap">{}</span>', day.isoformat())


def column_words(name: str) -> str:
    """A column's name as words with its unit or language; amounts are shown in yuan: `cap_fen` -> `cap (yuan)`."""
    words, _underscore, last = name.rpartition("_")
    named = f"{words} ({LAST_WORDS[last]})" if words and last in LAST_WORDS else name
    return named.replace("_fen", " (yuan)").replace("_", " ")


def age(since: datetime | None, at: datetime) -> str:
    """How long ago, as `duration` says it."""
    return "-" if since is None else duration(at - since)


def duration(length: timedelta) -> str:
    """In the largest unit that says enough: `42 s`, `7 min`, `3 h`, `12 d`."""
    seconds = max(int(length.total_seconds()), 0)
    for size, words in ((86_400, _("{number} d")), (3600, _("{number} h")), (60, _("{number} min"))):
        if seconds >= 2 * size:
            return words.format(number=seconds // size)
    return _("{number} s").format(number=seconds)


def mono(text: Any) -> SafeString:
    return format_html('<span class="font-mono text-xs">{}</span>', text)


def link(model_label: str, pk: uuid.UUID | str | int | None, text: str) -> SafeString | str:
    """A link to a row's page, or the text when nobody registered such a page."""
    if pk is None:
        return "-"
    app, _dot, model = model_label.partition(".")
    try:
        address = reverse(f"admin:{app}_{model}_change", args=[pk])
    except NoReverseMatch:
        return mono(text)
    return format_html('<a class="font-mono text-xs {}" href="{}">{}</a>', LINK, address, text)


def document(value: Any) -> SafeString:
    """JSON, indented; a dash for nothing."""
    if not value:
        return mono("-")
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True, default=str)
    return format_html('<pre class="font-mono text-xs whitespace-pre-wrap break-all">{}</pre>', text)


def plainly(value: Any) -> Any:
    """A cell as text: yes and no, a dash for nothing."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "-" if value is None or value == "" else value


def table(header: Iterable[object], rows: Iterable[Iterable[object]]) -> SafeString:
    """A small table inside a page; cells are escaped unless they are safe markup already."""
    head = format_html_join("", '<th class="font-semibold pr-6 py-1.5 text-left whitespace-nowrap">{}</th>', ((cell,) for cell in header))
    lines = [format_html_join("", '<td class="align-top pr-6 py-1.5">{}</td>', ((cell,) for cell in row)) for row in rows]
    body = format_html_join("", '<tr class="border-t border-base-200 dark:border-base-800">{}</tr>', ((line,) for line in lines))
    if not lines:
        return format_html('<p class="py-1.5">{}</p>', _("Nothing here."))
    return format_html(TABLE, head, body)
