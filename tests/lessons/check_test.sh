#!/bin/sh
# `backstep check`: verdicts, diagnoses, JSON, what it refuses, and with which exit status.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
tested=check
. "$root/tests/support/command.sh"
example=$root/lessons/worksheets/mazur.bp

# The worked example without its claims, and with those that are given.
sheet_with() {
  grep -v -e '^claim' -e '^after' "$example" >sheet
  printf '%s\n' "$@" >>sheet
}

passes() {
  sheet_with 'claim dE/dw5 = 0.082167041' 'claim dE/dw5 = 0.082' 'claim out_h1 = 0.59326'
  answers 0 - && grep -q '^2 right, 1 truncated, 0 wrong$' out && grep -q 'truncated, not rounded$' out &&
    grep -q '^Loss: E\. Trained: w1, w2, w3, w4, w5, w6, w7, w8\.$' out
}
claim 'claims that are right or truncated end with 0, and it says what is trained' passes

no_claims() { sheet_with '' && answers 0 - && grep -q '^There are no claims to check' out; }
claim 'a worksheet without claims ends with 0 and says so' no_claims

names_path() {
  sheet_with 'claim dE/dw1 = 0.000668'
  answers 1 - && grep -q '^  one-path: You followed only the path from out_h1 through net_o1' out &&
    tr '\n' ' ' <out | tr -s ' ' | grep -q 'what was left out adds -0\.000229828'
}
claim 'a wrong claim ends with 1, and the path that was left out is named' names_path

names_update() {
  : >sheet
  answers 1 "$example" && grep -q '^25 right, 0 truncated, 5 wrong$' out &&
    [ "$(grep -c '^  updated-weights: ' out)" -eq 3 ]
}
claim 'the published example has five wrong figures, three by weights that were changed too early' names_update

hides_answers() {
  sheet_with 'claim dE/dw1 = 0.000668' 'claim dE/dw5 = 0.16433'
  answers 1 --no-answers - && grep -q WRONG out && grep -q 'factor-two' out && ! grep -q -e '0\.00043' -e '0\.0821' out &&
    answers 1 --no-answers --json - && ! grep -q -e '0\.00043' -e '0\.0821' -e '"true"' -e predicted out
}
claim '--no-answers gives verdicts and hints, and no true number' hides_answers

hides_zero() {
  printf '%s\n' 'x = 0.5' 'w = -1' 'h = relu(w*x)' 'E = (h - 1)^2' 'claim dE/dw = 0.5' >sheet
  answers 1 - && grep -q 'exactly 0' out && answers 1 --no-answers - && ! grep -q 'exactly 0' out
}
claim '--no-answers does not say that the answer is 0, either' hides_zero

prints_json() {
  sheet_with 'claim dE/dw5 = 0.082167041' 'claim dE/dnet_o1 = 0.15' 'claim dE/dw6 = 0.0895326567' "claim E' = 0.291027924" \
    'after 3: claim E = 1e-3'
  answers 1 --json - && python3 - out <<'END_PYTHON'
import json, sys
check = json.load(open(sys.argv[1]))
assert list(check) == ["loss", "right", "truncated", "wrong", "claims"], list(check)
assert (check["loss"], check["right"], check["truncated"], check["wrong"]) == ("E", 1, 0, 4), check
right, slip, follows, step, later = check["claims"]
assert list(right) == ["line", "claim", "after", "written", "claimed", "true", "verdict"], right
assert right["claim"] == "dE/dw5" and right["written"] == "0.082167041" and right["verdict"] == "right"
assert abs(right["true"] - 0.082167040564230779) < 1e-16
assert slip["verdict"] == "wrong" and slip["diagnosis"] == [], slip
assert follows["method"] == "right" and follows["diagnosis"][0]["id"] == "carried-forward", follows
assert step["claim"] == "E'" and step["after"] == 1, step
assert [m["id"] for m in step["diagnosis"]] == ["updated-weights"], step
assert set(step["diagnosis"][0]) == {"id", "says", "predicted"}
assert abs(step["diagnosis"][0]["predicted"] - 0.29102792390544187) < 1e-15
assert later["after"] == 3 and later["claim"] == "E" and later["claimed"] == 0.001
END_PYTHON
}
claim '--json has the claims, their verdicts, the diagnoses and what was rightly carried on' prints_json

# i2 is twice i1, so that the neighbour's input makes twice the gradient.
asks() {
  sheet_with 'claim dE/dw1 = 0.0008771'
  answers 1 - && grep -q '^  factor-two: ' out && grep -q '^  neighbour-input: ' out &&
    grep -q 'mistakes make this number\. What did you get for dE/d' out && answers 1 --json - && grep -q '"ask":"dE/d' out
}
claim 'where several mistakes make the number, it asks for one that tells them apart' asks

refuses() {
  printf 'y = x\n' >sheet
  answers 2 - && grep -q "^backstep: <stdin>:1:5: there is no 'x'" err && [ ! -s out ] && answers 3 none.bp &&
    grep -q '^backstep: .*none\.bp' err && answers 2 --digits 0 -
}
claim 'a worksheet that cannot be read ends with 2, a file that cannot be opened with 3' refuses

narrow() {
  awk '{ if (length($0) > 100) exit 1 }' out
}
fits() { answers 1 "$example" && narrow; }
claim 'no line has more than 100 columns' fits
finish
