# SPDX-License-Identifier: MIT
"""The true facts of a hostile case, as JSON beside it, and the case itself."""

import json
import pathlib
from dataclasses import dataclass, field


@dataclass
class Case:
    """Bytes of one file (or of a tree's files, by path), and what is true of them.

    facts become NAME.expect.json: buffers and total_bytes (None: this text does not tell), rows, and
    damaged_lines, the lines no reader can read as what they are.  Keys are explained in the README.
    """
    name: str
    checklist: int
    node: str
    content: object
    facts: dict = field(default_factory=dict)
    note: str = ""
    links: dict = field(default_factory=dict)   # of a tree: path and target

    def expect(self):
        """The sidecar as an object."""
        base = {"case": self.name, "checklist": self.checklist, "node": self.node,
                "buffers": None, "total_bytes": None, "rows": [], "damaged_lines": []}
        return base | self.facts | ({"note": self.note} if self.note else {})

    def files(self):
        """Path below the output directory and content, the sidecar included."""
        sidecar = json.dumps(self.expect(), indent=1, sort_keys=True).encode() + b"\n"
        files = {self.name + ".expect.json": sidecar}
        if isinstance(self.content, dict):
            return files | {self.name + "/" + path: text for path, text in self.content.items()}
        return files | {self.name: self.content}


def write(cases, directory):
    """Write all cases below a directory."""
    for case in cases:
        for name, content in case.files().items():
            path = pathlib.Path(directory, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def text(raw):
    """Kernel bytes as JSON text; a byte that is no UTF-8 becomes U+FFFD, see hexed()."""
    return None if raw is None else raw.decode("utf-8", "replace")


def hexed(key, raw):
    """The key with its original bytes in hex, where text() does not give them back."""
    if raw is None or text(raw).encode() == raw:
        return {}
    return {key + "_hex": raw.hex()}


def devices(names):
    """Devices with their counts, in order of first appearance."""
    seen = {}
    for name in names:
        seen[text(name)] = seen.get(text(name), 0) + 1
    return [{"device": name, "count": count} for name, count in seen.items()]


def hex_address(value):
    """An address as text."""
    return "0x%x" % value


def line_ranges(chunks):
    """For each chunk of a node the (first, last) line it has, counted from 1."""
    ranges, line = [], 1
    for chunk in chunks:
        lines = chunk.count(b"\n")
        ranges.append((line, line + max(lines, 1) - 1))
        line += lines
    return ranges


def damaged(first, last, why):
    """Entries of damaged_lines."""
    return [{"line": line, "why": why} for line in range(first, last + 1)]
