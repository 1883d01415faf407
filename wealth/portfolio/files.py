"""A month's statement as a CSV that opens right in a spreadsheet, and as a PDF of A4 pages with its font embedded."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from fpdf import FPDF, XPos, YPos
from pylopdf_fonts_zh_cn import sans_path

from core.clock.queries import local
from payments.settlement.files import cell_of, yuan
from payments.wallet.csv_file import BOM, Echo
from payments.wallet.receipt_pdf import BLACK, FONT, GREY, MARGIN_MM, RULE, rule
from wealth.catalog.sockets import Told
from wealth.portfolio.statement import Amounts, Statement

NAME_MM, FEN_MM, LINE_MM = 50, 24, 7
TITLE_PT, TEXT_PT, SMALL_PT = 16, 9, 8
HEADER = (
    Told("product", "产品"),
    Told("code", "产品代码"),
    Told("opening (CNY)", "期初(元)"),
    Told("in (CNY)", "转入(元)"),
    Told("out (CNY)", "转出(元)"),
    Told("income (CNY)", "收益(元)"),
    Told("closing (CNY)", "期末(元)"),
)
TOTAL = Told("total", "合计")
TITLE = Told("Statement of assets", "资产对账单")
COVERS = Told("{first} to {last}, {holder}", "{first} 至 {last},{holder}")
PRINTED = Told(
    "Made on {at}. Of days that are over; money on its way is on no line.", "生成时间 {at}。仅含已完成日终的日期,在途资金未计入。"
)


@dataclass(frozen=True)
class Paper:
    """A statement with what is told beside it: whose (masked), when it was made, and its language (zh, en)."""

    statement: Statement
    holder: str
    at: datetime
    language: str

    def said(self, words: Told) -> str:
        return words.zh if self.language == "zh" else words.en

    def rows(self) -> Iterator[list[str]]:
        """The header, a row a line, and their sum."""
        yield [self.said(one) for one in HEADER]
        for line in self.statement.lines:
            yield [self.said(line.name), line.code, *amounts(line.amounts)]
        yield [self.said(TOTAL), "", *amounts(self.statement.month.amounts)]


def amounts(found: Amounts) -> list[str]:
    """Yuan with two decimals."""
    return [yuan(fen) for fen in (found.opening_fen, found.paid_in_fen, found.paid_out_fen, found.income_fen, found.closing_fen)]


def as_csv(paper: Paper) -> str:
    """UTF-8 with a byte order mark; a cell a spreadsheet would run is quoted."""
    writer = csv.writer(Echo())
    return BOM + "".join(writer.writerow([cell_of(cell) for cell in row]) for row in paper.rows())


def as_pdf(paper: Paper) -> bytes:
    """The file. It parses the font, so it takes about a third of a second: never in a loop or a transaction."""
    page, month = blank(paper), paper.statement.month
    page.set_font(FONT, size=TITLE_PT)
    page.cell(0, LINE_MM * 1.5, f"{paper.said(TITLE)} {month.name}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.set_font(FONT, size=TEXT_PT)
    covers = paper.said(COVERS).format(first=month.first, last=month.last, holder=paper.holder)
    page.cell(0, LINE_MM, covers, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    rule(page)
    for row in paper.rows():
        line(page, row)
    page.set_font(FONT, size=SMALL_PT)
    page.set_text_color(GREY)
    page.cell(0, LINE_MM, paper.said(PRINTED).format(at=f"{local(paper.at):%Y-%m-%d %H:%M}"))
    return bytes(page.output())


def blank(paper: Paper) -> FPDF:
    """An empty page that says what it is to file managers and screen readers."""
    page = FPDF(format="A4")
    page.set_title(f"{paper.said(TITLE)} {paper.statement.month.name}")
    page.set_lang("zh-CN" if paper.language == "zh" else "en")
    page.set_creator("Banyan")
    page.set_creation_date(paper.at)
    page.set_margin(MARGIN_MM)
    page.add_font(FONT, fname=sans_path())
    page.add_page()
    page.set_text_color(BLACK)
    page.set_draw_color(RULE)
    return page


def line(page: FPDF, row: list[str]) -> None:
    """The name, its code left to the CSV, and the amounts to the right."""
    name, _code, *figures = row
    page.cell(NAME_MM, LINE_MM, clipped(page, name))
    for figure in figures:
        page.cell(FEN_MM, LINE_MM, figure, align="R")
    page.ln(LINE_MM)
    rule(page)


def clipped(page: FPDF, text: str) -> str:
    """As much of it as its column has room for."""
    while page.get_string_width(text) > NAME_MM - 2 * page.c_margin:
        text = text[:-1]
    return text
