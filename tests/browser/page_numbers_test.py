"""The page's own arithmetic: every operation of the engine's table, against 400-digit arithmetic and the engine."""
import glob
import json
import os
import subprocess

from claims import claim
from engine import BUILD, number

PROGRAM = os.path.join(BUILD, "tests", "browser_pages")
FOLDER = []  # where browser_pages (pages.cpp) has written, once


def made(browser, pattern):
    if not FOLDER:
        folder = os.path.join(browser.folder, "made")
        os.makedirs(folder, exist_ok=True)
        subprocess.run([PROGRAM, folder], check=True, timeout=120)
        FOLDER.append(folder)
    paths = sorted(glob.glob(os.path.join(FOLDER[0], pattern)))
    assert paths, f"{PROGRAM} has made no {pattern}"
    return paths


def compare(browser, page):
    """The names of the operations compared."""
    with open(page.replace(".html", ".json"), encoding="utf-8") as file:
        truths = json.load(file)
    browser.open("file://" + page)
    numbers = browser.run("""return Object.fromEntries(Object.entries(backstep.numbers()).map(
        ([name, {data, grad}]) => [name, {data: String(data), grad: String(grad)}]))""")
    wrong = []
    for name, kind, wanted, ulps, what in truths:
        found = float(numbers[name][kind].replace("null", "nan").replace("Infinity", "inf").replace("NaN", "nan"))
        true = number(wanted)
        # as tests/support/operations.h: units in the last place of the true value, and the smallest double
        if found != true and not abs(found - true) <= ulps * 2**-52 * abs(true) + 2**-1073:
            distance = abs(found - true) / (2**-52 * abs(true) + 5e-324)
            wrong.append((what, kind, found, true, f"{distance:.0f} ulp, not {ulps}"))
    assert not wrong, f"{len(wrong)} of {len(truths)} differ: {wrong[:8]}"
    return {what.split()[0] for *_, what in truths}


@claim("the page works out every operation and its derivatives to a few units in the last place")
def _(browser):
    seen = set()
    for page in made(browser, "operations_*.html"):
        seen |= compare(browser, page)
    assert len(seen) >= 40 and {"gelu", "atan2", "erfc", "pow"} <= seen, seen


@claim("the page adds up sums, products and exponentials of any number of inputs as the engine does")
def _(browser):
    for page in made(browser, "sums.html"):
        compare(browser, page)
