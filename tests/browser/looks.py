"""What any page must be: readable in every light, usable without a mouse and by those who cannot see it."""

# Every text that can be seen, with the contrast of its colour to what lies behind it (WCAG 2.2, 1.4.3): backgrounds of
# the elements around it, and for text of a drawing the shape that is filled before it in the same group. Buttons that
# cannot be used are left out, as WCAG does. A text that lies on a picture or gradient is not measured.
CONTRAST = """
const probe = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
function rgba(colour) {                       // whatever way it is written
  probe.clearRect(0, 0, 1, 1); probe.fillStyle = '#000'; probe.fillStyle = colour; probe.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = probe.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
}
const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
function luminance(colour) {
  const part = colour.slice(0, 3).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2];
}
function behind(element) {                    // what is painted below the element's text
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (at instanceof SVGElement) {
      const shape = [...at.children].filter(c => /^(rect|path|ellipse|circle|polygon)$/.test(c.tagName)
                       && !c.contains(element) && getComputedStyle(c).fill !== 'none'
                       && c.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING
                       && covers(c, element)).pop();
      if (shape) layers.push(rgba(getComputedStyle(shape).fill));
    }
    if (style.backgroundColor) layers.push(rgba(style.backgroundColor));
  }
  let colour = rgba(getComputedStyle(document.documentElement).colorScheme.includes('dark') &&
                    matchMedia('(prefers-color-scheme: dark)').matches ? '#121212' : '#fff');
  for (const layer of layers.reverse()) colour = over(layer, colour);
  return colour;
}
function covers(shape, element) {
  const a = shape.getBoundingClientRect(), b = element.getBoundingClientRect();
  const x = (b.left + b.right) / 2, y = (b.top + b.bottom) / 2;
  return a.left <= x && x <= a.right && a.top <= y && y <= a.bottom;
}
const found = [], seen = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode());) {
  const element = node.parentElement;
  if (!node.data.trim() || seen.has(element) || element.closest('script, style, noscript, option')) continue;
  seen.add(element);
  if (element.closest(':disabled') || !element.checkVisibility({visibilityProperty: true})) continue;
  const box = element.getBoundingClientRect();
  if (box.width <= 1 || box.height <= 1) continue;     // for screen readers alone
  const style = getComputedStyle(element), background = behind(element);
  let colour = rgba(element instanceof SVGElement ? style.fill : style.color);
  for (let at = element; at; at = at.parentElement) colour[3] *= +getComputedStyle(at).opacity;
  const [light, dark] = [luminance(over(colour, background)), luminance(background)].sort((a, b) => b - a);
  found.push([(light + 0.05) / (dark + 0.05), node.data.trim().slice(0, 40),
              element.tagName + '#' + element.id + '.' + (element.getAttribute('class') || '')]);
}
return found;
"""
ENOUGH = 4.5  # WCAG's AA for text of ordinary size


def too_faint(browser):
    """[contrast, text, element] of each text with too little; the page must have texts at all."""
    measured = browser.run(CONTRAST)
    assert len(measured) > 3, f"only {len(measured)} texts were found to be measured"
    return [[round(contrast, 2), *rest] for contrast, *rest in measured if contrast < ENOUGH]


FOCUSABLE = """
return [...document.querySelectorAll('button, input, select, textarea, summary, a[href], [tabindex]')]
  .filter(e => !e.disabled && e.tabIndex >= 0 && !e.closest('[inert]'))
  .filter(e => e.checkVisibility({visibilityProperty: true}))
"""


def unnamed(browser):
    """The controls to which the browser's accessibility tree gives no name."""
    controls = {"button", "checkbox", "combobox", "link", "radio", "slider", "spinbutton", "switch", "textbox"}
    nodes = browser.cdp("Accessibility.getFullAXTree")["nodes"]
    found = [node for node in nodes if not node["ignored"] and node["role"]["value"] in controls]
    assert found, "the accessibility tree has no controls"
    return [node["role"]["value"] for node in found if not node.get("name", {}).get("value", "").strip()]


def not_reached_by_tab(browser):
    """Presses Tab as often as there is something to reach; what never had the focus, or did not show that it has it."""
    count = browser.run(f"""
        window.wanted = (() => {{{FOCUSABLE}}})(); window.reached = new Map();
        const look = e => [e, ...e.children].map(part => {{
          const style = getComputedStyle(part);
          const outline = style.outlineStyle === 'none' ? '' : style.outlineWidth;
          return [outline, style.boxShadow, style.stroke, style.strokeWidth];
        }}).join();
        const before = new Map(wanted.map(e => [e, look(e)]));
        document.addEventListener('focusin', event => {{
          if (before.has(event.target)) reached.set(event.target, look(event.target) !== before.get(event.target));
        }});
        document.activeElement.blur();
        return wanted.length""")
    browser.press(*["Tab"] * (count + 1))
    return browser.run("""
        const label = e => `${e.tagName}#${e.id} ${e.getAttribute('aria-label') || e.textContent.trim().slice(0, 30)}`;
        return [...wanted.filter(e => !reached.has(e)).map(e => 'not reached: ' + label(e)),
                ...wanted.filter(e => reached.get(e) === false).map(e => 'shows no focus: ' + label(e))]""")


def overlapping(browser, texts, others):
    """Pairs of texts (a selector) that touch one of the others, or one another, where all have something to show."""
    return browser.run("""
        const boxes = selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility())
          .map(e => ({e, text: e.textContent.trim().slice(0, 30), at: e.getBoundingClientRect()}));
        const touch = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
                                Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
        const texts = boxes(arguments[0]).filter(({text}) => text !== ''), found = [];
        texts.forEach((one, i) => {
          for (const other of [...boxes(arguments[1]), ...texts.slice(i + 1)]) {
            if (one.e === other.e || !touch(one.at, other.at)) continue;
            found.push([one.text, other.text || other.e.parentElement.dataset.name]);
          }
        });
        return found;""", texts, others)


# A character that no installed font has is drawn as the one that none can have is.
MISSING = """
const context = Object.assign(document.createElement('canvas'), {width: 64, height: 48}).getContext('2d',
  {willReadFrequently: true});
function drawn(character, font) {
  context.clearRect(0, 0, 64, 48);
  context.font = font;
  context.fillText(character, 8, 32);
  return context.getImageData(0, 0, 64, 48).data.join();
}
const found = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode());) {
  const element = node.parentElement;
  if (element.closest('script, style, noscript')) continue;
  const font = `24px ${getComputedStyle(element).fontFamily}`;
  for (const character of node.data) {
    if (character > '\\u007f' && drawn(character, font) === drawn('\\u{10fffd}', font)) found.add(character);
  }
}
return [...found];
"""


def without_glyph(browser):
    """The characters of the page for which there is no font here: they show as empty rectangles."""
    return browser.run(MISSING)


def scrolls_sideways(browser):
    """By how many pixels; 0 when the page is as narrow as the window."""
    return browser.run("""return Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) -
                                 document.documentElement.clientWidth""")
