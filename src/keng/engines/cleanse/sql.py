"""The joins and blocks of a cleansing as SQL that DuckDB and Spark both read; the few words they differ in are a `Dialect`.

Tables, each one row a record unless said: `register`, `population` (a person a row), `passed` (the exact pass), `known` (by an old
number), `keys` (blocks of records that are not settled), `numbers` (a person a row), `candidates` (record, person), `judged`,
`sought` (names to look up), `met` (record, person: who has such a name and birth date), `found` (those records judged anew),
`accepted`, `beyond`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from keng.engines.cleanse.numbers import CITIZEN_DIGITS, OLD_DIGITS, Block

_MARKED = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_PLAIN = "aaaaaaaaaaaaaaaaadeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyy"
SAMPLE_DIGITS = 6  # hexadecimal digits of the hash that choose the sample
_PRIME, _STEPS = (
    2**31 - 1,
    ((48271, 11), (69621, 7)),
)  # of numbers, one after the other; source: Park and Miller 1988, Fishman 1986


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words in which the engines differ. `bare`: a lower-case text without marks; `digits`: whether a text is
    digits alone; `array`: the function that makes a list."""

    bare: str
    digits: str
    array: str
    empty: str


DUCKDB = Dialect(
    bare="replace(strip_accents({0}), 'đ', 'd')",
    digits="regexp_full_match({0}, '[0-9]+')",
    array="list_value",
    empty="CAST(list_value() AS VARCHAR[])",
)
SPARK = Dialect(
    bare="translate({0}, '" + _MARKED + "', '" + _PLAIN + "')",
    digits="translate({0}, '0123456789', '') = ''",
    array="array",
    empty="CAST(array() AS ARRAY<STRING>)",
)


def is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _text(schema: pa.Schema, column: str) -> str:
    """A column as text; null if the file has none."""
    return f"CAST({column} AS STRING)" if column in schema.names else "CAST(NULL AS STRING)"


def _identifier(schema: pa.Schema, column: str) -> str:
    """A number as text; integers padded with zeros to 9 digits, or to 12 if they have more."""
    if column not in schema.names or is_text(schema.field(column).type):
        return _text(schema, column)
    kind = schema.field(column).type
    whole = (
        f"CAST(CAST({column} AS BIGINT) AS STRING)" if not pa.types.is_integer(kind) else f"CAST({column} AS STRING)"
    )
    return (
        f"CASE WHEN length({whole}) <= 9 THEN lpad({whole}, 9, '0') WHEN length({whole}) <= 12 THEN lpad({whole}, 12, '0') "
        f"ELSE {whole} END"
    )


def _birth(schema: pa.Schema, column: str) -> str:
    kind = schema.field(column).type
    if pa.types.is_timestamp(kind):
        return f"CAST(CAST({column} AS DATE) AS STRING)"
    return _text(schema, column)


def _sex(schema: pa.Schema) -> str:
    if "sex" not in schema.names:
        return "CAST(NULL AS STRING)"
    text = "CAST(sex AS STRING)"
    return (
        f"CASE WHEN {text} IN ('M', 'F') THEN {text} WHEN upper(trim({text})) IN ('M', 'NAM') THEN 'M' "
        f"WHEN upper(trim({text})) IN ('F', 'NỮ') THEN 'F' END"
    )


def _province(schema: pa.Schema) -> str:
    if "province_code" in schema.names and pa.types.is_integer(schema.field("province_code").type):
        text = "CAST(province_code AS STRING)"
        return f"CASE WHEN province_code < 100 THEN lpad({text}, 2, '0') ELSE {text} END"
    return _text(schema, "province_code")


def _opened(schema: pa.Schema) -> tuple[str, str]:
    """The moment of opening, by which records are ordered, and its day in Vietnam."""
    if "opened_at" not in schema.names:
        return "CAST(NULL AS DATE)", "CAST(NULL AS DATE)"
    kind = schema.field("opened_at").type
    if pa.types.is_timestamp(kind):
        moment = "CAST(opened_at AS TIMESTAMP)"
        return moment, f"CAST({moment} + INTERVAL 7 HOURS AS DATE)"
    if is_text(kind):
        return "TRY_CAST(opened_at AS DATE)", "TRY_CAST(opened_at AS DATE)"
    return "CAST(opened_at AS DATE)", "CAST(opened_at AS DATE)"


