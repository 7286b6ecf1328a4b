"""What looks.py looks for is found: small pages that lack one thing each."""
from claims import claim, equal
from looks import not_reached_by_tab, overlapping, scrolls_sideways, too_faint, unnamed, without_glyph
from webdriver_test import open_small_page

TEXTS = "<!DOCTYPE html><style>body { background: #fff; color: #333 }</style><p>one<p>two<p>three<p>four"


@claim("a text that is too faint is noticed, in the page, on its panel, in a drawing and behind a veil")
def _(browser):
    open_small_page(browser, TEXTS)
    equal(too_faint(browser), [])

    open_small_page(browser, TEXTS + """<p style="color: #767676">enough on white<p style="color: #777">grey
      <div style="background: #345"><p style="color: #567">panel</p></div><p style="opacity: 0.4">veil</p>
      <svg><g><rect width="90" height="30" fill="#000"/><text y="20" fill="#222">drawn</text></g></svg>
      <svg><g><rect width="90" height="30" fill="#000"/><text y="20" fill="#fff">good</text></g></svg>""")

    equal([text for _, text, _ in too_faint(browser)], ["grey", "panel", "veil", "drawn"])


@claim("black on white has the contrast 21, and #777 on white 4.48")
def _(browser):
    open_small_page(browser, TEXTS.replace("#333", "#777"))
    equal([contrast for contrast, *_ in too_faint(browser)], [4.48] * 4)


@claim("a control without a name is noticed")
def _(browser):
    open_small_page(browser, "<button>Go</button><button></button><label>x <input></label><input><select></select>")
    equal(sorted(unnamed(browser)), ["button", "combobox", "textbox"])


@claim("a control that Tab does not reach, or that shows no focus, is noticed")
def _(browser):
    trap = "<script>a.onkeydown = event => event.key == 'Tab' && event.preventDefault()</script>"
    open_small_page(browser, "<button>Go</button><input id=a><button>Stop</button>")
    equal(not_reached_by_tab(browser), [])
    open_small_page(browser, "<button style='outline: none'>Go</button><input id=a><button>Stop</button>" + trap)
    equal(not_reached_by_tab(browser), ["not reached: BUTTON# Stop", "shows no focus: BUTTON# Go"])


@claim("a page broader than its window is noticed")
def _(browser):
    open_small_page(browser, "<p>narrow")
    equal(scrolls_sideways(browser), 0)
    open_small_page(browser, "<div style='width: 2000px'>broad</div>")
    assert scrolls_sideways(browser) > 500


@claim("a text that touches another or a box is noticed")
def _(browser):
    style = "<style>* { margin: 0; font: 20px/24px sans-serif } p, b { position: absolute; left: 0 }</style>"
    page = style + "<p style='top: 0'>one</p><p style='top: %dpx'>two</p><b style='top: %dpx'>box</b>"
    open_small_page(browser, page % (30, 60))
    equal(overlapping(browser, "p", "b"), [])
    open_small_page(browser, page % (12, 24))
    equal(overlapping(browser, "p", "b"), [["one", "two"], ["two", "box"]])


@claim("a character for which there is no font is noticed")
def _(browser):
    open_small_page(browser, "<p>plain \u00d7 \u2212 <button>\U000f1234</button>")
    equal(without_glyph(browser), ["\U000f1234"])
