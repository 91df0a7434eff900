"""Splink 5 on DuckDB: `python cleanse_splink.py POPULATION REGISTER OUT`, trained in the run.

OUT has record_id, person_id, probability.

The fastest settings found (1e6 pairs for u, seven keys) and the same evidence as ours: a person counts only with the number
equal or one edit away and the posterior at least 0.99. Spaces, letters for digits, case and marks are cleaned.
"""

import sys

import duckdb
import splink.comparison_level_library as levels
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

NEAR = "damerau_levenshtein(number_l, number_r) <= 1 or damerau_levenshtein(number_l, old_r) <= 1"
population, register, target = sys.argv[1:4]
connection = duckdb.connect()
connection.execute("SET preserve_insertion_order = false")
NAME = "replace(strip_accents(lower(trim(regexp_replace(nfc_normalize(full_name), '\\s+', ' ', 'g')))), 'đ', 'd')"
BIRTH = """CASE WHEN date_of_birth LIKE '%/%' THEN
  coalesce(strftime(try_strptime(date_of_birth, '%d/%m/%Y'), '%Y-%m-%d'), date_of_birth)
  ELSE date_of_birth END"""
connection.execute(f"""CREATE TABLE r AS SELECT CAST(record_id AS VARCHAR) AS unique_id,
  regexp_replace(translate(holder_id, 'OIlSB', '01158'), '[^0-9A-Za-z?*]', '', 'g') AS number, NULL::VARCHAR AS old,
  {NAME} AS name, {BIRTH} AS birth, sex FROM read_parquet('{register}')""")
connection.execute(f"""CREATE TABLE p AS SELECT citizen_id AS unique_id, citizen_id AS number, old_id AS old,
  {NAME} AS name, date_of_birth AS birth, sex FROM read_parquet('{population}')""")
for table in ("r", "p"):
    connection.execute(f"""ALTER TABLE {table} ADD COLUMN number_or_old VARCHAR""")
connection.execute("UPDATE r SET number_or_old = number")
connection.execute("UPDATE p SET number_or_old = old")

number = cl.CustomComparison(
    output_column_name="number",
    comparison_levels=[
        levels.NullLevel("number"),
        levels.CustomLevel("number_l = number_r", "equal"),
        levels.CustomLevel("number_l = old_r or old_l = number_r", "old"),
        levels.CustomLevel("damerau_levenshtein(number_l, number_r) <= 1", "near"),
        levels.ElseLevel(),
    ],
)
settings = SettingsCreator(
    link_type="link_only",
    comparisons=[
        number,
        cl.JaroWinklerAtThresholds("name", [0.95, 0.88]).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("birth", [1, 2]),
        cl.ExactMatch("sex"),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("number"),
        block_on("number_or_old"),
        block_on("substr(number, 1, 9)"),
        block_on("substr(number, 4, 9)"),
        block_on("substr(number, 1, 6)", "substr(number, 10, 3)"),
        block_on("substr(number, 1, 3)", "substr(number, 7, 6)"),
        block_on("name", "birth"),
    ],
    retain_intermediate_calculation_columns=False,
)
api = DuckDBAPI(connection=connection)
linker = Linker([api.register("r"), api.register("p")], settings)
linker.training.estimate_probability_two_random_records_match([block_on("number")], recall=0.9)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("number"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("name", "birth"))
pairs = linker.inference.predict(threshold_match_probability=0.9)
connection.execute(f"""COPY (
  SELECT unique_id_l AS a, unique_id_r AS b, match_probability, gamma_number FROM {pairs.physical_name}
) TO '{target}.pairs.parquet' (FORMAT parquet)""")
connection.execute(f"""COPY (
  WITH sided AS (
    SELECT CASE WHEN a IN (SELECT unique_id FROM p) THEN b ELSE a END AS record_id,
      CASE WHEN a IN (SELECT unique_id FROM p) THEN a ELSE b END AS person_id, match_probability, gamma_number
    FROM read_parquet('{target}.pairs.parquet') WHERE gamma_number > 0
  )
  SELECT record_id, arg_max(person_id, match_probability) AS person_id, max(match_probability) AS probability
  FROM sided GROUP BY record_id HAVING max(match_probability) >= 0.99
) TO '{target}' (FORMAT parquet)""")
