"""The first questionnaire, after the model questionnaire for ordinary investors in the suitability guidelines of SAC and AMAC (2017)."""

from typing import Any


def option(key: str, points: int, zh: str, en: str) -> dict[str, Any]:
    return {"id": key, "points": points, "zh": zh, "en": en}


def question(key: str, zh: str, en: str, *options: dict[str, Any], many: bool = False) -> dict[str, Any]:
    return {"id": key, "zh": zh, "en": en, "many": many, "options": list(options)}


QUESTIONS = [
    question(
        "income", "您的主要收入来源是?", "Where does most of your income come from?",
        option("salary", 6, "工资、劳务报酬", "wages or fees"),
        option("business", 8, "生产经营所得", "a business"),
        option("assets", 6, "利息、股息、转让等金融性资产收入", "interest, dividends, securities"),
        option("property", 5, "出租、出售房地产等非金融性资产收入", "rent or sale of property"),
        option("none", 0, "无固定收入", "no regular income"),
    ),
    question(
        "assets", "您可用于投资的资产数额(包括金融资产和不动产)为?", "How much could you invest, property included?",
        option("a", 2, "不超过 50 万元", "up to 500,000 yuan"),
        option("b", 4, "50 万至 300 万元(不含)", "500,000 to under 3 million yuan"),
        option("c", 7, "300 万至 1,000 万元(不含)", "3 to under 10 million yuan"),
        option("d", 10, "1,000 万元以上", "10 million yuan and more"),
    ),
    question(
        "debts", "您是否有尚未清偿的数额较大的债务?", "Do you owe large debts?",
        option("none", 8, "没有", "no"),
        option("mortgage", 6, "有,住房抵押贷款等长期定额债务", "a mortgage or another long fixed debt"),
        option("consumer", 2, "有,信用卡欠款、消费信贷等短期信用债务", "cards or consumer credit"),
        option("friends", 0, "有,亲戚朋友借款", "to relatives or friends"),
    ),
    question(
        "knowledge", "您对金融产品投资的了解是?", "What do you know of investing?",
        option("none", 0, "没有任何知识", "nothing"),
        option("some", 4, "了解基本知识", "the basics"),
        option("much", 7, "具有较丰富的知识与经验", "much, and I have done it"),
        option("work", 10, "从事或曾从事金融相关工作,或具有专业资格", "it is or was my work"),
    ),
    question(
        "experience", "您的投资经验可以被概括为?", "Which of these have you held? (more than one)",
        option("deposits", 1, "银行存款、国债、货币基金", "deposits, government bonds, money funds"),
        option("bonds", 4, "债券基金、银行理财产品", "bond funds, bank products"),
        option("shares", 7, "股票、混合或股票型基金", "shares, mixed or share funds"),
        option("futures", 10, "期货、期权等衍生品", "futures, options"),
        many=True,
    ),
    question(
        "years", "您投资于存款以外的产品有多少年经验?", "For how many years have you invested in more than deposits?",
        option("none", 0, "没有", "never"),
        option("two", 3, "少于 2 年", "under 2 years"),
        option("five", 6, "2 至 5 年", "2 to 5 years"),
        option("more", 9, "5 年以上", "over 5 years"),
    ),
    question(
        "term", "您用于投资的大部分资金不会用作其他用途的时间段为?", "How long can most of the money stay invested?",
        option("short", 2, "1 年以内", "under a year"),
        option("middle", 5, "1 至 3 年", "1 to 3 years"),
        option("long", 9, "3 年以上", "over 3 years"),
    ),
    question(
        "purpose", "您进行投资的首要目标是?", "What matters most to you?",
        option("safety", 0, "资产保值,不愿意承担任何投资风险", "keeping what I have: no risk at all"),
        option("income", 4, "产生一定的收益,可以承担一定的风险", "some income at some risk"),
        option("growth", 8, "实现资产增长,可以承担较大的风险", "growth at much risk"),
        option("most", 12, "实现资产大幅增长,愿意承担很大的风险", "the most, whatever the risk"),
    ),
    question(
        "loss", "您能承受的投资损失是多少?", "Which loss could you bear?",
        option("none", 0, "不能承受任何损失", "none"),
        option("ten", 4, "10% 以内", "up to 10 %"),
        option("thirty", 8, "10% 至 30%", "10 to 30 %"),
        option("half", 12, "30% 至 50%", "30 to 50 %"),
        option("more", 15, "超过 50%", "over 50 %"),
    ),
    question(
        "choice", "您面前有两个投资选择,您会?", "A may bring 2 % and loses nothing, B may bring 20 % or lose 15 %. You take:",
        option("a", 0, "全部选择收益小但风险也小的 A", "all A"),
        option("more_a", 4, "大部分投资于 A", "mostly A"),
        option("more_b", 8, "大部分投资于 B", "mostly B"),
        option("b", 9, "全部选择收益大但风险也大的 B", "all B"),
    ),
]  # fmt: skip
BANDS = [[0, "C1"], [20, "C2"], [37, "C3"], [54, "C4"], [83, "C5"]]
MINIMUM = {"loss": ["none"]}
WARNING_EN = (
    "By your answers you are of type {level}; this product is of risk {risk} and riskier than we would offer you. You may lose more than you"
    " can bear. We did not suggest it. Confirm only if you read its terms and risks, want it of your own accord, and bear the loss yourself."
)
WARNING_ZH = (
    "根据您的测评结果,您的风险承受能力为 {level},该产品风险等级为 {risk},高于您的风险承受能力,可能造成您难以承受的损失。"
    "平台未主动向您推介该产品。请确认您已阅读产品条款与风险揭示、系主动要求购买,并自行承担由此产生的损失。"
)
SOURCE = "SAC and AMAC, guidelines on investor suitability, in force 2017-07-01"
