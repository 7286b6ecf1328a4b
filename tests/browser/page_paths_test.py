"""The paths from a value to the loss, as the page counts them and multiplies along them."""
from claims import claim, equal
from page import Page


def paths_of(browser, name):
    browser.run("document.querySelector(`svg g.box[data-name='${arguments[0]}']`).focus()", name)
    return browser.run("""return [document.getElementById('paths-title').textContent,
        [...document.querySelectorAll('#paths .product')].map(e => e.textContent)];""")


@claim("the paths of a value are listed with their products, the largest first, and their sum is its gradient")
def _(browser):
    # x = 2: L = f g - 7 x with f = 3 x and g = 4 f: dL/dx = 3 g + 3 * 4 f - 7 = 72 + 72 - 7
    Page(browser, "x = 2\nf = 3*x\ng = 4*f\nh = f*g\nL = h - 7*x\nloss L\n", name="paths")
    title, products = paths_of(browser, "x")
    equal(title, "dL/dx = 137: the sum over 3 paths.")
    equal(sorted(products[:2]), ["1 \u00d7 24 \u00d7 3 = 72", "1 \u00d7 6 \u00d7 4 \u00d7 3 = 72"])
    equal(products[2:], ["\u22127"])
    equal(paths_of(browser, "g")[0], "dL/dg = 6: one path.")


@claim("paths are counted exactly, however many there are, and a value without one says so")
def _(browser):
    lines = ["x = 1", "v0 = x", "aside = 2*x"] + [f"v{i + 1} = v{i} + v{i}" for i in range(60)] + ["loss v60", ""]
    Page(browser, "\n".join(lines), name="ladder")
    title, products = paths_of(browser, "x")
    equal(f"the sum over {2 ** 60} paths" in title, True, title)
    equal(len(products), 6)
    equal(paths_of(browser, "aside"), ["No path leads from aside to the loss.", []])


@claim("only what is on a path from a value is lit, and no more when the focus goes")
def _(browser):
    Page(browser, "a = 1\nb = 2\nc = a*b\nd = 3*b\nL = c + d\nloss L\n", name="lit")
    paths_of(browser, "a")
    lit = "return [...document.querySelectorAll('svg .box.on-path')].map(e => e.dataset.name).sort()"
    equal(browser.run(lit), ["L", "a", "c"])
    equal(browser.run("return document.querySelectorAll('svg .arrow.on-path').length"), 2)
    browser.run("document.activeElement.blur()")
    equal(browser.run(lit), [])
