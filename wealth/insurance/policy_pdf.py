"""A policy as a PDF in Chinese and English, its font embedded: it reads the same on every machine and its text can be copied."""

from datetime import datetime, timedelta

from fpdf import FPDF, XPos, YPos
from fpdf.enums import WrapMode
from pylopdf_fonts_zh_cn import sans_path

from accounts.verification.id_numbers import masked_id_number
from core.clock.queries import local
from wealth.insurance.models import InsurancePolicy

FONT = "NotoSansSC"
MARGIN_MM, LABEL_MM, LINE_MM = 20, 60, 7
TITLE_PT, TEXT_PT, SMALL_PT = 16, 11, 9
BLACK, GREY = 26, 102


def rendered(policy: InsurancePolicy, at: datetime) -> bytes:
    """It parses the font, so it takes about a third of a second: never in a transaction."""
    page = FPDF(format="A4")
    page.set_title(f"Policy {policy.number}")
    page.set_lang("zh-CN")
    page.set_creator("Banyan")
    page.set_creation_date(at)
    page.set_margin(MARGIN_MM)
    page.add_font(FONT, fname=sans_path())
    page.add_page()
    page.set_font(FONT, size=TITLE_PT)
    page.cell(0, LINE_MM * 1.5, "电子保单 Electronic policy", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font(FONT, size=TEXT_PT)
    for label, value in lines(policy):
        line(page, label, value)
    page.ln(LINE_MM)
    page.set_font(FONT, size=SMALL_PT)
    page.set_text_color(GREY)
    for text in (policy.version.risk_text_zh, policy.version.risk_text_en, f"{local(at):%Y-%m-%d %H:%M}"):
        page.multi_cell(0, LINE_MM, text, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    return bytes(page.output())


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d} CNY"


def lines(policy: InsurancePolicy) -> list[tuple[str, str]]:
    """Label and value of everything it says, both languages in each label."""
    row = policy.application
    last_day = policy.ends_on - timedelta(days=1)
    return [
        ("保单号 Policy number", policy.number),
        ("产品 Product", f"{policy.version.name_zh} {policy.version.name_en} ({policy.product.code})"),
        ("保险公司 Insurer", policy.product.issuer_code),
        ("被保险人 Insured", row.insured_name or ""),
        ("证件号码 Identity number", masked_id_number(row.insured_id_number or "")),
        ("保额 Cover", yuan(policy.cover_fen)),
        ("保费 Premium", f"{yuan(policy.premium_fen)} x {row.payments}"),
        ("缴费间隔 Paid every", f"{row.every_months} 个月 months" if row.payments > 1 else "一次缴清 once"),
        ("保障期 Covered", f"{policy.starts_on} – {last_day}"),
        ("犹豫期至 Cooling-off until", policy.cooling_until.isoformat()),
        ("加费 Loading", f"{row.load_bp / 100:.2f}%"),
    ]


def line(page: FPDF, label: str, value: str) -> None:
    page.set_text_color(GREY)
    page.cell(LABEL_MM, LINE_MM, label)
    page.set_text_color(BLACK)
    page.multi_cell(0, LINE_MM, value, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