def register(schema: pa.Schema, source: str) -> str:
    """The register with every column in one type, as text where it is a person's."""
    moment, day = _opened(schema)
    return f"""
SELECT record_id, {_identifier(schema, "holder_id")} AS holder_id, {_text(schema, "full_name")} AS full_name,
  {_birth(schema, "date_of_birth")} AS date_of_birth, {_text(schema, "subscriber")} AS subscriber, {_sex(schema)} AS sex,
  {_province(schema)} AS province_code, {moment} AS opened_at, {day} AS opened
FROM {source}"""


def population(schema: pa.Schema, source: str) -> str:
    """The population register with every column in one type."""
    kind = schema.field("status_date").type
    died = "TRY_CAST(status_date AS DATE)" if is_text(kind) else "CAST(status_date AS DATE)"
    return f"""
SELECT {_identifier(schema, "citizen_id")} AS citizen_id, {_identifier(schema, "old_id")} AS old_id,
  {_text(schema, "full_name")} AS full_name, {_birth(schema, "date_of_birth")} AS date_of_birth, {_sex(schema)} AS sex,
  {_province(schema)} AS province_code, {_text(schema, "status")} AS status, {died} AS status_date
FROM {source}"""


def count(table: str, key: str) -> str:
    """How many rows a table has, and how many of its keys are null or repeated."""
    return f"SELECT count(*) AS n, count(*) - count({key}) AS nulls, count({key}) - count(DISTINCT {key}) AS repeats FROM {table}"


def _sampled(column: str, share: float, number: str | None = None) -> str:
    """Whether a row is in the sample: by a hash of its id, the same for every engine. `number`: the id, if it is an integer."""
    if share >= 1:
        return "true"
    if number is not None:
        drawn = f"abs({number} % {_PRIME})"
        for factor, more in _STEPS:
            drawn = f"(({drawn}) * {factor} + {more}) % {_PRIME}"
        return f"coalesce({drawn} < {int(share * _PRIME)}, false)"
    top = 16**SAMPLE_DIGITS
    return f"substr(md5(CAST({column} AS STRING)), 1, {SAMPLE_DIGITS}) < '{int(share * top):0{SAMPLE_DIGITS}x}'"


def sampled_records(share: float, whole_ids: bool) -> str:
    """Whether a record is in the sample."""
    return _sampled("record_id", share, "TRY_CAST(record_id AS BIGINT)" if whole_ids else None)


_REST = ("holder_id", "full_name", "date_of_birth", "sex", "opened")


_NUMBER = f"CASE WHEN length(holder_id) > {CITIZEN_DIGITS} THEN translate(holder_id, ' .-''', '') ELSE holder_id END"


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows whose key has certain last letters, so that equal keys are of one slice."""

    place: int
    count: int

    def holds(self, key: str) -> str:
        """Whether a key, as text, is of this slice."""
        return f"coalesce(ascii(right({key}, 1)), 0) % {self.count} = {self.place}" if self.count > 1 else "true"


def passed(dialect: Dialect, minor_age: int, as_of: date, sampled: str, part: Slice) -> str:
    """The exact pass: each record with the person of its number. `settled`: all agrees and only the file's limit is open.

    What it calls the same, `names.compare` and `dates.compare` call the same; it may leave to them what they find the same too.
    """
    kept = ", ".join(f"CASE WHEN NOT settled THEN {column} END AS {column}" for column in _REST)
    return f"""
WITH met AS (
  SELECT r.*, p.citizen_id AS person_id, p.full_name AS p_name, p.date_of_birth AS p_birth, p.living, p.male AS p_male,
    r.province_code <> '' AND p.province_code <> '' AND r.province_code <> p.province_code AS province_differs
  FROM (SELECT *, {_NUMBER} AS number FROM register WHERE {part.holds(_NUMBER)}) r
  LEFT JOIN (SELECT *, status = 'living' AS living, sex = 'M' AS male FROM population WHERE {part.holds("citizen_id")}) p
    ON r.number = p.citizen_id
), of_birth AS (
  SELECT *, {_same_birth()} AND length(p_birth) = 10 AND TRY_CAST(p_birth AS DATE) IS NOT NULL AS same_birth FROM met
), named AS (
  SELECT *, CASE WHEN same_birth THEN {_name_level(dialect)} ELSE 2 END AS name_level FROM of_birth
), judged_alike AS (
  SELECT *, coalesce(full_name <> '' AND name_level < 2, false) AS alike FROM named
), decided AS (
  SELECT *, alike AND coalesce(living AND coalesce((sex = 'M') = p_male, true)
    AND CAST(substr(p_birth, 1, 4) AS INT) + {minor_age} < year(coalesce(opened, CAST('{as_of}' AS DATE))), false) AS settled
  FROM judged_alike
)
SELECT record_id, person_id, province_code, settled, alike,
  name_level = 1 AS bare_name, coalesce(province_differs, false) AS province_differs,
  {sampled} AS sampled, CASE WHEN settled OR alike THEN 0 ELSE {_digits(dialect, "holder_id")} END AS digits, {kept}
