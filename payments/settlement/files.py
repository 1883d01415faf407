"""Files for merchants: CSV written aside first, so that its hash goes before it, then sent piece by piece."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from tempfile import SpooledTemporaryFile

from payments.wallet.csv_file import BOM, Echo, safe

IN_MEMORY = 2**20
PIECE = 2**16


@dataclass(frozen=True)
class File:
    """A CSV in UTF-8 with a byte order mark: its hash in hexadecimal, its size, and its bytes, once."""

    sha256: str
    size: int
    pieces: Iterator[bytes]


def written(rows: Iterable[Sequence[str]]) -> File:
    """Rows of cells as a file; a cell a spreadsheet would run is quoted. What is long goes to a file on disk meanwhile."""
    writer, seen, size = csv.writer(Echo()), sha256(), 0
    aside = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (closed by `pieces_of`)
    for place, row in enumerate(rows):
        line = (BOM if place == 0 else "") + writer.writerow([cell_of(cell) for cell in row])
        data = line.encode()
        seen.update(data)
        size += aside.write(data)
    aside.seek(0)
    return File(seen.hexdigest(), size, pieces_of(aside))


def cell_of(cell: str) -> str:
    """An amount is a number, whatever its sign."""
    return cell if is_amount(cell) else safe(cell)


def is_amount(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()


def pieces_of(aside: "SpooledTemporaryFile[bytes]") -> Iterator[bytes]:
    with aside:
        while piece := aside.read(PIECE):
            yield piece


def yuan(fen: int) -> str:
    """Two decimals, without a separator."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
