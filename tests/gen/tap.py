# SPDX-License-Identifier: MIT
"""A little TAP: named checks, a plan at the end, and where two texts part."""


class Tap:
    """Counts and prints checks; status() is the exit status."""

    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, name, detail=""):
        """One check."""
        self.count += 1
        self.failed += not good
        print("%s %d - %s" % ("ok" if good else "not ok", self.count, name))
        if not good and detail:
            for line in detail.splitlines():
                print("#   " + line)

    def same(self, got, wanted, name):
        """Two byte strings are equal; otherwise the first difference is shown."""
        self.ok(got == wanted, name, "" if got == wanted else difference(got, wanted))

    def status(self):
        """Print the plan; 1 if a check failed or none was made."""
        print("1..%d" % self.count)
        return 1 if self.failed or not self.count else 0


def difference(got, wanted):
    """Where two byte strings part, by line."""
    got_lines, wanted_lines = got.split(b"\n"), wanted.split(b"\n")
    for number, (left, right) in enumerate(zip(got_lines, wanted_lines), 1):
        if left != right:
            return "line %d\n got    %r\n wanted %r" % (number, left, right)
    return "%d lines, wanted %d" % (len(got_lines), len(wanted_lines))