FROM decided"""


def _same_birth() -> str:
    """Whether a record's birth date is written as the person's, or with slashes; null for some that are not."""
    born = "date_of_birth"
    day, month, year = (f"split_part({born}, '/', {part})" for part in (1, 2, 3))
    return (
        f"CASE WHEN {born} = p_birth THEN true WHEN {born} NOT LIKE '%/%/%' THEN false WHEN {born} LIKE '__/__/____' "
        f"THEN concat(substr({born}, 7, 4), '-', substr({born}, 4, 2), '-', substr({born}, 1, 2)) = p_birth "
        f"WHEN length({day}) < 3 AND length({month}) < 3 "
        f"THEN concat({year}, '-', lpad({month}, 2, '0'), '-', lpad({day}, 2, '0')) = p_birth END"
    )


def _name_level(dialect: Dialect) -> str:
    """0 for the same name, 1 for one without its marks, 2 for what is left to `names.compare`."""
    low, written = "lower(p_name)", "lower(full_name)"
    spaced = f"replace(replace(trim(BOTH ' ' FROM {written}), '  ', ' '), '  ', ' ')"
    # A WHEN is looked at where those before it failed, all conditions of an AND everywhere: what takes long stands in a CASE.
    is_bare = f"CASE WHEN bit_length(full_name) = 8 * length(full_name) THEN {written} = {dialect.bare.format(low)} ELSE false END"
    odd_spaces = "full_name LIKE '%  %' OR full_name LIKE ' %' OR full_name LIKE '% '"
    return (
        f"CASE WHEN full_name = p_name OR p_name IS NULL THEN 0 "
        f"WHEN {is_bare} THEN CASE WHEN {written} = {low} THEN 0 ELSE 1 END WHEN {written} = {low} THEN 0 "
        f"WHEN CASE WHEN {odd_spaces} THEN {spaced} = {low} ELSE false END THEN 0 ELSE 2 END"
    )


# of whole numbers, and of those without a digit
LENGTHS = (CITIZEN_DIGITS, OLD_DIGITS, CITIZEN_DIGITS - 1, OLD_DIGITS - 1)


def _digits(dialect: Dialect, number: str) -> str:
    """How many digits a number has that is digits alone, if so many are in LENGTHS; else 0."""
    lengths = ", ".join(map(str, LENGTHS))
    is_digits = dialect.digits.format(number)
    return f"CASE WHEN length({number}) IN ({lengths}) THEN CASE WHEN {is_digits} THEN length({number}) ELSE 0 END ELSE 0 END"


def known(dialect: Dialect) -> str:
    """Records whose old number, name and birth date are one person's. Old numbers were given out in runs: in a whole country
    one has forty neighbours, and who is known by it is not looked for among them."""
    is_known = f"CASE WHEN {_same_birth()} THEN {_name_level(dialect)} < 2 ELSE false END"
    return f"""
