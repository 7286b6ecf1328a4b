#!/bin/sh
# `backstep watch`: a small network trained on points in the plane, and the page that replays it.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
tested=watch
. "$root/tests/support/command.sh"
: >sheet
# The accuracy of the last epoch, in whole per cent.
accuracy() { sed -n 's/.*accuracy \([0-9]*\)\..*/\1/p' out | tail -n 1; }

# ---- training --------------------------------------------------------------------------------------------------

learns() {
  for data in moons circles spirals xor; do
    quiet "$data" && [ "$(accuracy)" -ge 97 ] || return 1
  done
}
claim 'each set is learnt with what suits it' learns

fails_without_hidden_layer() {
  quiet xor --layers 2,1 --epochs 500 && [ "$(accuracy)" -le 75 ] && quiet xor --layers 2,4,1 --activation identity &&
    [ "$(accuracy)" -le 75 ]
}
claim 'xor is not learnt without a hidden layer, nor without an activation' fails_without_hidden_layer

prints_plain_lines() {
  quiet moons --epochs 50 && [ "$(grep -c '^epoch ' out)" -eq 11 ] && ! grep -q "$(printf '\033')" out &&
    grep -q '^epoch 50/50  loss 0\.[0-9]*  accuracy [0-9.]* %$' out
}
claim 'in a pipe there are plain lines, eleven of them' prints_plain_lines

repeats_itself() {
  quiet circles --epochs 20 -o a.html && mv out first && quiet circles --epochs 20 -o a2.html && cmp a.html a2.html &&
    sed 's/a2/a/' out | diff first - && quiet circles --epochs 20 --seed 2 -o b.html && ! cmp -s a.html b.html
}
claim 'the same seed gives the same page, another seed another' repeats_itself

every_choice_learns() {
  for optimizer in adagrad adam momentum nesterov rmsprop; do
    quiet circles --optimizer "$optimizer" --epochs 300 --learning-rate 0.1 && [ "$(accuracy)" -ge 90 ] || return 1
  done
  quiet circles --optimizer sgd --epochs 300 --learning-rate 1 && [ "$(accuracy)" -ge 90 ] || return 1
  for activation in elu leaky_relu relu sigmoid silu softplus tanh; do
    quiet circles --activation "$activation" && [ "$(accuracy)" -ge 90 ] || return 1
  done
}
claim 'every optimiser and every activation learns circles' every_choice_learns

# ---- the page --------------------------------------------------------------------------------------------------

# How many epochs a page has recorded.
recorded() { sed -n 's/^"epochs":\[\(.*\)\],$/\1/p' "$1" | tr ',' '\n' | wc -l; }

writes_a_page() {
  quiet moons --epochs 60 -o it.html && grep -q '^Written: it.html$' out && head -n 1 it.html | grep -q '^<!DOCTYPE html>' &&
    tail -n 1 it.html | grep -q '</html>' && [ "$(recorded it.html)" -eq 61 ] && grep -q "default-src 'none'" it.html
}
claim 'the page is one file with every epoch, and loads nothing' writes_a_page

# One neuron with the weights w1, w2 and the bias b on the four points of xor: the gradient of its cross-entropy is the
# mean of (sigmoid(z) - t) times (x1, x2, 1), and a step of gradient descent is 0.5 of it.
records_gradients() {
  quiet xor --layers 2,1 --optimizer sgd --learning-rate 0.5 --epochs 40 -o it.html &&
    awk '
      function near(a, b) { return a - b < 1e-6 && b - a < 1e-6 }
      /^"norms":/ { sub(/^"norms":/, ""); gsub(/[][ ]/, ""); norms = split($0, norm, ",") - 1 }
      /^\]\}/ { reading = 0 }
      /^"weights":/ { reading = 1; sub(/^"weights":/, "") }
      reading && /^[],[]/ { gsub(/^[],[]+|\]+\}?$/, ""); if (split($0, w, ",") == 3) { ++rows
        if (rows > 1 && !(near(w[1], next1) && near(w[2], next2) && near(w[3], next3))) wrong = 1
        g1 = g2 = g3 = 0
        for (i = 0; i < 4; ++i) { x1 = int(i / 2); x2 = i % 2
          d = (1 / (1 + exp(-(w[1] * x1 + w[2] * x2 + w[3]))) - (x1 != x2)) / 4; g1 += d * x1; g2 += d * x2; g3 += d }
        if (!near(norm[rows], sqrt(g1 * g1 + g2 * g2 + g3 * g3))) wrong = 1
        next1 = w[1] - 0.5 * g1; next2 = w[2] - 0.5 * g2; next3 = w[3] - 0.5 * g3 } }
      END { print norms, rows, wrong + 0; exit !(norms == 41 && rows == 41 && !wrong) }' it.html
}
claim 'each epoch has the gradient of its weights, and its step leads to the next' records_gradients

