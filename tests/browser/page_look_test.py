"""How the page looks: in light and dark, on a telephone, in print, without motion; and of a calculation of any size."""
import re

from claims import claim, equal
from looks import overlapping, scrolls_sideways, too_faint, without_glyph
from page import Page, worksheet

MAZUR = worksheet("mazur")


@claim("every text has enough contrast, in light and in dark, at the beginning, in the middle and at the end")
def _(browser):
    page = Page(browser, MAZUR)
    faint = {}
    for scheme in ("light", "dark"):
        browser.media(prefers_color_scheme=scheme)
        for fragment in ("", "#step=12", "#step=30", "#step=9999"):
            page.open(fragment)
            if found := too_faint(browser):
                faint[scheme + fragment] = found
    browser.media()
    equal(faint, {})


@claim("dark is dark and light is light")
def _(browser):
    Page(browser, MAZUR)
    brightness = []
    for scheme in ("light", "dark"):
        browser.media(prefers_color_scheme=scheme)
        colour = browser.run("return getComputedStyle(document.documentElement).backgroundColor")
        brightness.append(sum(map(int, re.findall(r"\d+", colour)[:3])))
    browser.media()
    assert brightness[0] > 600 and brightness[1] < 200, brightness


@claim("on a telephone nothing but the drawing scrolls sideways, and the buttons are large enough for a finger")
def _(browser):
    browser.size(390, 844)
    try:
        page = Page(browser, MAZUR)
        for fragment in ("", "#step=20", "#step=40"):
            page.open(fragment)
            equal(scrolls_sideways(browser), 0, f"pixels at {fragment}")
        small = browser.run("""return [...document.querySelectorAll('button')].filter(e => e.checkVisibility())
            .map(e => [e.id, e.getBoundingClientRect()]).filter(([, box]) => box.width < 24 || box.height < 24)
            .map(([id]) => id)""")
        equal(small, [], "buttons below 24 pixels (WCAG 2.2, 2.5.8)")
        browser.click("#next")
        equal(page.step(), 41)
    finally:
        browser.size(1280, 900)


@claim("in print there are no buttons, and black stands on white")
def _(browser):
    Page(browser, MAZUR, "#step=20")
    browser.media("print", prefers_color_scheme="dark")
    shown = browser.run("""
        const controls = [...document.querySelectorAll('#next, #play, #slider, #predict')];
        return [controls.filter(e => e.checkVisibility()).map(e => e.id),
                getComputedStyle(document.documentElement).backgroundColor];""")
    faint = too_faint(browser)
    browser.media()
    equal(shown[0], [])
    assert shown[1] in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"), shown
    equal(faint, [])


@claim("nothing moves for those who want no motion")
def _(browser):
    browser.media(prefers_reduced_motion="reduce")
    Page(browser, MAZUR)
    moving = browser.run("""
        document.getElementById('next').click();
        return document.getAnimations().length + [...document.querySelectorAll('*')].filter(e => {
          const style = getComputedStyle(e);
          return (style.transitionDuration + ',' + style.animationDuration).split(',').some(s => parseFloat(s) > 0);
        }).length;""")
    browser.media()
    equal(moving, 0)


@claim("no number on an arrow lies under a box or upon another number")
def _(browser):
    page = Page(browser, MAZUR)
    page.go_to(page.shows()["last"])
    equal(overlapping(browser, "svg text.local", "svg g.box rect"), [])


@claim("every character of the page is in a font that is installed with Graphviz")
def _(browser):
    Page(browser, MAZUR, "#step=30")
    equal(without_glyph(browser), [])
