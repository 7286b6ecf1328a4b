"""The page of `backstep watch`: it replays a run, and shows of each epoch what the weights of that epoch give."""
import json
import math
import os
import re

from claims import claim, equal
from engine import as_number, backstep
from looks import not_reached_by_tab, scrolls_sideways, too_faint, unnamed

RUN = {}  # made once


def run_of(path):
    with open(path, encoding="utf-8") as file:
        data = re.search(r'<script type="application/json" id="run">(.*?)</script>', file.read(), re.S)
    return json.loads(data[1])


def open_run(browser, fragment=""):
    if not RUN:
        path = os.path.join(browser.folder, "moons.html")
        backstep("watch", "moons", "--epochs", "60", "--layers", "2,5,1", "--points", "120", "--seconds", "0",
                 "-o", path)
        RUN.update(run_of(path))
        RUN["address"] = "file://" + path
    browser.open(RUN["address"] + fragment)


SHOWN = """['epoch', 'loss', 'accuracy'].map(id => document.getElementById(id))
  .map(e => e.checkVisibility() && e.textContent).concat(document.getElementById('slider').value)"""


def read(epoch, loss, accuracy, slider):
    right = re.fullmatch(r"([\d.]+) % \((\d+) of (\d+)\)", accuracy)
    return {"epoch": int(epoch.split()[0]), "loss": as_number(loss), "percent": float(right[1]), "right": int(right[2]),
            "points": int(right[3]), "slider": int(slider)}


def shown(browser):
    return read(*browser.run(f"return {SHOWN}"))


def output(weights, point, layers=None, activation=math.tanh):
    """A network with one linear output, in a few lines that share nothing with the page."""
    layers = layers or RUN["layers"]
    values, at = list(point), 0
    for layer, count in enumerate(layers[1:], 1):
        sums = []
        for _ in range(count):
            row = weights[at:at + len(values) + 1]
            at += len(row)
            sums.append(sum(w * v for w, v in zip(row, values)) + row[-1])
        values = sums if layer == len(layers) - 1 else [activation(z) for z in sums]
    return values[0]


def truth(index):
    """(mean cross-entropy, points on their side) of all points with the weights of an epoch."""
    scores = [(output(RUN["weights"][index], point), label) for point, label in zip(RUN["points"], RUN["labels"])]
    loss = sum(math.log1p(math.exp(-z if label == 1 else z)) for z, label in scores) / len(scores)
    return loss, sum((z > 0) == (label == 1) for z, label in scores)


@claim("watch: at every epoch the loss and the accuracy shown are those that its weights give")
def _(browser):
    open_run(browser)
    equal(len(RUN["epochs"]), 61)
    all_of_them = browser.run(f"""return {json.dumps(RUN["epochs"])}.map(() => {{
        const shown = {SHOWN};
        document.getElementById('next').click();
        return shown;
      }})""")
    for index, epoch in enumerate(RUN["epochs"]):
        loss, right = truth(index)
        now = read(*all_of_them[index])
        equal([now["epoch"], now["slider"], now["points"]], [epoch, index, 120])
        # weights are recorded with 8 digits, and the loss is shown with 4
        assert abs(now["loss"] - loss) <= 0.51e-3 * 10**math.floor(math.log10(loss)), (epoch, now, loss)
        equal(now["right"], right, f"points on their side after epoch {epoch}")
        assert abs(now["percent"] - right / 1.2) <= 0.051, now
    assert truth(60)[0] < 0.5 * truth(0)[0], "the run has learnt nothing, so these numbers prove little"


