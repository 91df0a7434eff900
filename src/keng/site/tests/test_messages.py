"""Every sentence of the pages has its English, with the same values in it, and what is compiled is what is written."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "locale/en/LC_MESSAGES/django.po"
FUNCTIONS = {"gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "_"}  # what xgettext looks for
IN_CONTEXT = {"pgettext", "pgettext_lazy"}  # their first argument tells where the string stands
KNOWN = FUNCTIONS | IN_CONTEXT
MODULE = "django.utils.translation"
PLACE = re.compile(r"%\((\w+)\)[sd]")
NOT_WORDS = {"Kẻng", "đ", "Tiếng Việt"}  # names, signs, and the languages' own names

Key = tuple[str, str]
"""Where a string stands, if that matters, and the string."""

TEMPLATES = sorted(ROOT.glob("**/templates/**/*.html"))
MODULES = sorted(
    path for path in ROOT.glob("**/*.py") if "tests" not in path.parts and MODULE in path.read_text("utf-8")
)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def messages_of(path: Path) -> set[Key]:
    """What each call that marks a string names; templates are read as Django reads them."""
    text = path.read_text(encoding="utf-8")
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)] if path.suffix == ".py" else []
    if path.suffix == ".html":
        word = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
        found = re.findall(rf"\b(?:n?pgettext\({word},\s*|(?:_|n?gettext)\(){word}", templatize(text))
        return {(ast.literal_eval(where or "''"), ast.literal_eval(said)) for where, said in found}
    in_context = [call.args[:2] for call in calls if marks(call, IN_CONTEXT)]
    plain = [[ast.Constant(""), call.args[0]] for call in calls if marks(call, FUNCTIONS)]
    both = [[getattr(word, "value", None) for word in words] for words in in_context + plain]
    return {(where, said) for where, said in both if isinstance(said, str)}


def marks(call: ast.Call, functions: set[str]) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in functions and bool(call.args)


@pytest.fixture(scope="module")
def english() -> dict[Key, polib.POEntry]:
    return {key_of(entry): entry for entry in polib.pofile(str(PO)) if not entry.obsolete}


def key_of(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


def forms_of(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_the_strings_are_found() -> None:
    """Or the tests below would pass on nothing."""
    assert ("", "Đang giữ") in messages_of(ROOT / "look/templates/look/parts/money_progress.html")
    assert ("", "Quá hạn trả lời") in messages_of(ROOT / "look/states.py")
    assert ("", "Cán bộ trực") in messages_of(ROOT / "desk/ground/people/models.py")
    assert ("bar", "Đối tác") in messages_of(ROOT / "doors/officers/frame.py")
    assert ("one", "Đề nghị") in messages_of(ROOT / "look/templates/officers/proposal.html")
    assert len(TEMPLATES) > 20
    assert len(set().union(*map(messages_of, [*TEMPLATES, *MODULES]))) > 250


@pytest.mark.parametrize("path", [*TEMPLATES, *MODULES], ids=name_of)
def test_every_string_has_its_english(path: Path, english: dict[Key, polib.POEntry]) -> None:
    there = {key for key, entry in english.items() if all(forms_of(entry)) and not entry.fuzzy}
    assert messages_of(path) - there == set(), (
        "run `make messages`, fill in locale/en/LC_MESSAGES/django.po, run it again"
    )


def test_no_english_is_left_over(english: dict[Key, polib.POEntry]) -> None:
    used = set().union(*map(messages_of, [*TEMPLATES, *MODULES]))
    assert set(english) - used == set(), "run `make messages`"


def test_the_english_names_the_same_values(english: dict[Key, polib.POEntry]) -> None:
    wrong = {
        key: form
        for key, entry in english.items()
        for form in forms_of(entry)
        if sorted(PLACE.findall(entry.msgid)) != sorted(PLACE.findall(form))
    }
    assert wrong == {}


def test_what_is_compiled_is_what_is_written(english: dict[Key, polib.POEntry]) -> None:
    compiled = {key_of(entry): forms_of(entry) for entry in polib.mofile(str(PO.with_suffix(".mo")))}
    assert compiled == {key: forms_of(entry) for key, entry in english.items()}, "run `make messages`"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_strings_are_marked_by_names_that_xgettext_knows(path: Path) -> None:
    imports = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    marking = [alias for node in imports if node.module == MODULE for alias in node.names if alias.name in KNOWN]
    assert {alias.asname or alias.name for alias in marking} <= KNOWN


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_marked_string_stands_whole_in_its_call(path: Path) -> None:
    """A name or an f-string in the call would never be collected."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    told = [(call.lineno, call.args[:1]) for call in calls if marks(call, FUNCTIONS)]
    told += [(call.lineno, call.args[:2]) for call in calls if marks(call, IN_CONTEXT)]
    assert [line for line, words in told if not all(isinstance(word, ast.Constant) for word in words)] == []


@pytest.mark.parametrize("path", [one for one in TEMPLATES if one.name != "specimen.html"], ids=name_of)
def test_no_vietnamese_stands_in_a_template_unmarked(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for what in (
        r"{% comment %}.*?{% endcomment %}",
        r"{% blocktranslate.*?{% endblocktranslate %}",
        r"{%.*?%}",
        r"{{.*?}}",
    ):
        text = re.sub(what, " ", text, flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", lambda tag: " " + " ".join(re.findall(r'"([^"]*)"', tag[0])) + " ", text)
    for known in NOT_WORDS:
        text = re.sub(rf"(?<!\w){known}(?!\w)", " ", text)
    assert [word for word in re.findall(r"\w+", text) if not word.isascii()] == []