WITH met AS (
  SELECT r.record_id, r.full_name, r.date_of_birth, p.full_name AS p_name, p.date_of_birth AS p_birth
  FROM (SELECT * FROM passed WHERE digits = {OLD_DIGITS}) r JOIN population p ON r.holder_id = p.old_id
)
SELECT record_id FROM met WHERE full_name <> '' AND p_name <> '' AND {is_known}"""


def _numbered(source: str, citizen: int, old: int) -> str:
    """(record_id, block, value, known) of the numbers of so many digits, from (record_id, number, digits, known)."""
    return f"""
  SELECT record_id, CAST(CASE WHEN digits = {citizen} THEN {int(Block.CITIZEN)} ELSE {int(Block.OLD)} END AS TINYINT) AS block,
    CAST(number AS BIGINT) AS value, known
  FROM ({source}) AS numbered WHERE digits IN ({citizen}, {old})"""


def _looked_up(known: str) -> str:
    return f"SELECT record_id, holder_id AS number, digits, {known} AS known FROM passed WHERE digits > 0"


SHORT = _numbered(_looked_up("false"), CITIZEN_DIGITS - 1, OLD_DIGITS - 1)
ODD = "SELECT record_id, holder_id FROM passed WHERE NOT settled AND NOT alike AND digits = 0"
NOT_WHOLE = -1  # the value of a key that has no neighbours
SWAPS_ACROSS = (9, 6, 3)  # places where two swapped neighbours lie in two blocks, so that no key stays as it was


def whole_keys(source: str) -> str:
    """Of each whole number of (record_id, number, digits, known) what `find_keys` gives for others: itself, its own `value`, and
    those with two neighbours swapped that leave none of its parts alone. One that is known has no neighbours."""
    parts = [
        f"SELECT record_id, block, value AS key, CASE WHEN known THEN {NOT_WHOLE} ELSE value END AS value FROM whole"
    ]
    for place in SWAPS_ACROSS:
        right = f"(value % {10**place} - value % {10 ** (place - 1)})"
        left = f"CAST((value % {10 ** (place + 1)} - value % {10**place}) / 10 AS BIGINT)"  # where it shall stand
        has_both = f"{left} <> {right}" + (f" AND block = {int(Block.CITIZEN)}" if place >= OLD_DIGITS else "")
        parts.append(
            f"SELECT record_id, block, value + 9 * {right} - 9 * {left} AS key, value FROM whole WHERE {has_both} AND NOT known"
        )
    return f"""
WITH whole AS ({_numbered(source, CITIZEN_DIGITS, OLD_DIGITS)})
{" UNION ALL ".join(parts)}"""


KEYS = f"""{whole_keys(_looked_up("record_id IN (SELECT record_id FROM known)"))}
UNION ALL SELECT record_id, block, key, value FROM odd_keys"""

NUMBERS = f"""
SELECT citizen_id, CASE WHEN length(citizen_id) = {CITIZEN_DIGITS} THEN TRY_CAST(citizen_id AS BIGINT) END AS n,
  TRY_CAST(old_id AS BIGINT) AS old_n FROM population"""


def _slips() -> str:
    """By how much a number differs from one with another digit, or two neighbours swapped."""
    wrong = {digit * 10**place for digit in range(1, 10) for place in range(CITIZEN_DIGITS)}
    swapped = {9 * digit * 10**place for digit in range(1, 10) for place in range(CITIZEN_DIGITS - 1)}
    return ", ".join(map(str, sorted(wrong | swapped)))


_PART_OF_NUMBER = {  # what a slip within one block leaves alone
    Block.FIRST: "{0} - {0} % 1000",
    Block.MIDDLE: "{0} - ({0} % 1000000 - {0} % 1000)",
    Block.SECOND: "{0} - ({0} % 1000000000 - {0} % 1000000)",
    Block.LAST: "{0} % 1000000000",
    Block.OLD_FIRST: "{0} - {0} % 1000",
    Block.OLD_MIDDLE: "{0} - ({0} % 1000000 - {0} % 1000)",
    Block.OLD_LAST: "{0} % 1000000",
}


def neighbours(keys: str) -> list[str]:
    """Statements of everybody at most one slip from a number that has such keys, and some more: (record_id, citizen_id)."""
    found = f"SELECT k.record_id, p.citizen_id FROM {keys} k JOIN numbers p ON "
    parts = [
        f"{found}k.key = p.n WHERE k.block = {int(Block.CITIZEN)}",
        f"{found}k.key = p.old_n WHERE k.block = {int(Block.OLD)}",
    ]
    for block, part in _PART_OF_NUMBER.items():
        whole, number = (Block.CITIZEN, "p.n") if block < Block.OLD else (Block.OLD, "p.old_n")
        parts.append(
            f"{found}{part.format('k.value')} = {part.format(number)} "
            f"WHERE k.block = {int(whole)} AND k.key = k.value AND abs(k.value - {number}) IN ({_slips()})"
        )
    return parts


def candidates() -> list[str]:
    """Statements of everybody at most one slip from a record's number, and some more: (record_id, citizen_id)."""
    return [
        *neighbours("keys"),
        _longer(Block.CITIZEN, "p.n", CITIZEN_DIGITS),
        _longer(Block.OLD, "p.old_n", OLD_DIGITS),
        "SELECT record_id, person_id AS citizen_id FROM passed WHERE NOT settled AND person_id IS NOT NULL",
    ]


