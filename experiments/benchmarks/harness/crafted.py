"""Rows with a `response`, for judging without a model: the odd things that models write, and the plain ones.

    python crafted.py OUT.jsonl                              odd responses to golds of every form
    python crafted.py OUT.jsonl QUESTIONS.jsonl references   each question answered by its own reference
    python crafted.py OUT.jsonl QUESTIONS.jsonl others       by another's, and by an odd response to its gold

The same arguments give the same rows.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Callable

from rows import read_rows, write_rows

MADE_UP = 4000

# How a number may be written. Of "1234" and "-5.5" all have the same value, or at least a number in them.
FORMS: list[Callable[[str], str]] = [
    lambda n: n,
    lambda n: n,
    lambda n: with_commas(n),
    lambda n: f"${n}",
    lambda n: f"${with_commas(n)}",
    lambda n: f"-${n}",
    lambda n: f"$-{n}",
    lambda n: f"{n}.",
    lambda n: f"{n}..",
    lambda n: f"{n}...",
    lambda n: f"{n},",
    lambda n: f"{n}.00" if "." not in n else f"{n}0",
    lambda n: f"{n}.0." if "." not in n else f"{n}00.",
    lambda n: f"00{n}",
    lambda n: f"+{n}",
    lambda n: f"-{n}",
    lambda n: f"- {n}",
    lambda n: f"\u2212{n}",  # the typographer's minus
    lambda n: f"({n})",
    lambda n: f"**{n}**",
    lambda n: f"\\boxed{{{n}}}",
    lambda n: f"{n}%",
    lambda n: f"{n} dollars",
    lambda n: f"{n}km",
    lambda n: f"{n}/2",
    lambda n: f"{n}e3",
    lambda n: f"{n}.5.2",
    lambda n: f"{n}-1",
    lambda n: f".{n}",
    lambda n: f"{n}\u00a0000",  # a space that does not break
    lambda n: n.translate({48 + digit: 0x660 + digit for digit in range(10)}),  # Arabic digits
    lambda n: n.translate({48 + digit: 0xFF10 + digit for digit in range(10)}),  # wide digits
    lambda n: "",
    lambda n: "...",
    lambda n: ".",
    lambda n: ",",
    lambda n: "-",
    lambda n: "$",
    lambda n: "unknown",
]

# Where the answer (n) may stand, beside another number (m).
PLACES: list[Callable[[str, str], str]] = [
    lambda n, m: f"She has {m} - 1.\n#### {n}",
    lambda n, m: f"So {m} are left.\n#### {n}",
    lambda n, m: f"{m} + 1\n\n#### {n}",
    lambda n, m: f"He has {m},000.\n#### {n}",
    lambda n, m: f"She has {m} - 1.\n#### {n}\n",
    lambda n, m: f"He pays ${m}.\n#### {n}.",
    lambda n, m: f"{m} * 1 = <<{m}*1={m}>>{m}\r\n#### {n}\r\n",
    lambda n, m: f"#### {m}\nNo, wait.\n#### {n}",
    lambda n, m: f"#### {n}\nTo check: {m}",
    lambda n, m: f"#### {n} #### {m}",
    lambda n, m: f"#### \n#### {n}",
    lambda n, m: f"####{n}",
    lambda n, m: f"####  {n}",
    lambda n, m: f"####\t{n}",
    lambda n, m: f"####\u00a0{n}",
    lambda n, m: f"##### {n}",
    lambda n, m: f"### {n}",
    lambda n, m: f"#### Answer: {n}",
    lambda n, m: f"#### {n} {m}",
    lambda n, m: f"The answer is {n}",
    lambda n, m: f"The answer is {n}, not {m}.",
    lambda n, m: f"First {m}, then {n}!",
    lambda n, m: f"It is {n}. That is all ...",
    lambda n, m: n,
    lambda n, m: f"No number, {m}.\n####",
    lambda n, m: "I do not know.",
    lambda n, m: "",
    lambda n, m: f"#### {n}\n\nQuestion: And then?\nAnswer:\n#### {m}",
    lambda n, m: f"I think, {m}.\nQuestion: And then?\nAnswer:\n#### {n}",
    lambda n, m: f"#### {n}<|im_end|>\n#### {m}",
]


def with_commas(number: str) -> str:
    return re.sub(r"\d+", lambda digits: f"{int(digits[0]):,}", number, count=1)


def made_up_gold(draw: random.Random) -> str:
    """A gold number as the row writes it."""
    size = 10 ** draw.randint(0, 7)
    whole = str(draw.randint(0, size))
    return draw.choice(
        [
            *[whole] * 6,
            *[with_commas(whole)] * 2,
            f"-{whole}",
            f"{whole}.{draw.randint(0, 99):02}",
            f"{whole}.",
            f"{whole}.00",
            f"0{whole}",
            str(draw.randint(10**29, 10**30)),  # more digits than a float holds
        ]
    )


def response(gold: str, draw: random.Random) -> str:
    """An odd response: in about half of them the gold number is what is written as the answer."""
    number = plain(gold)
    other = draw.choice(
        [str(draw.randint(0, 2000)), number + "1", f"-{number}".replace("--", ""), number[:-1] or "7"]
    )
    if draw.random() < 0.35:
        number, other = other, number
    return draw.choice(PLACES)(draw.choice(FORMS)(number), other)


def plain(gold: str) -> str:
    return gold.replace(",", "").removesuffix(".")


def made_up_rows(draw: random.Random) -> list[dict[str, str]]:
    golds = [made_up_gold(draw) for _ in range(MADE_UP)]
    return [
        {
            "question": f"What is number {at}?",
            "answer": f"It is so.\n#### {gold}",
            "response": response(gold, draw),
        }
        for at, gold in enumerate(golds)
    ]


def other_rows(questions: list[dict[str, str]], draw: random.Random) -> list[dict[str, str]]:
    answers = [row["answer"] for row in questions]
    golds = [answer.split("#### ")[-1].strip() for answer in answers]
    return [
        {**row, "response": text}
        for row, gold in zip(questions, golds, strict=True)
        for text in (draw.choice(answers), response(gold, draw))
    ]


def main(target: str, questions: str | None = None, kind: str = "others") -> None:
    draw = random.Random(1)
    if questions is None:
        rows = made_up_rows(draw)
    elif kind == "references":
        rows = [{**row, "response": row["answer"]} for row in read_rows(questions)]
    else:
        rows = other_rows(read_rows(questions), draw)
    write_rows(target, rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
