"""The sandbox inbox as a page: every text message the platform sent in development, newest first."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join

from accounts.identity import queries
from accounts.identity.phones import masked
from core.clock.queries import local
from core.errors import Invalid

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5"><title>Sandbox inbox · 沙箱短信</title><style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;background:#f6f7f9;color:#1c2733}}
li{{list-style:none;background:#fff;border:1px solid #dde3ea;border-radius:10px;padding:.8rem 1rem;margin:.6rem 0}}
ul{{padding:0}}b{{font-size:1.5rem;letter-spacing:.15em}}small{{color:#5b6b7c}}</style></head><body>
<h1>Sandbox inbox · 沙箱短信</h1><p>Codes the platform sent, newest first. Codes of the sandbox bank (binding a card) are in
<a href="{bank}/inbox">its own inbox</a>. 平台发送的验证码;绑卡验证码见沙箱银行收件箱。</p>
<form><input name="phone" placeholder="phone" value="{phone}"> <button>Filter · 筛选</button></form>{note}<ul>{rows}</ul></body></html>"""
ROW = "<li><small>{} · {}</small><br><b>{}</b><br>{}</li>"


def inbox(request: HttpRequest) -> HttpResponse:
    """GET /sandbox/inbox?phone=. Answers 404 in production."""
    if settings.PRODUCTION:
        raise Http404
    phone, note = request.GET.get("phone", ""), ""
    try:
        found = queries.sandbox_messages(phone)
    except Invalid as refused:
        found, note = [], refused.text("en")
    rows = format_html_join(
        "", ROW, ((f"{local(row.created_at):%Y-%m-%d %H:%M:%S}", masked(row.phone), row.code, row.text) for row in found)
    )
    empty = "Nothing yet. 暂无短信。" if not found and not note else note
    return HttpResponse(format_html(PAGE, bank=settings.SANDBOX_BANK_URL, phone=phone, note=empty, rows=rows))
