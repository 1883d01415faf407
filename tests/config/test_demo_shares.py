"""A day's acts shared between processes: nobody is in two of them, nothing is lost, the order of time is kept."""

from itertools import combinations, groupby

import pytest

from config.demo.acts import Act, Intention
from config.demo.hands import WEIGHTS, circles, people_of, shares
from config.demo.plan import draw

DAYS = [list(acts) for _, acts in groupby(draw("one", people=200, days=60), key=lambda act: act.day)]


def test_people_who_meet_through_others_are_in_one_circle() -> None:
    acts = [
        Intention(3, 500, 1, Act.TRANSFER, 100, other=2),
        Intention(3, 501, 3, Act.TOP_UP, 100),
        Intention(3, 502, 4, Act.OFFER, 100, other=5),
        Intention(3, 503, 5, Act.TRANSFER, 100, other=2),
    ]
    assert sorted(map(sorted, circles(acts))) == [[1, 2, 4, 5], [3]]


@pytest.mark.parametrize("count", [2, 3])
def test_every_act_is_in_one_share_in_its_order_and_nobody_is_touched_by_two(count: int) -> None:
    for acts in DAYS:
        cut = shares(acts, count)
        assert all(share == [act for act in acts if act in share] for share in cut)
        assert sum(map(len, cut)) == len(acts)
        touched = [set().union(*map(people_of, share)) for share in cut]
        assert all(not one & other for one, other in combinations(touched, 2))


def test_the_shares_of_a_life_weigh_about_the_same() -> None:
    loads = [[sum(WEIGHTS[act.act] for act in share) for share in shares(acts, 3)] for acts in DAYS]
    assert sum(map(max, loads)) <= 0.5 * sum(map(sum, loads))
