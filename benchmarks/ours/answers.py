"""What one process alone answers to the same questions: `python -m benchmarks.ours.answers POPULATION FILE`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from keng.site.commands.django_world import enter


def main(population: str, file: str) -> None:
    enter()
    from keng.desk.fraud.registers.asking import Question, _number, answer_of
    from keng.desk.fraud.registers.population.chosen import connect
    from keng.desk.fraud.registers.population.people import Settings

    register, now, answers = connect(Settings(population)), datetime.now(UTC), []
    for line in Path(file).read_text("utf-8").splitlines():
        question = Question(**json.loads(line)["body"])
        told = answer_of(question, register.find(_number(question)), now)
        answers.append(" ".join([told.answer, *told.fields]))
    print(json.dumps(answers))


if __name__ == "__main__":
    main(*sys.argv[1:])
