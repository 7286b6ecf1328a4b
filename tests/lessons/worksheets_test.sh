#!/bin/sh
# The worksheets that ship keep their comments' word: all claims right, and of mazur.bp five wrong.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
build=${BACKSTEP_BUILD:-$root/build}
. "$root/tests/support/report.sh"
backstep=$build/lessons/backstep
sheets=$root/lessons/worksheets

work=$(mktemp -d "${TMPDIR:-/tmp}/backstep-worksheets.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# checks STATUS FILE: runs check, keeps in `claims` its JSON with a line for each claim, compares the exit status.
checks() {
  status=0
  "$backstep" check "$2" --json >out 2>err </dev/null || status=$?
  sed 's/{"line":/\
&/g' out >claims
  cat claims err
  [ "$status" -eq "$1" ] && [ ! -s err ]
}
# verdicts RIGHT TRUNCATED WRONG: what the last check counted.
verdicts() { grep -q "\"right\":$1,\"truncated\":$2,\"wrong\":$3," claims; }

# ---- all of them -----------------------------------------------------------------------------------------------

claims_of() { grep -c -e '^claim ' -e '^after ' "$1"; }
is_all_right() { checks 0 "$1" && verdicts "$(claims_of "$1")" 0 0; }
for sheet in "$sheets"/*.bp; do
  name=$(basename "$sheet")
  [ "$name" != mazur.bp ] || continue
  claim "every claim of $name is right" is_all_right "$sheet"
done

is_installed() { grep -qF "'worksheets/$1'" "$root/lessons/meson.build"; }
for sheet in "$sheets"/*.bp; do
  claim "$(basename "$sheet") is installed" is_installed "$(basename "$sheet")"
done

# Right is not a matter of course: a digit more or less is noticed.
notices_a_digit() {
  sed 's/= 645\.5773$/= 645.5774/' "$sheets/micrograd.bp" >other_digit.bp
  checks 1 other_digit.bp && verdicts 2 0 1 && grep -q '"claim":"dg/db".*"verdict":"wrong"' claims
}
claim 'one digit that is off by one is found wrong' notices_a_digit

# ---- the article's five ----------------------------------------------------------------------------------------

five_are_wrong() {
  checks 1 "$sheets/mazur.bp" && verdicts 25 0 5 || return 1
  for figure in 0.291027924 0.015912196 0.984065734 0.0000351085 -0.019049119; do
    grep -qF -e "\"written\":\"$figure\"" claims &&
      grep -F -e "\"written\":\"$figure\"" claims | grep -q '"verdict":"wrong"' || return 1
  done
}
claim 'five figures of mazur.bp are wrong: the five that it says' five_are_wrong

# first_named FIGURE: the mistake that is named first for it.
first_named() { grep -F -e "\"written\":\"$1\"" claims | sed -n 's/[^[]*"diagnosis":\[{"id":"\([^"]*\)".*/\1/p'; }
three_come_of_one_mistake() {
  checks 1 "$sheets/mazur.bp" || return 1
  for figure in 0.291027924 0.015912196 0.984065734; do
    [ "$(first_named $figure)" = updated-weights ] || return 1
  done
  for figure in 0.0000351085 -0.019049119; do
    [ "$(first_named $figure)" != updated-weights ] || return 1
  done
}
claim 'three of the five come of weights that were overwritten, and no other two' three_come_of_one_mistake

# ---- what the comments of others promise -----------------------------------------------------------------------

names_the_double_sigmoid() {
  sed 's/^claim dE\/dw1 = .*/claim dE\/dw1 = 0.119722648/' "$sheets/perceptron.bp" >squashed_twice.bp
  checks 1 squashed_twice.bp && verdicts 17 0 1 &&
    [ "$(first_named 0.119722648)" = double-activation-derivative ]
}
claim "the number that perceptron.bp proposes is the double sigmoid's" names_the_double_sigmoid

# weight_gradient FILE: dE/dw1, to its digits.
weight_gradient() { "$backstep" solve "$1" --json | sed 's/.*"w1":{"data":[^,]*,"grad":\([^,]*\),.*/\1/'; }
vanishes_all_the_more() {
  sed 's/^\(w[1-5]\) = 1$/\1 = 4/' "$sheets/vanishing.bp" >fours.bp
  one=$(weight_gradient "$sheets/vanishing.bp") four=$(weight_gradient fours.bp)
  echo "$one with weights of 1, $four with weights of 4"
  awk -v one="$one" -v four="$four" 'BEGIN { exit !(one < 0 && four < 0 && four > one) }'
}
claim 'weights of 4 save no gradient in vanishing.bp' vanishes_all_the_more

finish
