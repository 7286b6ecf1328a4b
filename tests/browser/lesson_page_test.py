"""The pages that lessons write: quiet, readable, and with the numbers that the lessons print."""
import glob
import os

from claims import claim, equal
from engine import backstep, near
from looks import overlapping

LESSONS = ("1", "2", "3", "4", "5", "6", "7", "11", "16")
PAGES = {}  # by the lesson's file name: 04_backward


def pages(browser):
    if not PAGES:
        folder = os.path.join(browser.folder, "lessons")
        for number in LESSONS:
            backstep("lesson", number, "--page", BACKSTEP_PICTURES=folder)
        PAGES.update((os.path.basename(path)[:-5], path) for path in glob.glob(os.path.join(folder, "*.html")))
    return PAGES


@claim("the page of each lesson leads to its last step and writes nothing to the console")
def _(browser):
    browser.console()
    equal(sorted({name.split("_")[0] for name in pages(browser)}), [number.zfill(2) for number in LESSONS])
    for name, path in sorted(pages(browser).items()):
        browser.open("file://" + path)
        browser.press("End")
        step, steps, phase = browser.run("const {step, steps, phase} = document.body.dataset; return [+step, +steps, phase]")
        equal([step, phase], [steps - 1, "done"], name)
        equal(browser.console(), [], name)
        equal(overlapping(browser, "svg text.local", "svg g.box rect"), [], f"{name}: numbers that touch")


# L = d * e with d = a * b, e = d + a at a = -2, b = 3: L = a^2 b (b + 1), dL/da = 2ab(b + 1), dL/db = a^2 (2b + 1)
@claim("the page of lesson 4 has the gradients that one finds by hand, that of lesson 6 those that it prints")
def _(browser):
    def numbers(name):
        browser.open("file://" + pages(browser)[name])
        return browser.run("return backstep.numbers()")
    fourth, sixth = numbers("04_backward"), numbers("06_worked_example")
    equal([fourth["L"]["data"], fourth["a"]["grad"], fourth["b"]["grad"]], [48, -48, 28])
    # exp() of the browser and of the C library differ in the last bit; some 20 operations follow
    assert near(sixth["E_total"]["data"], 0.2983711087600027, 1e-14), sixth["E_total"]
    assert near(sixth["w5"]["grad"], 0.0821670405642308, 1e-14), sixth["w5"]
    assert near(sixth["w1"]["grad"], 0.000438567734474347, 1e-13), sixth["w1"]


@claim("a drawing that is too broad can be seen as a whole by Fit to width, and scrolls again after it")
def _(browser):
    browser.open("file://" + pages(browser)["03_chain_rule"])

    def hidden_pixels():
        return browser.run("const c = document.getElementById('canvas'); return c.scrollWidth - c.clientWidth")
    before = hidden_pixels()
    browser.click("#fit")
    fitted, pressed = hidden_pixels(), browser.run("return document.getElementById('fit').ariaPressed")
    browser.click("#fit")
    assert before > 1 >= fitted, (before, fitted)
    equal([pressed, hidden_pixels()], ["true", before])