@claim("watch: the slider, the keys and the buttons lead to the same epochs, and the address keeps them")
def _(browser):
    open_run(browser)
    seen = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowLeft", "Home"):
        browser.press(key)
        seen.append(shown(browser)["epoch"])
    equal(seen, [1, 2, 1, 60, 59, 0])
    browser.run("""const slider = document.getElementById('slider'); slider.value = 42;
                   slider.dispatchEvent(new Event('input', {bubbles: true}));""")
    equal(shown(browser)["epoch"], 42)
    browser.wait("location.hash === '#epoch=42'")

    open_run(browser, "#epoch=17")
    equal(shown(browser)["epoch"], 17)
    for fragment in ("#epoch=-1", "#epoch=x", "#epoch=", "#x", "#epoch=999999999"):
        open_run(browser, fragment)
        assert shown(browser)["epoch"] in (0, 60), fragment


@claim("watch: Space plays to the end, and each epoch on the way has its own numbers")
def _(browser):
    open_run(browser, "#epoch=50")
    browser.press("Space")
    browser.wait("document.getElementById('epoch').textContent.startsWith('60 ')", seconds=20)
    browser.wait("document.getElementById('play').getAttribute('aria-pressed') === 'false'")


@claim("watch: the page computes what the network gives anywhere in the plane")
def _(browser):
    open_run(browser)
    for index, x, y in ((0, 0.3, -0.2), (30, 1.5, 0.5), (60, -1.0, 0.75)):
        found = browser.run("return backstep.score(...arguments)", index, x, y)
        point = [(value - mean) / deviation for value, mean, deviation in zip((x, y), RUN["mean"], RUN["deviation"])]
        assert abs(found - output(RUN["weights"][index], point)) <= 1e-12, (index, x, y, found)


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


ACTIVATIONS = {
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "identity": lambda z: z,
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "relu": lambda z: max(z, 0.0),
    "sigmoid": sigmoid,
    "silu": lambda z: z * sigmoid(z),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "tanh": math.tanh,
}


@claim("watch: the page computes every activation that can be chosen")
def _(browser):
    path = os.path.join(browser.folder, "activation.html")
    for name, activation in ACTIVATIONS.items():
        backstep("watch", "xor", "--layers", "2,4,1", "--activation", name, "--epochs", "3", "-o", path)
        browser.open("file://" + path)
        run = run_of(path)
        for point in ((0.3, -0.2), (-2.5, 1.5), (3.0, 4.0)):  # what is drawn is not standardised
            found = browser.run("return backstep.score(3, ...arguments)", *point)
            wanted = output(run["weights"][3], point, run["layers"], activation)
            assert abs(found - wanted) <= 1e-12, (name, point, found, wanted)


@claim("watch: a point of the other class looks otherwise, and the boundary is drawn")
def _(browser):
    open_run(browser, "#epoch=60")
    colours = browser.run("""
        const canvas = document.getElementById('boundary'), data = canvas.getContext('2d').getImageData(
          0, 0, canvas.width, canvas.height).data, colours = new Set();
        for (let i = 0; i < data.length; i += 4 * 97) colours.add(data.slice(i, i + 4).join());
        return colours.size;""")
    assert colours > 20, f"the picture has {colours} colours"


@claim("watch: usable by keyboard, named, readable in light and dark, and as narrow as a telephone")
def _(browser):
    open_run(browser, "#epoch=30")
    equal(unnamed(browser), [])
    equal(not_reached_by_tab(browser), [])
    try:
        for scheme in ("light", "dark"):
            browser.media(prefers_color_scheme=scheme)
            equal(too_faint(browser), [], scheme)
        browser.size(390, 844)
        open_run(browser, "#epoch=30")
        equal(scrolls_sideways(browser), 0)
    finally:
        browser.media()
        browser.size(1280, 900)


@claim("watch: nothing is asked of anybody, and the console stays empty")
def _(browser):
    browser.console(), browser.requests()
    open_run(browser, "#epoch=3")
    browser.press("End", "ArrowLeft")
    browser.run("return new Promise(done => setTimeout(done, 300))")
    equal(sorted(set(browser.requests()) - {"about:blank"}), [RUN["address"]])
    equal(browser.console(), [])
