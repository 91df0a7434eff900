"""The errors of Kẻng.

KengError
├── InputError       what came from outside cannot be read or is impossible   (permanent)
├── RefusedError     it was understood, and a rule or a right forbids it      (permanent)
├── ConflictError    somebody or something was there first                    (permanent)
└── UnavailableError what we depend on is down or late                        (try again)

Each says what happened in Vietnamese and in English, names internal identifiers only, and never holds personal data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said in both languages, Vietnamese first."""

    vi: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") else self.vi

    def filled(self, **values: object) -> Said:
        """The same sentences with their `{name}` places filled."""
        return Said(self.vi.format(**values), self.en.format(**values))


class KengError(Exception):
    """Something did not go as asked. `code` is stable and machine-readable; `field` names the part of the input, if one."""

    permanent: ClassVar[bool] = True

    def __init__(self, code: str, said: Said, *, field: str | None = None) -> None:
        super().__init__(f"{code}: {said.en}")
        self.code = code
        self.said = said
        self.field = field


class InputError(KengError):
    """What came from outside cannot be read, or is impossible."""


class RefusedError(KengError):
    """It was understood, and a rule or a right forbids it."""


class ConflictError(KengError):
    """Somebody or something was there first."""


class UnavailableError(KengError):
    """What we depend on is down or late; trying again may help."""

    permanent = False
