"""A receipt as a PDF of one A4 page, its Chinese font embedded: it reads the same on every machine and its text can be copied."""

from fpdf import FPDF, XPos, YPos
from fpdf.enums import WrapMode
from pylopdf_fonts_zh_cn import sans_path

from payments.wallet.receipts import Receipt

FONT = "NotoSansSC"
MARGIN_MM, LABEL_MM, LINE_MM = 20, 45, 7
TITLE_PT, AMOUNT_PT, TEXT_PT, SMALL_PT = 16, 24, 11, 9
BLACK, GREY, RULE = 26, 102, 200


def rendered(receipt: Receipt) -> bytes:
    """The file. It parses the font, so it takes about a third of a second: never in a loop or a transaction.

    A character the font has not (emoji, very rare names) shows as a box.
    """
    page = blank(receipt)
    page.set_font(FONT, size=TITLE_PT)
    page.cell(0, LINE_MM * 1.5, receipt.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    rule(page)
    page.set_font(FONT, size=AMOUNT_PT)
    page.cell(0, LINE_MM * 2.5, receipt.amount, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font(FONT, size=TEXT_PT)
    for label, value in receipt.lines:
        line(page, label, value)
    page.ln(LINE_MM)
    page.set_font(FONT, size=SMALL_PT)
    page.set_text_color(GREY)
    page.cell(0, LINE_MM, receipt.printed)
    return bytes(page.output())


def blank(receipt: Receipt) -> FPDF:
    """An empty page that says what it is to file managers and screen readers."""
    page = FPDF(format="A4")
    page.set_title(f"{receipt.title} {receipt.number}")
    page.set_lang("zh-CN" if receipt.language == "zh" else "en")
    page.set_creator("Banyan")
    page.set_creation_date(receipt.printed_at)
    page.set_margin(MARGIN_MM)
    page.add_font(FONT, fname=sans_path())
    page.add_page()
    page.set_text_color(BLACK)
    page.set_draw_color(RULE)
    return page


def line(page: FPDF, label: str, value: str) -> None:
    """A label, and beside it a value that wraps anywhere, as Chinese does."""
    page.set_text_color(GREY)
    page.cell(LABEL_MM, LINE_MM, label)
    page.set_text_color(BLACK)
    page.multi_cell(0, LINE_MM, value, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    rule(page)


def rule(page: FPDF) -> None:
    page.line(page.l_margin, page.get_y(), page.w - page.r_margin, page.get_y())
    page.ln(1)