stays_small() {
  quiet moons --layers 2,32,32,32,1 --epochs 100 --points 500 -o it.html && [ "$(wc -c <it.html)" -lt 1000000 ] &&
    [ "$(recorded it.html)" -lt 101 ] && [ "$(recorded it.html)" -ge 20 ] &&
    grep -q '^"epochs":\[0,.*,100\],$' it.html && quiet xor --epochs 5000 -o it.html &&
    [ "$(wc -c <it.html)" -lt 1000000 ] && [ "$(recorded it.html)" -le 401 ]
}
claim 'a page stays below a megabyte, with its first and last epoch' stays_small

# ---- a file of one's own ---------------------------------------------------------------------------------------

# Two clouds, far from 0 and of very different units.
awk 'BEGIN { print "length,weight,\"kind, of two\""
  for (i = 0; i < 40; ++i) printf "%d,%g,%s\r\n", 1e6 + (i * 37 % 19) + 40 * (i % 2), 0.001 * (i * 53 % 23), i % 2 ? "<b>big" : "small" }' >clouds.csv

learns_a_file() {
  quiet clouds.csv -o it.html && [ "$(accuracy)" -eq 100 ] && grep -q 'standardised: (length - 1000029) / 21.226' out &&
    grep -q '"axes":\["length","weight"\],"classes":\["\\u003cb>big","small"\]' it.html
}
claim 'a file is standardised, which is said, and its names are on the page as text' learns_a_file

learns_standard_input() {
  cp clouds.csv sheet && quiet - --epochs 5 && grep -q '^Watch: standard input (40 points, ' out
}
claim 'the file can be standard input' learns_standard_input

names_standard_input() {
  printf '1,2,a\n3,4\n' >sheet
  refuses - && grep -q '^backstep: <stdin>: line 2: expected three fields' err
}
claim 'messages call standard input as those of other commands do' names_standard_input

refused_file() {
  printf %b "$1" >bad.csv
  refuses bad.csv -o bad.html && grep -q "^backstep: 'bad.csv': .*$2" err && [ ! -e bad.html ]
}
claim 'an empty file is refused' refused_file '' 'there is no point'
claim 'one class is refused' refused_file '1,2,a\n3,4,a\n' 'two classes are needed'
claim 'three classes are refused' refused_file '1,2,a\n3,4,b\n5,6,c\n' 'line 3: a third class'
claim 'NaN is refused' refused_file '1,2,a\nnan,4,b\n' "line 2: expected a number between -1e12 and 1e12, found 'nan'"
claim 'an open quote is refused' refused_file '1,2,"a\n' 'line 1: a quote is opened'
claim 'other separators are refused, with a hint' refused_file '1;2;a\n' 'parted by commas'
claim 'what is no text is refused' refused_file '\0000\0001\0002\0377' 'line 1'

refuses_the_huge() {
  head -c 3000000 /dev/zero | tr '\000' '1' >huge.csv
  refuses huge.csv && [ "$(wc -c <err)" -lt 300 ] && mv huge.csv sheet && refuses - &&
    grep -q '^backstep: <stdin>: expected at most 1048576 bytes, found more$' err
}
claim 'a huge file is refused' refuses_the_huge

