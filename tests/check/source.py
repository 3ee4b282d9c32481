# SPDX-License-Identifier: GPL-2.0-or-later
"""What the checks share: the source files, read without comments, and the functions in them."""
import pathlib
import re
import sys

KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "do", "else", "defined"}


class Offenders:
    """Collects `file:line: message`; notes do not fail the check."""

    def __init__(self):
        self.failed = False

    def add(self, path, line, message):
        print(f"{path}:{line}: {message}")
        self.failed = True

    def note(self, path, line, message):
        print(f"{path}:{line}: note: {message}")

    def exit(self):
        sys.exit(1 if self.failed else 0)


def files(*folders, suffixes=(".c", ".h")):
    """Source files below folders of the current directory, sorted; a check's own fixtures are left out."""
    found = []
    for folder in folders:
        found += [p for p in pathlib.Path(folder).rglob("*") if p.suffix in suffixes and "fixtures" not in p.parts]
    return sorted(found)


def without_comments(text, strings=True):
    """The text with comments (and with strings=False what strings hold) blanked, every line where it was."""

    def blank(match):
        token = match.group(0)
        if token[0] in "\"'":
            return token if strings else token[0] + " " * (len(token) - 2) + token[0]
        return re.sub(r"[^\n]", " ", token)

    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def closing(text, start):
    """Offset behind the parenthesis that closes the one at start."""
    depth = 0
    for i in range(start, len(text)):
        if text[i] == "(":
            depth += 1
        elif text[i] == ")":
            depth -= 1
            if depth == 0:
                return i + 1
    return len(text)


def arguments(text):
    """Split "(a, b(c, d))" at its own commas."""
    parts, depth, part = [], 0, ""
    for char in text[1:-1]:
        depth += char in "([{"
        depth -= char in ")]}"
        if char == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += char
    return [p for p in parts + [part.strip()] if p]


def functions(text):
    """(name, parameters, offset of the name, body's start, body's end) of every function defined in text."""
    code = without_comments(text, strings=False)
    for match in re.finditer(r"^\{", code, flags=re.M):
        head = code[: match.start()].rstrip()
        if not head.endswith(")"):
            continue
        cut = max(head.rfind("\n\n"), head.rfind("\n}"), head.rfind(";\n"))
        names = [m for m in re.finditer(r"(\w+)\s*\(", head[cut + 1 :]) if m.group(1) != "__attribute__"]
        if not names:
            continue
        name = names[0]
        if name.group(1) in KEYWORDS or name.group(1).isupper():
            name = names[0]
        start = cut + 1 + name.start()
        end = code.find("\n}", match.start())
        opening = cut + 1 + name.end() - 1
        parameters = arguments(code[opening : closing(code, opening)])
        yield name.group(1), parameters, start, match.start(), end + 2 if end >= 0 else len(code)
