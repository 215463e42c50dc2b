# SPDX-License-Identifier: MIT
"""The damage kernel text takes on its way into a log, a mail or a web page."""

import re


def expand_tabs(text):
    """A terminal's copy: tabs become blanks up to the next multiple of 8."""
    return text.expandtabs(8)


def crlf(text):
    """Line ends of a serial console log."""
    return text.replace(b"\n", b"\r\n")


def no_final_newline(text):
    """The last line end lost."""
    return text.removesuffix(b"\n")


def drop_blank_lines(text):
    """Empty lines lost."""
    return b"".join(line for line in text.splitlines(keepends=True) if line.strip())


def drop_lines(text, count):
    """The first lines lost."""
    return b"".join(text.splitlines(keepends=True)[count:])


def mail_wrap(text, width=72):
    """Long lines broken at a blank, as a mail client does."""
    lines = []
    for line in text.split(b"\n"):
        while len(line) > width and b" " in line[:width + 1].lstrip():
            cut = line.rindex(b" ", 0, width + 1)
            lines.append(line[:cut].rstrip())
            line = line[cut + 1:].lstrip()
        lines.append(line)
    return b"\n".join(lines)


def squeeze(text):
    """Tabs and runs of blanks become one blank, the line's first ones none: a web page or a mail."""
    return b"\n".join(re.sub(rb"[ \t]+", b" ", line).strip() for line in text.split(b"\n"))


def prompt(text, path, shell=b"console:/ # ", trailing=b""):
    """The command a person typed, in front."""
    return shell + b"cat " + path + trailing + b"\n" + text


def banner(text, path, character=b"*"):
    """The banner a log script prints in front of a node."""
    return character * 10 + b" cat " + path + b" " + character * 10 + b"\n" + text
