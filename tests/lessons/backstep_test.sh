#!/bin/sh
# The program `backstep`: what it lists, runs and refuses, and with which exit status.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
build=${BACKSTEP_BUILD:-$root/build}
. "$root/tests/support/report.sh"
backstep=$build/lessons/backstep
unset BACKSTEP_PICTURES

work=$(mktemp -d "${TMPDIR:-/tmp}/backstep-program.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
export LSAN_OPTIONS="suppressions='$root/tests/viz/lsan.supp':print_suppressions=0"

# answers STATUS ARGUMENT...: runs the program, keeps out and err, compares its exit status.
answers() {
  wanted=$1
  shift
  status=0
  "$backstep" "$@" >out 2>err </dev/null || status=$?
  cat err
  [ "$status" -eq "$wanted" ] || {
    echo "exit status $status, not $wanted"
    return 1
  }
}
refuses() { answers 2 "$@" && one_line_of_error && [ ! -s out ]; }
one_line_of_error() { [ "$(wc -l <err)" -eq 1 ] && grep -q '^backstep: .' err; }
no_error() { [ ! -s err ]; }

# ---- what there is ---------------------------------------------------------------------------------------------

shows_what_there_is() {
  answers 0 && no_error && grep -q '^ *lessons  ' out && grep -q '^ *lesson  ' out && cp out alone &&
    answers 0 --help && cmp out alone
}
claim 'backstep alone shows what there is' shows_what_there_is

helps() { answers 0 "$1" --help && no_error && grep -q "^Usage: backstep $1" out; }
for command in lessons lesson predict solve train why; do
  claim "backstep $command has a help" helps "$command"
done

tells_its_version() {
  version=$(sed -n "s/^  version: '\(.*\)',/\1/p" "$root/meson.build")
  answers 0 --version && [ "$(cat out)" = "backstep $version" ]
}
claim 'backstep --version tells the version that meson.build names' tells_its_version

lists_as_the_script_does() {
  "$root/lessons/run" list >listed && answers 0 lessons && no_error && diff listed out
}
claim 'backstep lessons lists what lessons/run list does' lists_as_the_script_does

# ---- a lesson --------------------------------------------------------------------------------------------------

runs_a_lesson() {
  BACKSTEP_PICTURES=new/pictures
  export BACKSTEP_PICTURES
  result=0
  answers 0 lesson 6 || result=1
  unset BACKSTEP_PICTURES
  { cat "$root/lessons/06_worked_example.expected" && echo 'Its picture: new/pictures/06_worked_example.png'; } >wanted
  [ "$result" -eq 0 ] && no_error && diff wanted out && [ -s new/pictures/06_worked_example.png ]
}
claim 'backstep lesson 6 runs the lesson and says where its picture is' runs_a_lesson

# The program moved to where `build` or `installed` would have it, with a lesson of our own making.
#
# place FOLDER LESSON_FOLDER: the lesson does what stands in the file `lesson`.
place() {
  mkdir -p "$1" "$2"
  cp "$build/lessons/backstep" "$1/backstep"
  { echo '#!/bin/sh' && cat lesson; } >"$2/06_worked_example"
  chmod +x "$2/06_worked_example"
  backstep=$work/$1/backstep
}

draws_beside_the_build() {
  # shellcheck disable=SC2016  # the lesson expands it
  echo 'echo "here"; echo picture >"$BACKSTEP_PICTURES/06_worked_example.png"' >lesson
  place tree/lessons tree/lessons
  answers 0 lesson 6 && [ -s tree/pictures/06_worked_example.png ] &&
    [ "$(cat out)" = "here
Its picture: tree/pictures/06_worked_example.png" ]
}
claim 'in a build folder pictures go to its pictures folder' draws_beside_the_build

draws_where_one_stands() {
  place moved/bin moved/libexec/backstep
  answers 0 lesson 6 && [ -s pictures/06_worked_example.png ] &&
    [ "$(tail -n 1 out)" = 'Its picture: pictures/06_worked_example.png' ]
}
claim 'once installed, and moved, it finds its lessons and draws into ./pictures' draws_where_one_stands

takes_a_leading_zero() {
  answers 0 lesson 06 && [ "$(head -n 1 out)" = here ] && refuses lesson 006x
}
claim 'lesson 06 is lesson 6, and 006x is none' takes_a_leading_zero

names_only_new_pictures() {
  echo 'exit 0' >lesson
  place moved/bin moved/libexec/backstep
  answers 0 lesson 6 && [ ! -s out ]
}
claim 'a picture that the lesson did not draw is not called its picture' names_only_new_pictures

passes_on() {
  echo "$1" >lesson
  place moved/bin moved/libexec/backstep
  answers "$2" lesson 6
}
claim 'a lesson that cannot write ends with status 3' passes_on 'exit 1' 3
# shellcheck disable=SC2016
claim 'an interrupted lesson ends with status 130' passes_on 'kill -INT $$' 130

is_missing() {
  rm moved/libexec/backstep/06_worked_example
  answers 3 lesson 6 && one_line_of_error && grep -q 06_worked_example err
}
claim 'a lesson that is not installed is named in one line' is_missing
backstep=$build/lessons/backstep

# ---- refusals --------------------------------------------------------------------------------------------------

claim 'backstep refuses a lesson that does not exist' refuses lesson 42
claim 'backstep refuses a lesson with a negative number' refuses lesson -6
claim 'backstep refuses a lesson that is no number' refuses lesson six
claim 'backstep refuses a lesson without its number' refuses lesson
claim 'backstep refuses two lessons at once' refuses lesson 1 2
claim 'backstep refuses an unknown command' refuses lesssons
claim 'backstep refuses an unknown option' refuses --colour lessons

cannot_draw() {
  : >file
  BACKSTEP_PICTURES=$work/file/pictures
  export BACKSTEP_PICTURES
  result=0
  answers 3 lesson 6 || result=1
  unset BACKSTEP_PICTURES
  [ "$result" -eq 0 ] && one_line_of_error && grep -q "$work/file/pictures" err && [ ! -s out ]
}
claim 'a picture folder that cannot be made is named in one line' cannot_draw

notices_a_full_disk() {
  status=0
  "$backstep" "$@" >/dev/full 2>err </dev/null || status=$?
  cat err
  [ "$status" -eq 3 ] && one_line_of_error
}
if [ -e /dev/full ]; then
  claim 'a list that cannot be written ends in one line and status 3' notices_a_full_disk lessons
  claim 'a lesson that cannot be written ends in one line and status 3' notices_a_full_disk lesson 6
else
  skip 'backstep notices a full disk' 'this system has no /dev/full'
fi

finish
