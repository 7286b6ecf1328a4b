#!/bin/sh
# Worksheets that nobody wrote to be read: whatever stands in the file, the answer is one clear line (with the
# line of the text and a caret below it, where it points into one), in bounded memory and time.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
build=${BACKSTEP_BUILD:-$root/build}
. "$root/tests/support/report.sh"
backstep=$build/lessons/backstep

work=$(mktemp -d "${TMPDIR:-/tmp}/backstep-hostile.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# Seconds of the processor, which do not depend on what else it does, and kilobytes of addresses. Under the
# sanitizers a program takes terabytes of addresses from the start, and is slow: there only the answer counts.
seconds=2
memory=500000
# The shell would say that the trial was aborted.
limited=
# shellcheck disable=SC3045  # not in POSIX, but in dash and bash
{ if (ulimit -v $memory && exec "$backstep" --version) >/dev/null 2>&1; then limited=yes; fi; } 2>/dev/null
# shellcheck disable=SC3045
limits() {
  if [ -n "$limited" ]; then ulimit -v $memory && ulimit -t $seconds; fi
}
# answers COMMAND FILE: runs it, keeps out and err; its status is that of the program.
answers() {
  of=
  [ "$1" != why ] || of=x
  # shellcheck disable=SC2086  # nothing, or one word
  (limits && exec "$backstep" "$1" "$2" $of) >out 2>err
}
# is_clear FILE: whether err is a line about FILE, a line of its text and a caret.
is_clear() {
  [ ! -s out ] && [ "$(wc -l <err)" -eq 3 ] && [ "$(wc -c <err)" -lt 1500 ] &&
    sed -n 1p err | grep -q "^backstep: $1:[0-9]*:[0-9]*: [^?]*\$" && sed -n 3p err | grep -q '^ *^$'
}

# points FILE PLACE: every command refuses FILE and points at LINE:COL.
points() {
  for command in solve check why draw; do
    status=0
    answers $command "$1" || status=$?
    echo "$command: status $status" && head -c 1500 err
    { [ $status -eq 2 ] && is_clear "$1" && grep -q "^backstep: $1:$2: " err; } || return 1
  done
}
# points_in_pipe FILE PLACE: the same from a pipe.
points_in_pipe() {
  for command in solve check why draw; do
    status=0
    # shellcheck disable=SC2002  # a pipe is what is wanted
    cat "$1" | answers $command - || status=$?
    head -c 1500 err
    { [ $status -eq 2 ] && is_clear '<stdin>' && grep -q "^backstep: <stdin>:$2: " err; } || return 1
  done
}
# says STATUS FILE WORDS: every command ends with that status and one line that contains the words.
says() {
  for command in solve check why draw; do
    status=0
    answers $command "$2" || status=$?
    echo "$command: status $status" && head -c 1500 err
    { [ $status -eq "$1" ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && grep -q '^backstep: ' err &&
      grep -qF "$3" err; } || return 1
  done
}

# megabytes N TEXT: N million bytes of it, over and over, each on a line.
megabytes() { yes "$2" | head -c "$1"000000; }
# definitions N: N lines, each with one node.
definitions() { awk -v n="$1" 'BEGIN { print "x = 1"; for (i = 1; i < n; ++i) print "a" i " = x" }'; }
# letters N: a name of N characters.
letters() { head -c "$1" /dev/zero | tr '\0' n; }

# ---- much of the same ------------------------------------------------------------------------------------------

megabytes 100 '((((((((((((((((((((((((' | tr -d '\n' >parentheses
claim '100 MB of parentheses on one line are refused' points parentheses 1:10001
megabytes 100 '((((((((((((((((((((((((' >parentheses
claim '100 MB of parentheses on many lines are refused' points parentheses 1:1
{ printf 'y = ' && megabytes 100 '((((((((((((((((((((((((' | tr -d '\n'; } >parentheses
claim '100 MB of open parentheses in a definition are refused' points parentheses 1:10001
{ printf 'y = ' && letters 2000 | tr n '(' && echo; } >parentheses
claim '2,000 parentheses are nested too deep' points parentheses 1:1006
{ echo 'x = 1' && echo 'y = x*x' && megabytes 100 'claim x = 1'; } >claims
claim '100 MB of claims are refused' points claims 100003:1
{ echo 'x = 1' && megabytes 100 'train x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x'; } \
  >patterns
claim '100 MB of names to train are refused' points patterns '25002:7'
{ megabytes 100 '# nothing' && echo 'y = 2*'; } >comments
claim 'a mistake behind 100 MB of comments is found' points comments '10000001:7'
megabytes 100 '' >nothing
claim '100 MB of empty lines are refused' points nothing 100000000:1
rm -f parentheses claims patterns comments nothing
definitions 1000001 >sheet
claim 'a million definitions and one more are refused' points sheet 1000001:1

# ---- what is no text -------------------------------------------------------------------------------------------

{ letters 9990 && echo ' = 2'; } >name
claim 'a name of 10,000 characters is refused' points name 1:1
{ echo 'x = 2' && printf 'y = x + ' && letters 9990 && echo; } >name
claim 'and so is one that is used' points name 2:9
printf 'x = 2\ny = x*\0003\n' >zero
claim 'a zero byte is refused' points zero 2:7
head -c 100000000 /dev/zero >zeros
claim '100 MB of zero bytes are refused' points zeros 1:10001
rm -f zeros
printf 'x = 2\ny = \351*x\n' >latin
claim 'a letter of Latin 1 is refused' points latin 2:5
printf '\377\376y\0=\0002\0' >utf16
claim 'UTF-16 is refused' points utf16 1:1
claim 'what stands in a pipe is called <stdin>' points_in_pipe name 2:9

# ---- what is no file -------------------------------------------------------------------------------------------

mkdir folder
claim 'a folder ends with status 3' says 3 folder "'folder'"
claim 'a file that is not there ends with status 3' says 3 missing.bp "'missing.bp'"
claim 'the empty name ends with status 3' says 3 '' "''"
folder_on_stdin() { says 3 - "'<stdin>'" <folder; }
claim 'a folder on standard input ends with status 3' folder_on_stdin
closed_stdin() { says 3 - "'<stdin>'" <&-; }
claim 'a closed standard input ends with status 3' closed_stdin
if [ -c /dev/zero ]; then
  claim 'a device without an end is refused' says 2 /dev/zero 'expected at most 200000000 bytes, found more'
  endless() { says 2 - 'expected at most 200000000 bytes, found more' </dev/zero; }
  claim 'standard input without an end is refused' endless
else
  skip 'a device without an end is refused' 'this system has no /dev/zero'
fi

# A file of which a line has been taken goes on behind it.
rest_of_a_file() {
  printf 'nobody reads this\nx = 2\ny = x^3\nclaim y = 8\n' >rest
  { read -r _ && "$backstep" check -; } <rest >out 2>err && grep -q '^1 right' out
}
claim 'standard input is read from where it stands' rest_of_a_file

# ---- what is large and sound -----------------------------------------------------------------------------------

# The million nodes that there may be.
seconds=10
definitions 1000000 >sheet
checks_a_million() { answers check sheet && [ ! -s err ] && grep -q '^Loss: a999999\.' out; }
claim 'a million definitions are checked' checks_a_million
explains_a_million() { answers why sheet && [ ! -s err ] && grep -q '^The product is da999999/dx = 1\.$' out; }
claim 'and a gradient among them is explained' explains_a_million

finish
