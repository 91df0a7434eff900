"""The population register: it is asked, never kept. Which one answers is a setting (KENG_POPULATION, KENG_POPULATION_QUESTIONS).

| address | a whole run | single questions |
| --- | --- | --- |
| a path to a Parquet file | read where it lies | a look into the file |
| postgresql://… | copied into the run's scratch folder, which is removed with it | a query by number |
| https://… | not possible | a call over mutual TLS |

Down: a run waits and is tried again; a question is refused with `population_away`. Nothing is guessed.
"""

from keng.desk.fraud.registers.population.chosen import for_questions, for_runs
from keng.desk.fraud.registers.population.people import Person, Population, Settings

__all__ = ["Person", "Population", "Settings", "for_questions", "for_runs"]
