"""What the engine says of a worksheet, for tests to hold a page against: every value, gradient, local derivative and
share. The local derivatives are worked out here once more, by the rules of a textbook."""
import json
import math
import os
import subprocess

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.realpath(os.environ.get("BACKSTEP_BUILD", os.path.join(ROOT, "build")))
BACKSTEP = os.path.join(BUILD, "lessons", "backstep")


def backstep(*arguments, stdin="", **environment):
    """What the program prints."""
    done = subprocess.run([BACKSTEP, *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8", timeout=120, check=False, env={**os.environ, **environment})
    assert done.returncode == 0, f"backstep {' '.join(arguments)}: status {done.returncode}: {done.stderr}"
    return done.stdout


def number(value):
    """JSON has no word for what is not finite; the program writes it as text."""
    return float(value) if isinstance(value, str) else value


class Solved:
    """A worksheet as `backstep solve --json` has it. Values that the worksheet does not name are $1, $2, ..."""

    def __init__(self, text):
        found = json.loads(backstep("solve", "--json", "-", stdin=text))
        self.loss, self.train, self.values = found["loss"], found["train"], found["values"]

    def data(self, name):
        return number(self.values[name]["data"])

    def grad(self, name):
        """None where no path leads to the loss."""
        grad = self.values[name]["grad"]
        return None if grad is None else number(grad)

    def named(self):
        return [name for name in self.values if not name.startswith("$")]

    def inputs(self, name):
        return self.values[name]["inputs"]

    def input_data(self, name):
        return [each["constant"] if isinstance(each, dict) else self.data(each) for each in self.inputs(name)]

    def local(self, name, place):
        """d(value)/d(its input at that place)."""
        operation, x, out = self.values[name]["op"], self.input_data(name), self.data(name)
        rules = {
            "+": lambda: 1, "-": lambda: 1 - 2 * place, "*": lambda: x[1 - place],
            "/": lambda: 1 / x[1] if place == 0 else -x[0] / x[1]**2,
            "^": lambda: x[1] * x[0]**(x[1] - 1) if place == 0 else out * math.log(x[0]),
            "neg": lambda: -1, "exp": lambda: out, "sigmoid": lambda: out * (1 - out), "tanh": lambda: 1 - out**2,
        }
        return rules[operation]()

    def box_of(self, name):
        """The named value in whose formula a nameless one stands."""
        while name.startswith("$"):
            [name] = [user for user in self.values if name in self.inputs(user)]
        return name

    def shares(self, of):
        """(the named user, the local derivative, the share) of each use of a value, in the order of the sweep: from
        the loss back, and within an operation from its first input on."""
        found = []
        for user in reversed(self.values):
            for place, each in enumerate(self.inputs(user)):
                if each == of and self.grad(user) is not None:
                    share = self.grad(user) * self.local(user, place)
                    found.append((self.box_of(user), share / self.grad(self.box_of(user)), share))
        return found


def changed(text, name, to):
    """The worksheet with another number for a leaf."""
    lines = text.split("\n")
    [place] = [k for k, line in enumerate(lines) if line.replace(" ", "").startswith(name + "=")]
    lines[place] = f"{name} = {to!r}"
    return "\n".join(lines)


def as_number(shown):
    """A number as a page shows it, with a real minus."""
    return float(shown.strip().replace("\u2212", "-"))


def agrees(shown, true, digits):
    """Whether a shown number is the true one, rounded to so many significant digits (or whole)."""
    if math.isnan(true):
        return shown == "nan"
    return as_number(shown) in (float(f"{true:.{digits}g}"), true)


def near(found, wanted, bound):
    """Relative, and for what is not finite the same."""
    if found is None or wanted is None or not math.isfinite(wanted):
        return found == wanted or (found != found and wanted != wanted)
    return abs(found - wanted) <= bound * abs(wanted)
