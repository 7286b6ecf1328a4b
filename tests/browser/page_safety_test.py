"""Whatever a name, a file or a comment says, it is text; and the page asks nobody for anything."""
import json
import os

from claims import claim, equal
from engine import backstep
from page import Page, worksheet
from page_numbers_test import made

ASSAULT = """# </script><script>alert(1)</script> <!-- <img src=http://example.com/a.png onerror=alert(2)>
# ]]> ${alert(3)} {{alert(4)}} \u202e\U0001F600 & &lt; "quoted" 'quoted' \\u003c/script>
x = 2   # </title></style><svg onload=alert(5)>
w = 0.5 # javascript:alert(6)
y = tanh(w*x)
E = (y - 1)^2
loss E
train w
learning_rate 0.5
claim y = 0.7 # <b>
"""
# Set before any script of a page runs: what a script that had got in would do is noticed.
WATCH = """window.intruded = [];
for (const name of ['alert', 'confirm', 'prompt', 'open', 'eval'])
  window[name] = (...what) => window.intruded.push([name, ...what.map(String)]);"""


def intruded(browser):
    """What ran, or stands in the page as an element, that the page does not make itself."""
    return browser.run("""return [...window.intruded, ...[...document.querySelectorAll(
        'img, iframe, object, embed, base, link, audio, video, [onerror], [onload], [onclick]')].map(e => e.outerHTML),
        ...[...document.querySelectorAll('script:not([type="application/json"])')].slice(1).map(e => e.outerHTML)];""")


@claim("names of scripts, markup, quotes, emoji and turned text are shown as they are, and nothing of them runs")
def _(browser):
    [path] = made(browser, "hostile.html")
    with open(path.replace(".html", ".json"), encoding="utf-8") as file:
        names = json.load(file)
    watch = browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH)["identifier"]
    browser.console()
    try:
        browser.open("file://" + path)
        last = browser.run("return +document.body.dataset.steps - 1")
        for _ in range(last):
            browser.run("document.getElementById('next').click()")
        browser.run("""for (const box of document.querySelectorAll('g.box, #leaves button')) {
            box.dispatchEvent(new MouseEvent('mouseenter')); box.focus(); }""")
        equal(intruded(browser), [])
        equal(browser.run("return +document.body.dataset.step"), last)
        numbers = browser.run("return Object.keys(backstep.numbers())")
        text = browser.run("return document.body.textContent")
    finally:
        browser.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=watch)
    # A name may be cut short where it is shown, and what turns the direction of writing may be left out.
    plain = [name for name in names if len(name) <= 30 and "\u202e" not in name]
    assert len(plain) >= 5 and [name for name in plain if name not in numbers] == [], (plain, numbers)
    assert all(name in text for name in plain), [name for name in plain if name not in text]
    equal(browser.console(), [])


@claim("a character that turns the direction of writing does not turn what stands behind it")
def _(browser):
    [path] = made(browser, "hostile.html")
    browser.open("file://" + path)
    turned = browser.run("""
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
        for (let node; (node = walker.nextNode());)
          if (/[\\u202a-\\u202e\\u2066-\\u2069]/.test(node.data)) found.push(node);
        return found.filter(node => !node.parentElement.closest('script')).map(node => node.data);""")
    equal(turned, [])


@claim("comments and the name of the file run nothing either")
def _(browser):
    source = os.path.join(browser.folder, "\"><img src=x onerror=alert(7)>&.bp")
    with open(source, "w", encoding="utf-8") as file:
        file.write(ASSAULT)
    path = os.path.join(browser.folder, "assault.html")
    backstep("page", source, "-o", path)
    watch = browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH)["identifier"]
    try:
        browser.open("file://" + path)
        browser.press("End")
        equal(intruded(browser), [])
        assert os.path.basename(source) in browser.run("return document.title"), browser.run("return document.title")
    finally:
        browser.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=watch)
    equal(browser.console(), [])


@claim("what a script that had got in would do is noticed")
def _(browser):
    path = os.path.join(browser.folder, "intruded.html")
    with open(Page(browser, worksheet("mazur")).path, encoding="utf-8") as file:
        page = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(page.replace("<main", "<script>alert(1)</script><img src=x><main", 1))
    watch = browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH)["identifier"]
    try:
        browser.open("file://" + path)
        found = intruded(browser)
    finally:
        browser.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=watch)
    browser.console()
    equal(found[:2], [["alert", "1"], '<img src="x">'])
    assert len(found) == 3 and found[2].startswith("<script>"), found


@claim("the page asks for nothing but itself, and its policy would not let it")
def _(browser):
    browser.requests()
    page = Page(browser, worksheet("mazur"))
    page.all_steps()
    browser.press("Home", "ArrowRight")
    equal(sorted(set(browser.requests()) - {"about:blank"}), ["file://" + page.path])

    refused = browser.run("""
        return new Promise(done => {
          const refused = [];
          document.addEventListener('securitypolicyviolation', event => refused.push(event.effectiveDirective));
          fetch('http://example.com/a').catch(() => {});
          document.body.append(Object.assign(new Image(), {src: 'http://example.com/b.png'}));
          const script = document.createElement('script');
          script.src = 'http://example.com/c.js';
          document.body.append(script);
          setTimeout(() => done(refused), 200);
        });""")
    equal(sorted(refused), ["connect-src", "img-src", "script-src-elem"])
    browser.console(), browser.requests()


@claim("nothing is written to the console: every button, box, field and key of the worked example")
def _(browser):
    browser.console()
    page = Page(browser, worksheet("mazur"))
    for button in ("next", "last", "back", "first", "play", "play", "predict", "next", "check", "show", "predict"):
        browser.run("""const button = document.getElementById(arguments[0]);
                       if (button.checkVisibility() && !button.disabled) button.click();""", button)
    browser.type("#leaves input[data-name='w1']", "0.2")
    browser.press("Enter")
    browser.run("""for (const each of document.querySelectorAll('g.box, #leaves button')) {
                     each.focus();
                     each.dispatchEvent(new MouseEvent('click', {bubbles: true}));
                   }""")
    browser.press("Home", "ArrowRight", "End", "Space", "Escape", "Enter", "x")
    browser.click("#reset")
    page.go_to(5)
    equal(browser.console(), [])
