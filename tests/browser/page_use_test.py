"""What a learner does with the page: predicts, changes an input, comes back by a link, uses the keyboard."""
from claims import claim, equal
from engine import Solved, agrees, changed, near
from looks import not_reached_by_tab, unnamed
from page import Page, worksheet

MAZUR = worksheet("mazur")
NEURON = """# one neuron
x = 2
w = 0.3
b = 0.1
y = tanh(w*x + b)
E = (y - 1)^2
loss E
train w b
learning_rate 0.5
claim y = 0.6044
claim dE/dw = -1.0
"""
DIGITS = 6  # that the page shows when it is not told otherwise


def holds(browser, words):
    """Whether the page, as it is seen, has these words anywhere; texts of drawings and fields included."""
    return browser.run("""
        const said = [...document.querySelectorAll('body *')].filter(e => e.checkVisibility()).flatMap(e => [
          [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join(''), e.value || '', e.title || '',
          e.getAttribute('aria-label') || '', e.getAttribute('aria-valuetext') || '']);
        return said.some(text => text.includes(arguments[0]));""", words)


def predicting(browser):
    page = Page(browser, NEURON)
    browser.click("#predict")
    browser.press("Escape")
    browser.click("#next")
    return page


def answers(browser, text):
    """Types an answer to the step and sends it with Enter."""
    browser.type("#answer", text)
    browser.press("Enter")


# tanh(0.7) = 0.604367777117..., by a table
@claim("predict first hides the step's number wherever it would be seen, until it is answered")
def _(browser):
    page = predicting(browser)

    for shown in ("0.604368", "0.6044", "0.604"):
        assert not holds(browser, shown), f"{shown} is to be seen while it is to be predicted"
    equal(page.shows()["result"], "?")
    answers(browser, "0.6044")
    assert holds(browser, "0.604368"), "the number is not shown after a right answer"


@claim("predict first hides shares, sums and new weights as well")
def _(browser):
    page = Page(browser, NEURON)
    shown = page.all_steps()
    results = [each["result"] for each in shown]
    # Not where a factor is 1: then the other one, which is given, is the answer.
    asked = [step for step, result in enumerate(results)
             if len(result) > 5 and results.count(result) == 1 and result not in shown[step]["put_in"]]
    assert {shown[step]["phase"] for step in asked} == {"forward", "backward", "update"}, results
    browser.click("#predict")
    for step in asked:
        page.go_to(step)
        equal(page.shows()["result"], "?")
        assert not holds(browser, results[step]), f"step {step}: {results[step]} is to be seen"


@claim("of an answer the page says whether it is right, truncated or wrong, to the digits typed")
def _(browser):
    said = {}
    for typed in ("0.6044", "0.604367777117", "0.60436", "0.5", "-0.6044", "0,6044"):
        predicting(browser)
        answers(browser, typed)
        said[typed] = browser.text("#heard")
    for right in ("0.6044", "0.604367777117", "0,6044"):
        equal(said[right], "Right.", right)
    assert "cut off" in said["0.60436"], said
    assert said["0.5"].startswith("Not yet") and "sign" not in said["0.5"], said
    assert said["-0.6044"].startswith("Not yet") and "sign" in said["-0.6044"], said


@claim("the score counts what was predicted right, and what was shown instead")
def _(browser):
    predicting(browser)
    answers(browser, "0.6044")
    once = browser.text("#score")
    browser.click("#next")
    browser.click("#show")
    twice = browser.text("#score")

    assert "1" in once and once != twice, (once, twice)


@claim("with a changed input every number is that of the changed worksheet, and reset brings the old ones back")
def _(browser):
    page = Page(browser, MAZUR)
    before = page.shows()["numbers"]

    browser.type("#leaves input[data-name='i1']", "0.75")
    browser.press("Enter")

    engine = Solved(changed(MAZUR, "i1", 0.75))
    numbers = page.shows()["numbers"]
    assert numbers["E"]["data"] != before["E"]["data"], "nothing has changed"
    for name in engine.named():
        for kind, true in (("data", engine.data(name)), ("grad", engine.grad(name))):
            assert near(numbers[name][kind], true, 1e-12), (name, kind, numbers[name], true)
    shown = page.all_steps()
    for step in shown:
        if step["phase"] == "forward":
            assert agrees(step["result"], engine.data(step["lit"][0]), DIGITS), step
    browser.click("#reset")
    equal(page.shows()["numbers"], before, "after reset")


@claim("what is no number is refused by name, and changes nothing")
def _(browser):
    page = Page(browser, MAZUR)
    before = page.shows()["numbers"]
    for typed in ("abc", "", "1e999", "0x10", "1 2"):
        browser.type("#leaves input[data-name='i1']", typed)
        browser.press("Enter")
        equal(page.shows()["numbers"], before, f"after {typed!r}")
        marked = browser.run("""return document.querySelector("#leaves input[data-name='i1']").matches(':invalid')""")
        assert marked, f"{typed!r} is not marked as wrong"


RATE = 0.5  # of the worked example


def after_steps(text, count):
    """The worksheet after so many steps of gradient descent, each by the engine's gradients."""
    for _ in range(count):
        engine = Solved(text)
        for name in engine.train:
            text = changed(text, name, engine.data(name) - RATE * engine.grad(name))
    return Solved(text)


def has_numbers_of(page, engine):
    numbers = page.shows()["numbers"]
    for name in engine.named():
        assert near(numbers[name]["data"], engine.data(name), 1e-12), (name, numbers[name], engine.data(name))
        assert near(numbers[name]["grad"], engine.grad(name), 1e-12), (name, numbers[name], engine.grad(name))


