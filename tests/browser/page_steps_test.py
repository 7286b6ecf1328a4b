"""The worked example step by step, each number against the engine's."""
import re

from claims import claim, equal
from engine import Solved, agrees, as_number, near
from page import Page, worksheet

MAZUR = worksheet("mazur")
DIGITS = 9  # that the page is told to show, as many as the article has
RATE = 0.5
NUMBER = r"[\u22120-9][\d.e\u2212]*"


def steps(browser):
    if not SNAPSHOTS:
        page = Page(browser, MAZUR, options=("--digits", str(DIGITS)))
        browser.click("#next")  # once as a mouse would
        equal(page.step(), 1, "the step after a click on Next")
        browser.click("#first")
        SNAPSHOTS.extend(page.all_steps())
    return SNAPSHOTS


SNAPSHOTS = []


def of_phase(browser, phase):
    found = [shown for shown in steps(browser) if shown["phase"] == phase]
    assert found, f"no step is of the phase {phase}"
    return found


def shows_number(shown, true, what):
    assert agrees(shown, true, DIGITS), f"{what}: shown as {shown}, truly {true!r}"


@claim("Next goes through all steps: start, forward, backward, update, done")
def _(browser):
    all_of_them = steps(browser)

    equal([shown["step"] for shown in all_of_them], list(range(all_of_them[0]["last"] + 1)))
    phases = [shown["phase"] for shown in all_of_them]
    equal(sorted(set(phases), key=phases.index), ["start", "forward", "backward", "update", "done"])
    equal(phases, sorted(phases, key=["start", "forward", "backward", "update", "done"].index), "the phases' order")


@claim("forward, every value of the worked example is the engine's to the digits shown, and no other")
def _(browser):
    engine = Solved(MAZUR)
    wanted = [name for name in engine.named() if engine.inputs(name)]

    found = of_phase(browser, "forward")

    equal([shown["lit"] for shown in found], [[name] for name in wanted])
    for shown, name in zip(found, wanted):
        shows_number(shown["result"], engine.data(name), name)
        shows_number(shown["data"][name], engine.data(name), f"{name} in its box")
        assert shown["says"].startswith(f"Forward: {name} is {shown['result']}"), shown["says"]


@claim("before its step a value and a gradient are not to be seen")
def _(browser):
    engine = Solved(MAZUR)
    start = steps(browser)[0]
    for name in engine.named():
        equal(start["grad"][name], "\u2013", f"the gradient of {name} at the start")
        if engine.inputs(name):
            equal(start["data"][name], "\u2013", f"the value of {name} at the start")
        else:
            shows_number(start["data"][name], engine.data(name), f"the leaf {name} at the start")


def backward_steps(browser):
    """(what is shown, the value, its user) of each share of the backward pass."""
    for shown in of_phase(browser, "backward")[1:]:
        match = re.fullmatch(r"dE/d(\w+) \u00d7 d(\w+)/d(\w+)", shown["rule"])
        assert match and match[1] == match[2], f"the rule of step {shown['step']}: {shown['rule']}"
        yield shown, match[3], match[1]


@claim("backward, every share of the worked example is upstream times local, and both are the engine's")
def _(browser):
    engine = Solved(MAZUR)
    left = {name: engine.shares(name) for name in engine.named()}

    for shown, of, by in backward_steps(browser):
        user, local, share = left[of].pop(0)
        equal(user, by, f"whose share of dE/d{of} comes in step {shown['step']}")
        shows_number(shown["result"], share, f"step {shown['step']}, dE/d{of} by {by}")
        upstream, local_shown = re.findall(NUMBER, shown["put_in"])
        shows_number(upstream, engine.grad(by), f"step {shown['step']}, upstream")
        shows_number(local_shown, local, f"step {shown['step']}, local")
        # each factor is rounded to 9 digits, so the product is within 2 * 0.5e-8 of the share, and that is rounded, too
        assert near(as_number(upstream) * as_number(local_shown), as_number(shown["result"]), 2e-8), shown["put_in"]

    equal({name: shares for name, shares in left.items() if shares}, {}, "shares that no step showed")


@claim("where paths meet, the shares add up to the engine's gradient")
def _(browser):
    engine = Solved(MAZUR)
    so_far = {}
    sums = 0
    for shown, of, _ in backward_steps(browser):
        so_far.setdefault(of, []).append(as_number(shown["result"]))
        total = sum(so_far[of])
        # half a unit in the ninth digit of each, and of the sum
        bound = 0.5e-8 * (sum(map(abs, so_far[of])) + abs(total))
        in_box = shown["grad"][of]
        assert abs(as_number(in_box) - total) <= bound, f"step {shown['step']}: {in_box}, {so_far[of]}"
        if len(engine.shares(of)) > 1:
            sums += 1
            in_words = re.search(NUMBER + "(?=;|$)", shown["sum"])[0]
            assert abs(as_number(in_words) - total) <= bound, shown["sum"]
    assert sums >= 4, f"only {sums} shares were parts of a sum"
    for name in engine.named():
        last = steps(browser)[-1]["grad"][name]
        if engine.grad(name) is not None:
            shows_number(last, engine.grad(name), f"dE/d{name} at the end")


@claim("each weight's step against its gradient is the learning rate times the engine's gradient")
def _(browser):
    engine = Solved(MAZUR)
    found = of_phase(browser, "update")

    equal([shown["lit"] for shown in found], [[name] for name in engine.train])
    for shown, name in zip(found, engine.train):
        updated = engine.data(name) - RATE * engine.grad(name)
        shows_number(shown["result"], updated, f"{name} after the step")
        shows_number(shown["data"][name], updated, f"{name} in its box")


@claim("each arrow shows the local derivative once its share has passed, and not before")
def _(browser):
    engine = Solved(MAZUR)
    seen = {}
    for shown, of, by in backward_steps(browser):
        seen.setdefault(f"{of} {by}", [local for user, local, _ in engine.shares(of) if user == by])
        for arrow, text in shown["local"].items():
            if arrow not in seen:
                equal(text, "", f"the arrow {arrow} in step {shown['step']}")
            else:
                assert any(agrees(text, local, DIGITS) for local in seen[arrow]), (arrow, text, seen[arrow])


@claim("window.backstep.numbers has every value and gradient of the worked example within 1e-12 of the engine's")
def _(browser):
    engine = Solved(MAZUR)
    numbers = steps(browser)[-1]["numbers"]

    for name in engine.named():
        # exp() of the browser and of the C library differ in the last bit; some 20 operations follow
        assert near(numbers[name]["data"], engine.data(name), 1e-12), (name, numbers[name], engine.data(name))
        assert near(numbers[name]["grad"], engine.grad(name), 1e-12), (name, numbers[name], engine.grad(name))


@claim("Back leads through the same steps in the other order")
def _(browser):
    forth = steps(browser)
    page = Page(browser, MAZUR, options=("--digits", str(DIGITS)))
    page.go_to(len(forth) - 1)

    back = page.all_steps("#back")

    equal(len(back), len(forth))
    for was, now in zip(forth, reversed(back)):
        differs = [key for key in was if was[key] != now[key] and key != "address"]
        equal(differs, [], f"what differs at step {was['step']}")
