#!/bin/sh
# `backstep lesson N --page` and `lessons/run N --page`: the page of what a lesson draws, and which lessons have none.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
tested=lesson
. "$root/tests/support/command.sh"
build=${BACKSTEP_BUILD:-$root/build}
export BACKSTEP_PICTURES=pictures
unset BACKSTEP_PAGE
: >sheet

# ---- the lessons' own ------------------------------------------------------------------------------------------

# A page is one file and looks for nothing elsewhere.
is_page() {
  [ "$(head -n 1 "$1")" = '<!DOCTYPE html>' ] && [ "$(tail -n 1 "$1")" = '</html>' ] &&
    ! grep -e 'src="' -e 'href="[^#]' "$1"
}

# has_page LESSON: it names its pictures and pages, a page beside each picture of a graph, and nothing else is there.
has_page() {
  rm -rf pictures
  answers 0 "${1%%_*}" --page && [ ! -s err ] && grep '^Its ' out >named && cat named || return 1
  for picture in pictures/*.png; do
    grep -qxF "Its picture: $picture" named || return 1
    is_plot "$1" "$(basename "$picture")" ||
      { grep -qxF "Its page: ${picture%.png}.html" named && is_page "${picture%.png}.html"; } || return 1
  done
  [ "$(find pictures -type f | wc -l)" -eq "$(wc -l <named)" ]
}
# is_plot LESSON PICTURE: the lesson draws it by show(), which is for plots.
is_plot() { tr -d '\n' <"$root/lessons/$1.cpp" | grep -q "bp::show([^;\"]*\"$2\""; }
# A lesson whose pictures are of other things has one page, of a graph that it chooses for it.
has_one_of_its_own() {
  rm -rf pictures
  answers 0 "${1%%_*}" --page && [ ! -s err ] && [ "$(grep -c '^Its page: ' out)" -eq 1 ] &&
    is_page "$(sed -n 's/^Its page: //p' out)"
}
has_none() {
  rm -rf pictures
  refuses "${1%%_*}" --page && grep -q 'these have: 1, 2, .*20$' err && [ ! -e pictures ]
}
for source in "$root"/lessons/[0-9][0-9]_*.cpp; do
  lesson=$(basename "$source" .cpp)
  if grep -q 'show_graph(' "$source"; then
    claim "lesson $lesson has its page" has_page "$lesson"
  elif grep -q 'write_page(' "$source"; then
    claim "lesson $lesson has a page of its own" has_one_of_its_own "$lesson"
  else
    claim "lesson $lesson has no page, and says which lessons have" has_none "$lesson"
  fi
done

# What is drawn in another way has no page. Lesson 11 draws a folded graph so, which is too large to step through, and
# has a page of the same network at one point.
draws_by_show_graph() { ! grep -n 'draw(.*picture("' "$root"/lessons/[0-9][0-9]_*.cpp; }
claim 'every lesson that draws a whole graph does so by show_graph()' draws_by_show_graph

writes_none_unasked() {
  rm -rf pictures
  answers 0 4 && ! grep -q '^Its page' out && [ "$(ls pictures)" = 04_backward.png ] && cp out unasked
}
claim 'without --page there is no page' writes_none_unasked

prints_the_same() { answers 0 4 --page && grep -v '^Its page: ' out | diff unasked -; }
claim 'with --page the lesson prints what it prints without, and the name of the page' prints_the_same

names_only_a_new_page() {
  rm -rf pictures
  answers 0 4 --page && answers 0 4 && ! grep -q '^Its page' out && [ -s pictures/04_backward.html ]
}
claim 'an old page is not called the page of this run' names_only_a_new_page

cannot_be_written() {
  rm -rf pictures
  mkdir -p pictures/04_backward.html
  answers 3 4 --page && [ "$(wc -l <err)" -eq 1 ] && grep -q '^backstep: .*04_backward.html' err
}
claim 'a page that cannot be written is named in one line, with status 3' cannot_be_written

# ---- lessons/run -----------------------------------------------------------------------------------------------

# run STATUS ARGUMENT...
run() {
  wanted=$1
  shift
  status=0
  BACKSTEP_BUILD=$build "$root/lessons/run" "$@" >out 2>err </dev/null || status=$?
  cat err
  [ "$status" -eq "$wanted" ]
}
passes_on() {
  rm -rf pictures
  run 0 "$@" && grep -qx 'Its page: pictures/04_backward.html' out && is_page pictures/04_backward.html
}
claim 'lessons/run 4 --page writes it, too' passes_on 4 --page
claim '--page may come first' passes_on --page 4

the_worked_example() {
  rm -rf pictures
  run 0 --page && grep -qx 'Its page: pictures/06_worked_example.html' out && is_page pictures/06_worked_example.html
}
claim 'lessons/run --page is the page of the worked example' the_worked_example

is_refused() { run 2 "$@" && [ "$(grep -c '^backstep: \|^lessons/run: ' err)" -eq 1 ] && [ ! -s out ]; }
claim 'lessons/run 17 --page ends with status 2' is_refused 17 --page
claim 'a page of all lessons is refused' is_refused all --page
claim 'a page of the list is refused' is_refused list --page
claim 'two lessons at once are refused, with --page, too' is_refused 1 2 --page
finish
