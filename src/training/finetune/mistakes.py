"""What is wrong with the arguments or the data, for people and for programs."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Mistake:
    """One mistake. `file` and `line` (from 1) are None for an argument; `where` is an option or a path such as messages[2].content."""

    file: str | None
    line: int | None
    where: str
    message: str

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return f"{place}: {self.where}: {self.message}" if place else f"{self.where}: {self.message}"

    def to_json(self) -> dict[str, Any]:
        return {"file": self.file, "line": self.line, "where": self.where, "message": self.message}


@dataclass
class Mistakes:
    """Collects mistakes; all are counted, the first thousand kept."""

    found: list[Mistake] = field(default_factory=list)
    count: int = 0
    kept = 1000
    shown = 50

    def add(self, where: str, message: str, file: str | None = None, line: int | None = None) -> None:
        self.count += 1
        if len(self.found) < self.kept:
            self.found.append(Mistake(file, line, where, message))

    def print(self) -> None:
        """To the error stream, the first fifty."""
        for mistake in self.found[: self.shown]:
            print(mistake, file=sys.stderr)
        if self.count > self.shown:
            print(f"... and {self.count - self.shown} more mistakes.", file=sys.stderr)


@dataclass(frozen=True)
class Place:
    """Where a value stands in a file: mistakes are reported against it."""

    mistakes: Mistakes
    file: str
    line: int
    path: str = ""

    def at(self, key: str | int) -> Place:
        step = f"[{key}]" if isinstance(key, int) else f".{key}" if self.path else key
        return Place(self.mistakes, self.file, self.line, self.path + step)

    def wrong(self, message: str) -> None:
        self.mistakes.add(self.path or "row", message, self.file, self.line)