def _longer(block: Block, number: str, digits: int) -> str:
    """Everybody whose number, without a digit, is a record's that is one digit short."""
    places = ", ".join(f"({10**place})" for place in range(digits))
    return f"""SELECT k.record_id, p.citizen_id FROM short k CROSS JOIN (VALUES {places}) AS s(place)
  CROSS JOIN (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS d(digit)
  JOIN numbers p ON (k.value - k.value % s.place) * 10 + d.digit * s.place + k.value % s.place = {number}
  WHERE k.block = {int(block)}"""


def _pairs(records: str, candidates: str) -> str:
    """Unsettled records with everybody who may be their holder, or nobody; both sides are chosen before they are joined, so that a
    join is no larger than what is asked for."""
    return f"""
WITH met AS (
  SELECT c.record_id AS met_id, p.citizen_id, p.old_id, p.full_name AS p_full_name, p.date_of_birth AS p_date_of_birth,
    p.sex AS p_sex, p.province_code AS p_province_code, p.status AS p_status, p.status_date AS p_status_date
  FROM (SELECT * FROM candidates WHERE {candidates}) c JOIN population p ON c.citizen_id = p.citizen_id
)
SELECT r.record_id, r.holder_id, r.full_name, r.date_of_birth, r.sex, r.opened, r.province_code, r.sampled,
  m.citizen_id, m.old_id, m.p_full_name, m.p_date_of_birth, m.p_sex, m.p_province_code, m.p_status, m.p_status_date
FROM (SELECT * FROM passed WHERE NOT settled AND {records}) r LEFT JOIN met m ON r.record_id = m.met_id"""


def pairs(part: Slice) -> str:
    """The pairs of some records."""
    chosen = part.holds("CAST(record_id AS STRING)")
    return _pairs(chosen, chosen)


SAMPLED_PAIRS = _pairs("sampled", "record_id IN (SELECT record_id FROM passed WHERE NOT settled AND sampled)")
SAMPLED_CLEAN = "SELECT count(*) AS n FROM passed WHERE settled AND sampled"


def sampled_names(share: float) -> str:
    """The names of people chosen by a hash of their number."""
    chosen = f"SELECT citizen_id FROM numbers WHERE {_sampled('citizen_id', share, 'n')}"
    return f"SELECT p.full_name FROM population p JOIN ({chosen}) c ON p.citizen_id = c.citizen_id"


def sampled_numbers(dialect: Dialect, share: float) -> str:
    """Numbers chosen by a hash, as `whole_keys` takes them."""
    return f"""
SELECT citizen_id AS record_id, citizen_id AS number, {_digits(dialect, "citizen_id")} AS digits, false AS known
FROM numbers WHERE {_sampled("citizen_id", share, "n")}"""


OLD_IDS = "SELECT count(old_id) AS n FROM population"

OPEN = """
SELECT j.record_id, r.full_name, r.date_of_birth FROM judged j JOIN passed r ON j.record_id = r.record_id WHERE j.open"""


def _letters(dialect: Dialect, name: str) -> str:
    """The bare letters of a name, as `names.block_keys` has them."""
    key = dialect.bare.format(f"lower({name})")
    for sign in (" ", "''", "-", "’", ".", "‑", "‐"):
        key = f"replace({key}, '{sign}', '')"
    return key


def names(dialect: Dialect) -> str:
    """The names of the population whose letters somebody sought has. Many bear one name: its letters are worked out once."""
    return f"""
WITH different AS (SELECT full_name, {_letters(dialect, "full_name")} AS name_key FROM population GROUP BY full_name)
SELECT full_name, name_key FROM different WHERE name_key IN (SELECT name_key FROM sought)"""


# Who has the letters of an open record's name and its birth date. Texts, verdicts and reasons are joined to those alone: all that
# is sought does not carry them along.
MET = """
SELECT s.record_id, p.citizen_id, p.full_name, p.date_of_birth
FROM population p JOIN names n ON p.full_name = n.full_name
JOIN sought s ON p.date_of_birth = s.birth AND n.name_key = s.name_key"""

