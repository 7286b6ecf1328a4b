"""The page of a worksheet in the browser: making it, going through its steps, and what it shows at each."""
import os

from engine import ROOT, backstep

# All that a reader sees of a step, by the elements that show it.
SNAPSHOT = """
const text = id => {
  const e = document.getElementById(id);
  return e && e.checkVisibility() ? e.textContent.trim() : '';
};
const {step, steps, phase} = document.body.dataset;
const texts = (selector, key) => Object.fromEntries([...document.querySelectorAll(selector)].map(
  e => [key(e.dataset), e.textContent.trim()]));
return {
  step: +step, last: steps - 1, phase,
  says: text('says'), rule: text('rule'), put_in: text('put_in'), result: text('result'), sum: text('sum'),
  local_row: text('local'), upstream: text('upstream'),
  data: texts('svg text.data', d => d.name), grad: texts('svg text.grad', d => d.name),
  local: texts('svg text.local', d => d.from + ' ' + d.to),
  lit: [...document.querySelectorAll('svg g.box.lit')].map(e => e.dataset.name),
  address: location.hash, numbers: backstep.numbers(),
};
"""


MADE = {}  # the pages that were made already: a worksheet's claims after 10,000 steps take their second


def worksheet(name):
    with open(os.path.join(ROOT, "lessons", "worksheets", name + ".bp"), encoding="utf-8") as file:
        return file.read()


class Page:
    """The page of a worksheet's text, opened at its first step."""

    def __init__(self, browser, text, fragment="", name="sheet", options=()):
        self.browser = browser
        if (text, name, options) not in MADE:
            source, path = (os.path.join(browser.folder, f"{name}{end}") for end in (".bp", f"_{len(MADE)}.html"))
            with open(source, "w", encoding="utf-8") as file:
                file.write(text)
            backstep("page", source, "-o", path, *options)
            MADE[text, name, options] = path
        self.path = MADE[text, name, options]
        self.open(fragment)

    def open(self, fragment=""):
        self.browser.open("file://" + self.path + fragment)

    def shows(self):
        return self.browser.run(SNAPSHOT)

    def step(self):
        return self.browser.run("return +document.body.dataset.step")

    def go_to(self, step):
        """By its slider, as somebody who drags it."""
        self.browser.run("""const slider = document.getElementById('slider'); slider.value = arguments[0];
                            slider.dispatchEvent(new Event('input', {bubbles: true}));""", step)
        self.browser.wait("document.body.dataset.step == arguments[0]", step)

    def all_steps(self, button="#next"):
        """What it shows at each step of the first iteration, from where it stands, by one button."""
        return self.browser.run("""
            const shown = [], snapshot = () => { %s };
            for (let k = 0, last = -1; k < 10000; ++k) {
              const now = snapshot();
              shown.push(now);
              const end = arguments[0] === '#next' ? now.last : 0;
              if (now.step === end || now.step === last) break;
              last = now.step;
              document.querySelector(arguments[0]).click();
            }
            return shown;""" % SNAPSHOT, button)
