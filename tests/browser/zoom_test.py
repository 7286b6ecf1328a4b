"""The page of `backstep zoom`: one weight of a trained network, as a graph of single numbers."""
import os
import re

from claims import Skipped, claim, equal
from engine import backstep, near
from looks import overlapping, too_faint

IMAGES = "/usr/share/datasets/fashion-mnist"
WEIGHT = "0.weight[3,405]"


@claim("zoom: the page finds the gradient that the vector engine finds for a weight of a trained network")
def _(browser):
    if not os.path.isdir(IMAGES):
        raise Skipped(f"there is no {IMAGES}")
    model, path = (os.path.join(browser.folder, name) for name in ("model.safetensors", "zoom.html"))
    backstep("train", "--layers", "784,16,10", "--epochs", "1", "--save", model, BACKSTEP_DATA=IMAGES)
    said = backstep("zoom", "--load", model, "--weight", WEIGHT, "--image", "7", "-o", path, BACKSTEP_DATA=IMAGES)
    by_the_other_engine = float(re.search(r"= (\S+) by the vector engine", said)[1])
    assert by_the_other_engine != 0, said
    browser.console()

    browser.open("file://" + path)
    browser.press("End")

    # It is printed with 12 digits.
    grad = browser.run("return backstep.numbers()[arguments[0]].grad", WEIGHT)
    assert near(grad, by_the_other_engine, 1e-11), (grad, by_the_other_engine)
    equal(overlapping(browser, "svg text.local", "svg g.box rect"), [])
    equal(too_faint(browser), [])
    equal(browser.console(), [])
