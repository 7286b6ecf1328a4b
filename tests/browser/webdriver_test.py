"""The browser does as it is told, on a page so small that one sees what must come out."""
import os

from claims import claim, equal
from webdriver import Browser_trouble, of_session, program

PAGE = """<!DOCTYPE html><title>small</title>
<style>
@media (prefers-color-scheme: dark) { body { background: black } }
@media print { button { display: none } }
</style>
<button onclick="document.title += '!'">Go</button> <input id="field" value="old"> <p id="hidden" hidden>secret</p>
<p id="shown">plain</p>"""


def open_small_page(browser, body=PAGE):
    path = os.path.join(browser.folder, "small.html")
    with open(path, "w", encoding="utf-8") as file:
        file.write(body)
    browser.open("file://" + path)
    return "file://" + path


@claim("the driver clicks, types and presses keys as a person would")
def _(browser):
    open_small_page(browser)

    browser.click("button")
    browser.type("#field", "new")
    browser.press("End", "x", "Shift+y", "Shift+Tab", "Enter")

    equal(browser.run("return [document.title, document.querySelector('#field').value]"), ["small!!", "newxY"])


@claim("a click on what is covered is refused")
def _(browser):
    open_small_page(browser, PAGE + "<div style='position: fixed; inset: 0'></div>")
    try:
        browser.click("button")
    except Browser_trouble as trouble:
        assert "click intercepted" in str(trouble), trouble
    else:
        raise AssertionError("the button lies behind another element and could be clicked")


@claim("text that is hidden is not seen")
def _(browser):
    open_small_page(browser)
    equal([browser.text("#shown"), browser.text("#hidden")], ["plain", ""])


@claim("an error, a warning and a script that falls over are noticed on the console")
def _(browser):
    open_small_page(browser)
    equal(browser.console(), [], "of a page that is quiet")

    open_small_page(browser, PAGE + "<script>console.warn('careful'); console.error('bad'); nothing.at.all</script>")

    noted = browser.console()
    for word in ("careful", "bad", "nothing is not defined"):
        assert any(word in line for line in noted), f"{word} is not in {noted}"


@claim("whatever a page asks for is noticed, and gets no answer")
def _(browser):
    browser.requests()
    asks = """<img src='http://example.com/a.png'>
      <script>fetch('http://example.com/b').catch(() => document.title = 'no')</script>"""

    address = open_small_page(browser, PAGE + asks)

    browser.wait("document.title == 'no'")
    asked_for = sorted(set(browser.requests()) - {"about:blank"})
    equal(asked_for, [address, "http://example.com/a.png", "http://example.com/b"])
    browser.console()


@claim("the page is shown as narrow, as dark and as printed as it is wanted")
def _(browser):
    open_small_page(browser)

    def shown():
        return browser.run("""return [innerWidth, getComputedStyle(document.body).backgroundColor,
                                      getComputedStyle(document.querySelector('button')).display]""")
    browser.size(390, 800)
    browser.media(prefers_color_scheme="dark")
    equal(shown(), [390, "rgb(0, 0, 0)", "inline-block"])
    browser.media("print")
    equal(shown()[2], "none")
    browser.media()
    browser.size(1280, 900)
    equal(shown(), [1280, "rgba(0, 0, 0, 0)", "inline-block"])


@claim("when a browser ends, none of its processes and files stays")
def _(browser):
    with type(browser)() as other:
        driver, folder = other.driver.pid, other.folder
        assert not os.path.isdir("/proc") or len(list(of_session(driver))) > 1

    equal([list(of_session(driver)), os.path.exists(folder)], [[], False])


@claim("a browser that cannot be started says why, at once")
def _(browser):
    folder, path = os.path.join(browser.folder, "broken"), os.environ["PATH"]
    os.mkdir(folder)
    with open(os.path.join(folder, "chromedriver"), "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\necho 'no such port'\nexit 1\n")
    os.chmod(file.name, 0o755)
    os.environ["PATH"] = folder + os.pathsep + path
    try:
        equal(program("chromedriver"), file.name)
        with type(browser)():
            raise AssertionError("it has started")
    except Browser_trouble as trouble:
        assert "did not start: no such port" in str(trouble), trouble
    finally:
        os.environ["PATH"] = path
