"""A day's acts shared between two processes: nobody is in both, nothing is lost, the order of time is kept."""

from itertools import groupby

from config.demo.acts import Act, Intention
from config.demo.hands import WEIGHTS, circles, halves, people_of
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


def test_every_act_is_in_one_half_in_its_order_and_nobody_is_touched_by_both() -> None:
    for acts in DAYS:
        mine, theirs = halves(acts)
        assert mine == [act for act in acts if act in mine]
        assert theirs == [act for act in acts if act in theirs]
        assert len(mine) + len(theirs) == len(acts)
        touched = [set().union(*map(people_of, half)) for half in (mine, theirs)]
        assert not touched[0] & touched[1]


def test_the_halves_of_a_life_weigh_about_the_same() -> None:
    loads = [[sum(WEIGHTS[act.act] for act in half) for half in halves(acts)] for acts in DAYS]
    assert sum(map(max, loads)) <= 0.65 * sum(map(sum, loads))