# ---- what it refuses -------------------------------------------------------------------------------------------

# shellcheck disable=SC2016  # the backticks are the message's
refuses_a_set() { refuses moon && grep -q 'there is no set `moon`; did you mean `moons`' err; }
claim 'an unknown set is refused, with the nearest one' refuses_a_set
claim 'a file that is not there ends with status 3' answers 3 missing.csv
claim 'a folder is no file of points' answers 3 .
for page in missing/it.html .; do
  cannot_write() { answers 3 xor --epochs 1 -o "$page" && [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ]; }
  claim "a page that cannot be written, $page, is noticed before training" cannot_write
done
learns_for_a_device() { quiet xor --epochs 1 -o /dev/null && grep -q '^Written: /dev/null$' out; }
claim 'a page can go to a device' learns_for_a_device
for layers in 2 3,1 2,2 2,0,1 2,33,1 2,1,1,1,1,1,1,1,1 2,32,32,32,32,1 2,x,1; do
  claim "--layers $layers is refused" refuses moons --layers "$layers"
done
claim 'no data is refused' refuses
claim 'an odd number of points is refused' refuses moons --points 7
claim 'five corners are refused' refuses xor --points 5
claim 'too many points are refused' refuses moons --points 5001
claim 'a noise below 0 is refused' refuses moons --noise -1
claim 'no epochs are refused' refuses moons --epochs 0
claim 'a seed of -1 is refused' refuses moons --seed -1
claim 'a learning rate of 0 is refused' refuses moons --learning-rate 0
claim 'a learning rate that is no number is refused' refuses moons --learning-rate nan
claim 'an unknown activation is refused' refuses moons --activation softmax
claim 'points of a file cannot be chosen' refuses clouds.csv --points 10

diverges() {
  answers 4 moons --optimizer sgd --learning-rate 1e308 -o gone.html && [ "$(wc -l <err)" -eq 1 ] &&
    grep -q '^backstep: training diverged after epoch [0-9]*: .*--learning-rate' err && [ ! -e gone.html ]
}
claim 'training that diverges ends with status 4 and without a page' diverges

# ---- on a terminal ---------------------------------------------------------------------------------------------

# What the program shows on a terminal, of which `script` makes one.
on_a_terminal() {
  env -u NO_COLOR TERM=xterm "$@" script -qec "stty cols 80 rows 30; '$backstep' watch moons --epochs 20 --seconds 0.2" /dev/null \
    </dev/null >out 2>err
}
escape=$(printf '\033')
has() { grep -q "$escape\[$1" out; }
shows_it_live() {
  on_a_terminal A=B && has '?25l' && has '?25h' && has '29A' && has '0;1;34m' && grep -q 'epoch 20/20' out && grep -q '▁' out &&
    on_a_terminal NO_COLOR=1 && has '29A' && ! has '0;1;34m' && on_a_terminal TERM=dumb && ! has '.'
}
# A key pressed on that terminal, once the first epoch is seen there.
presses() {
  for _ in $(seq 600); do
    if grep -q 'epoch *[1-9]' out; then break; fi
    sleep 0.1
  done
  printf '%b' "$1"
}
# The shell makes room for the program: it would be interrupted, too, and script would not wait for the rest.
restores_the_cursor() {
  status=0
  : >out
  presses '\003' | env --default-signal=INT TERM=xterm \
    script -qefc "stty cols 80 rows 30; exec '$backstep' watch moons --seconds 60" /dev/null >out 2>err || status=$?
  tail -n 3 out | cat -v
  [ "$status" -eq 130 ] &&
    tail -n 3 out | grep -q "$escape\[?25h.*interrupted after epoch [0-9]*; nothing was written"
}
if command -v script >/dev/null; then
  claim 'on a terminal the boundary is redrawn in place, in colour where that is wanted' shows_it_live
  claim 'Ctrl-C shows the cursor again and says that nothing was written' restores_the_cursor
else
  skip 'on a terminal the boundary is redrawn in place' 'there is no program script(1) to make a terminal'
fi

finish
