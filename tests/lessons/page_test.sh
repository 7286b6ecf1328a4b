#!/bin/sh
# `backstep page`: a worksheet as one file of HTML. What the page does in a browser, tests/browser tries.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
tested=page
. "$root/tests/support/command.sh"

cat >sheet <<'END'
a = 3
b = 0.5
ab = a*b
E = 1/2*(ab - 1)^2
loss E
train a b
learning_rate 0.1
claim dE/db = 3
END
cp sheet example.bp

writes_a_page() {
  quiet example.bp -o it.html && grep -qx 'Written: it.html' out && head -n 1 it.html | grep -qx '<!DOCTYPE html>' &&
    tail -n 1 it.html | grep -qx '</html>' && grep -q '<title>example.bp</title>' it.html &&
    [ "$(grep -c '<g class="box ' it.html)" -eq 4 ] && [ "$(grep -c 'class="badge"' it.html)" -eq 1 ]
}
claim 'a worksheet becomes a page with a box for each value and a mark on a wrong one' writes_a_page

reads_input() { cp example.bp sheet && quiet - -o it.html && grep -q '<title>&lt;stdin&gt;</title>' it.html; }
claim 'standard input does, too' reads_input

counts_digits() {
  quiet example.bp -o it.html --digits 3 && grep -q '"digits":3,' it.html && quiet example.bp -o it.html && grep -q '"digits":6,' it.html
}
claim '--digits says how many digits the page shows' counts_digits

shipped_are_small() {
  for each in "$root"/lessons/worksheets/*.bp; do
    quiet "$each" -o it.html && [ "$(wc -c <it.html)" -lt 1000000 ] && ! grep -q 'Left out: ' it.html || return 1
  done
}
claim 'every worksheet that ships is a page of less than 1 MB with nothing left out' shipped_are_small

loads_nothing() {
  quiet "$root/lessons/worksheets/mazur.bp" -o it.html && ! grep -qE 'https?://|src=|@import|url\(' it.html &&
    grep -q "default-src 'none'" it.html
}
claim 'a page loads nothing' loads_nothing

is_bounded() {
  awk 'BEGIN { print "x0 = 0.5"; for (i = 1; i <= 20000; ++i) printf "x%d = sin(x%d)\n", i, i - 1 }' >sheet
  quiet - -o it.html && grep -q 'Left out: ' it.html && [ "$(wc -c <it.html)" -lt 20000000 ]
}
claim 'a chain of 20,000 values is folded, and the page says what does not open' is_bounded

refuses_no_file() { refuses example.bp && grep -q -e '-o' err; }
claim 'a page needs a file to go to' refuses_no_file
claim 'backstep page refuses 18 digits' refuses example.bp -o it.html --digits 18
claim 'a worksheet that is not there ends with status 3' answers 3 missing.bp -o it.html

cannot_write() {
  answers 3 example.bp -o missing/it.html && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && mkdir -p folder &&
    answers 3 example.bp -o folder && [ ! -s out ]
}
claim 'a page that cannot be written ends with status 3' cannot_write

points_at_the_mistake() {
  printf 'x = 1\ny = x +\n' >sheet
  rm -f it.html
  answers 2 - -o it.html && [ ! -s out ] && grep -q '^backstep: <stdin>:2:' err && [ ! -e it.html ]
}
claim 'a worksheet that cannot be read is refused with its line, and no page is written' points_at_the_mistake

finish
