"""Claims as functions, and how they are reported: the lines that tests/run counts (tests/support/report.sh).

    @claim("a click is a click")
    def _(browser): ...

A claim holds when its function returns; AssertionError and everything else that it throws is shown with its place.
"""
import os
import time
import traceback

CLAIMS = []
# .ci/run says BACKSTEP_BROWSER=required: there, what cannot be tried has failed.
REQUIRED = os.environ.get("BACKSTEP_BROWSER") == "required"


class Skipped(Exception):
    """Raised by a claim that cannot be tried here, with the reason. No browser is none: see REQUIRED."""


def claim(name):
    def add(function):
        CLAIMS.append((name, function))
        return function
    return add


def report(line):
    print(line, flush=True)
    if "BACKSTEP_TEST_REPORT" in os.environ:
        with open(os.environ["BACKSTEP_TEST_REPORT"], "a", encoding="utf-8") as file:
            file.write(line + "\n")


def skip(name, reason):
    """Whether that is all right here."""
    report(f"not ok {name} ({reason})" if REQUIRED else f"skip {name}: {reason}")
    return not REQUIRED


def try_claims(chosen, *arguments):
    """Tries the claims (name, function) in their order; whether all hold."""
    all_hold = True
    for name, function in chosen:
        began = time.monotonic()
        try:
            function(*arguments)
            report(f"ok {name}")
        except Skipped as reason:
            report(f"skip {name}: {reason}")
        except Exception:  # whatever it is, the claim does not hold, and the others are still to be tried
            all_hold = False
            traceback.print_exc()
            report(f"not ok {name}")
        if "BACKSTEP_TIMES" in os.environ:
            print(f"{time.monotonic() - began:8.2f} s")
    return all_hold


def equal(found, wanted, what=""):
    assert found == wanted, f"{what or 'found'}: {found!r}, not {wanted!r}"