@claim("the next iteration begins with the engine's numbers after one step, and Back leads to the one before")
def _(browser):
    page = Page(browser, MAZUR)
    page.go_to(page.shows()["last"])
    browser.click("#next")
    has_numbers_of(page, after_steps(MAZUR, 1))
    browser.click("#back")
    has_numbers_of(page, Solved(MAZUR))


@claim("an address names the iteration, too")
def _(browser):
    page = Page(browser, MAZUR, "#step=7&iteration=4")
    equal(page.step(), 7)
    has_numbers_of(page, after_steps(MAZUR, 3))


@claim("at the end of an iteration a table has each weight before and after, and the loss")
def _(browser):
    page = Page(browser, MAZUR)
    before, after = Solved(MAZUR), after_steps(MAZUR, 1)
    page.go_to(page.shows()["last"])

    rows = browser.run("""return [...document.querySelectorAll('#summary tr')].slice(1).map(
        row => [...row.children].map(cell => cell.textContent))""")

    equal([row[0] for row in rows], ["E", *before.train])
    for name, data, grad, new in rows:
        assert agrees(data, before.data(name), DIGITS) and agrees(new, after.data(name), DIGITS), (name, data, new)
        assert name == "E" or agrees(grad, before.grad(name), DIGITS), (name, grad)


@claim("the claims of the worksheet stand there with their verdicts: of the article's thirty, five are wrong")
def _(browser):
    Page(browser, MAZUR)
    found = browser.run("""return [...document.querySelectorAll('#claims li')].map(
        e => [e.dataset.verdict, e.querySelector('.claimed').textContent])""")
    equal(sum(verdict == "right" for verdict, _ in found), 25)
    equal(sorted(text.split(" = ")[0] for verdict, text in found if verdict != "right"),
          ["E after 10000", "E'", "dE_o2/dout_h1", "out_o1 after 10000", "out_o2 after 10000"])


@claim("the address names the step, and a page opened with it begins there")
def _(browser):
    page = Page(browser, MAZUR)
    browser.click("#next")
    browser.click("#next")
    address = page.shows()["address"]
    assert "step=2" in address, address
    twice = page.shows()

    page.open(address)
    browser.click("#next")
    browser.click("#back")
    equal({**page.shows(), "address": ""}, {**twice, "address": ""})


@claim("an address with a step that there is not opens the nearest one, without a complaint")
def _(browser):
    page = Page(browser, MAZUR)
    last = page.shows()["last"]
    for fragment, step in (("#step=99999", last), ("#step=-3", 0), ("#step=x", 0), ("#step=", 0), ("#nothing", 0)):
        page.open(fragment)
        equal(page.step(), step, fragment)
    equal(browser.console(), [])


@claim("an address that is changed by hand leads to its step")
def _(browser):
    page = Page(browser, MAZUR)
    browser.run("location.hash = '#step=7'")
    browser.wait("document.body.dataset.step == 7")
    equal(page.step(), 7)


@claim("arrows, Home and End go through the steps, Space plays and stops")
def _(browser):
    page = Page(browser, MAZUR)
    steps = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowLeft", "Home", "ArrowLeft"):
        browser.press(key)
        steps.append(page.step())
    last = page.shows()["last"]
    equal(steps, [1, 2, 1, last, last - 1, 0, 0])

    browser.run("""const speed = document.getElementById('speed'); speed.value = speed.lastElementChild.value;
                   speed.dispatchEvent(new Event('change', {bubbles: true}))""")  # the fastest
    browser.press("Space")
    browser.wait("+document.body.dataset.step > 1")
    browser.press("Space")
    stopped = page.step()
    browser.run("return new Promise(done => setTimeout(done, 700))")  # twice the time of a step
    equal(page.step(), stopped, "the step after it was stopped")


@claim("keys that are typed into a field stay there")
def _(browser):
    page = Page(browser, MAZUR, "#step=5")
    browser.run("document.querySelector(\"#leaves input[data-name='w1']\").focus()")
    browser.press("ArrowRight", "Home", "End", "ArrowLeft", "Space")
    equal(page.step(), 5)


@claim("every control is reached by Tab, shows that it has the focus, and has a name")
def _(browser):
    Page(browser, MAZUR, "#step=5")
    browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    equal(unnamed(browser), [])
    equal(not_reached_by_tab(browser), [])


@claim("Enter on a box of the drawing, and a click, lead to its next step, and the paths from it are listed")
def _(browser):
    page = Page(browser, MAZUR)
    browser.run("document.querySelector(\"svg g.box[data-name='w1']\").focus()")
    browser.press("Enter")
    shown = page.shows()
    equal([shown["lit"], shown["phase"]], [["w1"], "backward"])
    ways = browser.text("#paths").split("\n")
    # E_o1 and E_o2 each lead to it by out_h1
    equal(len([way for way in ways if way.startswith("E \u2190 E_o") and "out_h1" in way and way.endswith("w1")]), 2, ways)
    browser.click("svg g.box[data-name='w1']")
    equal([page.shows()["lit"], page.shows()["phase"]], [["w1"], "update"])


@claim("each step is said once to whoever cannot see the page")
def _(browser):
    Page(browser, MAZUR)
    polite, said = browser.run("""
        return new Promise(done => {
          const says = document.getElementById('says'), said = [];
          new MutationObserver(changes => said.push(says.textContent)).observe(
            says, {childList: true, characterData: true, subtree: true});
          let left = 6;
          (function next() {
            if (left-- === 0) return done([says.getAttribute('aria-live'), said]);
            document.getElementById('next').click();
            setTimeout(next, 30);
          })();
        });""")
    equal(polite, "polite")
    equal(len(said), 6, f"how often something was said: {said}")
    equal(len(set(said)), 6, "how many different things were said")