# Open records with whom they met: (record, person) a row.
SOUGHT_PAIRS = """
SELECT m.record_id, r.full_name, r.date_of_birth, j.verdict, j.probability, j.reasons,
  m.citizen_id, m.full_name AS p_full_name, m.date_of_birth AS p_date_of_birth
FROM met m JOIN passed r ON m.record_id = r.record_id JOIN judged j ON m.record_id = j.record_id"""


FINAL = """
SELECT record_id, verdict, person_id, probability, reasons FROM judged j
WHERE NOT EXISTS (SELECT 1 FROM found f WHERE f.record_id = j.record_id)
UNION ALL SELECT record_id, verdict, person_id, probability, reasons FROM found"""

ACCEPTED = """
SELECT record_id, person_id FROM passed WHERE settled
UNION ALL SELECT record_id, person_id FROM judged WHERE person_id IS NOT NULL"""


def beyond(limit: int) -> str:
    """The records beyond the first `limit` distinct subscribers of their person, by opening, then record."""
    return f"""
WITH crowded AS (SELECT person_id FROM accepted GROUP BY person_id HAVING count(*) > {limit}),
ordered AS (
  SELECT a.record_id, a.person_id, coalesce(r.subscriber, concat('record ', CAST(a.record_id AS STRING))) AS line,
    row_number() OVER (PARTITION BY a.person_id ORDER BY r.opened_at ASC NULLS LAST, a.record_id ASC) AS place
  FROM accepted a JOIN crowded c ON a.person_id = c.person_id JOIN register r ON a.record_id = r.record_id
), firsts AS (SELECT person_id, line, min(place) AS place FROM ordered GROUP BY person_id, line),
ranked AS (SELECT person_id, line, row_number() OVER (PARTITION BY person_id ORDER BY place) AS n FROM firsts)
SELECT o.record_id FROM ordered o JOIN ranked k ON o.person_id = k.person_id AND o.line = k.line WHERE k.n > {limit}"""


NOTHING_BEYOND = "SELECT record_id FROM passed WHERE false"


def result(dialect: Dialect) -> str:
    """The rows of the output."""
    lists = ", ".join
    bare, province, far = "'name_bare'", "'province_differs'", "'beyond_limit'"
    choices = "".join(
        f" WHEN {'' if with_bare else 'NOT '}bare_name AND {'' if with_province else 'NOT '}province_differs AND "
        f"b.record_id IS {'NOT ' if with_limit else ''}NULL THEN "
        + (f"{dialect.array}({lists(chosen)})" if chosen else dialect.empty)
        for with_bare in (False, True)
        for with_province in (False, True)
        for with_limit in (False, True)
        for chosen in [[bare] * with_bare + [province] * with_province + [far] * with_limit]
    )
    return f"""
SELECT r.record_id, CASE WHEN b.record_id IS NULL THEN 'verified' ELSE 'over_limit' END AS verdict, r.person_id,
  CAST(1.0 AS DOUBLE) AS probability, CASE{choices} END AS reasons
FROM passed r LEFT JOIN beyond b ON r.record_id = b.record_id WHERE r.settled
UNION ALL
SELECT f.record_id, CASE WHEN b.record_id IS NOT NULL AND f.verdict = 'verified' THEN 'over_limit' ELSE f.verdict END AS verdict,
  f.person_id, f.probability,
  CASE WHEN b.record_id IS NULL THEN f.reasons ELSE array_append(f.reasons, 'beyond_limit') END AS reasons
FROM final f LEFT JOIN beyond b ON f.record_id = b.record_id"""


SUMMARY = """
SELECT province_code, verdict, count(*) AS records FROM (
  SELECT r.province_code, CASE WHEN b.record_id IS NULL THEN 'verified' ELSE 'over_limit' END AS verdict
  FROM passed r LEFT JOIN beyond b ON r.record_id = b.record_id WHERE r.settled
  UNION ALL
  SELECT r.province_code,
    CASE WHEN b.record_id IS NOT NULL AND f.verdict = 'verified' THEN 'over_limit' ELSE f.verdict END AS verdict
  FROM final f JOIN passed r ON f.record_id = r.record_id LEFT JOIN beyond b ON f.record_id = b.record_id
) GROUP BY province_code, verdict"""
