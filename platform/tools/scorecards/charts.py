"""Four charts of one table as one SVG, drawn from the numbers: ROC, KS, calibration, and where good and bad are."""

from collections.abc import Sequence
from typing import Any

from credit.scoring import measures

WIDE, HIGH, LEFT, TOP = 320, 220, 46, 34
GOOD, BAD, LINE, FAINT = "#1b7f5c", "#c0392b", "#2c3e50", "#b8c0c8"
MOST_POINTS = 120
BARS = 24
Points = Sequence[tuple[float, float]]


def sheet(points: Sequence[int], bad: Sequence[int], found: dict[str, Any]) -> str:
    panels = [roc(points, bad, found), ks(points, bad, found), calibration(found), spread(points, bad)]
    width, height = LEFT + WIDE + 24, TOP + HIGH + 46
    placed = [f'<g transform="translate({place % 2 * width},{place // 2 * height})">{panel}</g>' for place, panel in enumerate(panels)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width * 2} {height * 2}" width="{width * 2}" height="{height * 2}" '
        f'font-family="sans-serif" font-size="11" fill="{LINE}"><rect width="100%" height="100%" fill="#fff"/>\n'
        + "\n".join(placed)
        + "\n</svg>\n"
    )


def roc(points: Sequence[int], bad: Sequence[int], found: dict[str, Any]) -> str:
    curve = [(float(x), float(y)) for x, y in measures.roc(points, bad)]
    title = f"ROC: AUC {found['auc']:.4f}"
    return frame(title, "good refused", "bad refused", (0, 1), (0, 1)) + path([(0, 0), (1, 1)], FAINT) + path(curve, LINE)


def ks(points: Sequence[int], bad: Sequence[int], found: dict[str, Any]) -> str:
    rows = measures.counted(points, bad)
    low, high = rows[0][0], rows[-1][0]
    goods, bads = sum(row[1] for row in rows), sum(row[2] for row in rows)
    good_line, bad_line, so_far = [], [], (0, 0)
    for score, good, turned in rows:
        so_far = (so_far[0] + good, so_far[1] + turned)
        x = (score - low) / (high - low)
        good_line.append((x, so_far[0] / goods))
        bad_line.append((x, so_far[1] / bads))
    widest = max(range(len(rows)), key=lambda place: abs(bad_line[place][1] - good_line[place][1]))
    title = f"KS {found['ks']:.4f} at {rows[widest][0]} points"
    drawn = path(good_line, GOOD) + path(bad_line, BAD) + path([good_line[widest], bad_line[widest]], FAINT)
    return frame(title, "points", "part with so many or fewer", (low, high), (0, 1)) + drawn + legend()


def calibration(found: dict[str, Any]) -> str:
    bands = found["calibration"]
    pairs = [(band["expected_bad"] / band["count"], band["bad"] / band["count"]) for band in bands]
    most = max(max(pair) for pair in pairs) * 1.05
    dots = "".join(f'<circle cx="{at_x(x / most):.1f}" cy="{at_y(y / most):.1f}" r="4" fill="{BAD}"/>' for x, y in pairs)
    title = "Calibration: tenths by score"
    return frame(title, "bad as said", "bad as came", (0, round(most, 3)), (0, round(most, 3))) + path([(0, 0), (1, 1)], FAINT) + dots


def spread(points: Sequence[int], bad: Sequence[int]) -> str:
    """Both as parts of their own, so that few bad ones are seen beside many good ones."""
    low, high = min(points), max(points)
    counts = [[0] * BARS, [0] * BARS]
    for score, one in zip(points, bad, strict=True):
        counts[one][min((score - low) * BARS // (high - low), BARS - 1)] += 1
    parts = [[count / sum(row) for count in row] for row in counts]
    most = max(max(row) for row in parts)
    bars = ""
    for row, colour in zip(parts, (GOOD, BAD), strict=True):
        for place, value in enumerate(row):
            bars += (
                f'<rect x="{at_x(place / BARS):.1f}" y="{at_y(value / most):.1f}" width="{WIDE / BARS:.1f}" '
                f'height="{HIGH * value / most:.1f}" fill="{colour}" fill-opacity="0.55"/>'
            )
    return frame("Where good and bad are", "points", "part of its own", (low, high), (0, round(most, 3))) + bars + legend()


def at_x(part: float) -> float:
    return LEFT + part * WIDE


def at_y(part: float) -> float:
    return TOP + (1 - part) * HIGH


def path(curve: Points, colour: str) -> str:
    step = max(1, len(curve) // MOST_POINTS)
    kept = [*curve[::step], curve[-1]]
    drawn = " ".join(f"{at_x(x):.1f},{at_y(y):.1f}" for x, y in kept)
    return f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="1.6"/>'


def legend() -> str:
    return "".join(
        f'<text x="{LEFT + 8}" y="{TOP + 16 + 14 * place}" fill="{colour}">{word}</text>'
        for place, (word, colour) in enumerate((("good", GOOD), ("bad", BAD)))
    )


def frame(title: str, x: str, y: str, across: tuple[float, float], up: tuple[float, float]) -> str:
    middle, bottom = LEFT + WIDE / 2, TOP + HIGH
    return (
        f'<text x="{middle}" y="20" text-anchor="middle" font-size="13">{title}</text>'
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDE}" height="{HIGH}" fill="none" stroke="{FAINT}"/>'
        f'<text x="{LEFT}" y="{bottom + 16}">{across[0]:g}</text>'
        f'<text x="{LEFT + WIDE}" y="{bottom + 16}" text-anchor="end">{across[1]:g}</text>'
        f'<text x="{middle}" y="{bottom + 30}" text-anchor="middle">{x}</text>'
        f'<text x="{LEFT - 5}" y="{bottom}" text-anchor="end">{up[0]:g}</text>'
        f'<text x="{LEFT - 5}" y="{TOP + 9}" text-anchor="end">{up[1]:g}</text>'
        f'<text transform="translate({LEFT - 26},{TOP + HIGH / 2}) rotate(-90)" text-anchor="middle">{y}</text>'
    )
