#!/bin/sh
# `backstep solve`: what it prints in each form, its JSON, what it refuses, and with which exit status.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
tested=solve
. "$root/tests/support/command.sh"

cat >sheet <<'END_SHEET'
x = 0.5
w = -2
b = 0.1
spare = 1
net = w*x + b
y = tanh(2*net)
E = (y - 1)^2
loss E
learning_rate 0.25
END_SHEET

# ---- the forms -------------------------------------------------------------------------------------------------------

prints_text() {
  quiet - && grep -q '^The calculation of <stdin>, step by step$' out &&
    grep -q '^  net = w \* x + b = -2 \* 0.5 + 0.1 = -0.9$' out &&
    grep -q '^  dE/dy   = 2 \* (y - 1) = 2 \* (-0.946806013 - 1) = -3.89361203$' out &&
    grep -q '^  Trained: w, b\.$' out && grep -q '^  E does not depend on spare\.$' out &&
    grep -q 'the derivatives by x\.$' out && ! grep -q '^  dE/dx' out
}
claim 'text is the default: forward, backward, the trained set, and what was left out' prints_text

rounds() { quiet --digits 4 - && grep -q ' = -0.9468$' out && ! grep -q '[0-9]\.[0-9]\{6\}' out; }
claim '--digits rounds' rounds

shows_all() { quiet --all - && grep -q '^  dE/dx ' out; }
claim '--all shows the derivatives by leaves that are not trained' shows_all

prints_markdown() {
  # shellcheck disable=SC2016  # the dollars are Markdown's
  quiet --format markdown - && [ "$(grep -c '^\$\$$' out)" -eq 8 ] &&
    grep -qF '\mathrm{net} &= w \cdot x + b = -2 \cdot 0.5 + 0.1 = -0.9' out
}
claim 'Markdown has its mathematics in blocks' prints_markdown

prints_latex() {
  quiet --format latex - && [ "$(head -n 1 out)" = '\documentclass[11pt,a4paper]{article}' ] &&
    [ "$(tail -n 1 out)" = '\end{document}' ]
}
claim 'LaTeX is a document' prints_latex

# ---- JSON ------------------------------------------------------------------------------------------------------------

# d net = -0.9, y = tanh(-1.8), E = (y - 1)^2; digits by Python's own tanh.
json_is_as_documented() {
  quiet --json - && python3 - <<'END_PYTHON'
import json, math

found = json.load(open("out"))
assert list(found) == ["loss", "train", "values"], list(found)
assert found["loss"] == "E" and found["train"] == ["w", "b"]
values = found["values"]
assert list(values) == ["x", "w", "b", "spare", "$1", "net", "$2", "y", "$3", "E"], list(values)
for value in values.values():
    assert list(value) == ["data", "grad", "op", "inputs"]
assert values["w"] == {"data": -2, "grad": values["w"]["grad"], "op": "leaf", "inputs": []}
assert values["spare"]["grad"] is None
assert values["$1"]["op"] == "*" and values["$1"]["inputs"] == ["w", "x"]
assert values["net"]["op"] == "+" and values["net"]["inputs"] == ["$1", "b"]
assert values["$2"]["inputs"] == [{"constant": 2}, "net"]
assert values["y"]["op"] == "tanh" and values["$3"]["inputs"] == ["y", {"constant": 1}]
assert values["E"]["op"] == "^" and values["E"]["grad"] == 1
y = math.tanh(-1.8)
slope = 2 * (y - 1) * (1 - y * y) * 2
for name, wanted in {"net": slope, "w": slope * 0.5, "b": slope, "x": slope * -2}.items():
    assert abs(values[name]["grad"] - wanted) < 1e-14, name  # 1 - y^2 loses a digit
END_PYTHON
}
if command -v python3 >/dev/null 2>&1; then
  claim 'JSON has every value, its gradient, its operation and its inputs' json_is_as_documented
else
  skip 'JSON has every value, its gradient, its operation and its inputs' 'python3 is not installed'
fi

names_what_is_not_finite() {
  printf 'a = 0\nb = log(a)\nE = b*b\n' >sheet
  quiet --json - && printf '%s%s%s\n' '{"loss":"E","train":[],' \
    '"values":{"a":{"data":0,"grad":"-inf","op":"leaf","inputs":[]},"b":{"data":"-inf","grad":"-inf","op":"log",' \
    '"inputs":["a"]},"E":{"data":"inf","grad":1,"op":"*","inputs":["b","b"]}}}' >wanted &&
    diff wanted out && quiet - &&
    grep -q 'The first number that is not finite is made in the line of b: log(a), which is log(0), is -inf\.$' out
}
claim 'what is not finite is text in JSON, and named with what made it first' names_what_is_not_finite

# ---- what is refused -------------------------------------------------------------------------------------------------

refuses_a_bad_sheet() {
  printf 'a = 1\nE = a + c\n' >sheet
  answers 2 - && [ ! -s out ] && grep -q '^backstep: <stdin>:2:9: ' err
}
claim 'a worksheet that cannot be read is refused, with the place' refuses_a_bad_sheet
printf 'a = 1\nE = a^2\n' >sheet
claim 'digits beyond 17 are refused' refuses --digits 18 -
claim 'no digits are refused' refuses --digits 0 -
claim 'a format that there is not is refused' refuses --format html -
claim 'JSON has no format' refuses --json --format latex -
claim 'a worksheet is needed' refuses
claim 'a file that cannot be opened is status 3' answers 3 nowhere.bp

full_disk() {
  status=0
  "$backstep" solve - <sheet >/dev/full 2>err || status=$?
  [ "$status" -eq 3 ]
}
if [ -e /dev/full ]; then
  claim 'a full disk is noticed' full_disk
else
  skip 'a full disk is noticed' 'this system has no /dev/full'
fi
finish
