"""What a questionnaire must look like, and reading a customer's answers to it. Pure.

A question: {"id", "en", "zh", "many": bool, "options": [{"id", "en", "zh", "points": int}, ...]}.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from wealth.rules.suitability import BadQuestionnaire, require_bands, score

MOST_QUESTIONS = 30
MOST_OPTIONS = 12
Question = Mapping[str, Any]


class BadQuestions(ValueError):
    """A questionnaire that could not be asked or scored."""


class BadAnswer(ValueError):
    """An answer that is none; `question` says to what."""

    def __init__(self, question: str, en: str, zh: str) -> None:
        super().__init__(en)
        self.question, self.en, self.zh = question, en, zh


def need(true: bool, words: str) -> None:
    if not true:
        raise BadQuestions(words)


def require_questions(*, questions: Any, bands: Any, minimum: Any) -> None:
    """Raises BadQuestions."""
    need(isinstance(questions, list) and 1 <= len(questions) <= MOST_QUESTIONS, f"1 to {MOST_QUESTIONS} questions, as a list")
    for question in questions:
        require_question(question)
    ids = [question["id"] for question in questions]
    need(len(set(ids)) == len(ids), "each question has an id of its own")
    pairs = isinstance(bands, list) and all(isinstance(band, list) and len(band) == 2 and whole(band[0]) for band in bands)
    need(pairs, "bands: [[lowest score, level], ...]")
    try:
        require_bands([(band[0], band[1]) for band in bands])
    except BadQuestionnaire as wrong:
        raise BadQuestions(str(wrong)) from wrong
    need(isinstance(minimum, dict), "minimum: {question: [options]}")
    known = {question["id"]: {option["id"] for option in question["options"]} for question in questions}
    for name, options in minimum.items():
        need(isinstance(options, list) and set(map(str, options)) <= known.get(name, set()), f"minimum names what is not asked: {name}")


def require_question(question: Any) -> None:
    need(told(question), "a question has an id and words (en, zh)")
    name, options = question["id"], question.get("options")
    need(isinstance(question.get("many"), bool), f"{name}: many is true or false")
    need(isinstance(options, list) and 2 <= len(options) <= MOST_OPTIONS, f"{name}: 2 to {MOST_OPTIONS} options")
    for option in options:
        need(told(option), f"{name}: an option has an id and words (en, zh)")
        need(whole(option.get("points")), f"{name}: points are whole numbers")
    ids = [option["id"] for option in options]
    need(len(set(ids)) == len(ids), f"{name}: each option has an id of its own")


def told(value: Any) -> bool:
    return isinstance(value, dict) and all(text(value.get(part)) for part in ("id", "en", "zh"))


def text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 400


def whole(value: Any) -> bool:
    return type(value) is int and -1_000 <= value <= 1_000


def read(questions: Sequence[Question], answers: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The answers in the order of the questions. Raises BadAnswer for one that is missing, unknown, or twice."""
    unknown = sorted(set(answers) - {question["id"] for question in questions})
    if unknown:
        raise BadAnswer(unknown[0], "This question is not asked. Read the questionnaire again.", "问卷中没有该问题,请重新获取问卷。")
    found = {}
    for question in questions:
        chosen = list(answers.get(question["id"], ()))
        known = {option["id"] for option in question["options"]}
        if not chosen or not set(chosen) <= known or len(set(chosen)) != len(chosen):
            raise BadAnswer(question["id"], "Choose from the options of this question.", "请从该问题的选项中选择。")
        if len(chosen) > 1 and not question["many"]:
            raise BadAnswer(question["id"], "Choose one option of this question.", "该问题只能选择一项。")
        found[question["id"]] = chosen
    return found


def scored(questions: Sequence[Question], answers: Mapping[str, Sequence[str]]) -> int:
    points = {question["id"]: {option["id"]: option["points"] for option in question["options"]} for question in questions}
    return score(points=points, chosen=answers)


def is_minimum(minimum: Mapping[str, Sequence[str]], answers: Mapping[str, Sequence[str]]) -> bool:
    """Whether one of the answers makes an investor of the most cautious kind."""
    return any(set(answers.get(name, ())) & set(options) for name, options in minimum.items())
