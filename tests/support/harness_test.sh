#!/bin/sh
# The harness counts what happened: no failure is lost, not even that of a program that falls over or runs nothing.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
build=${BACKSTEP_BUILD:-$root/build}
. "$root/tests/support/report.sh"
program=$build/tests/backstep_tests_support

work=$(mktemp -d "${TMPDIR:-/tmp}/backstep harness.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir tests  # "$work" plays the build folder

# ---- what a Catch2 program reports -----------------------------------------------------------------------------

# reports_each_verdict: the lines wanted are standard input.
reports_each_verdict() {
  cat >wanted
  rm -f report
  BACKSTEP_TEST_REPORT=$work/report "$program" '[harness]' >/dev/null 2>&1 </dev/null || true
  grep -v '^start ' report >found
  diff wanted found
}
claim 'a test program reports each verdict' reports_each_verdict <<'END'
ok trial: it passes, [with] brackets
not ok trial: it fails
not ok trial: it checks nothing
skip trial: it is skipped: the moon is full
not ok trial: it is skipped and fails
ok trial: it comes after a skipped one
END

# ---- what tests/run makes of it --------------------------------------------------------------------------------

# suite NAME PROGRAM [ARGUMENT CLAIM], a script's text on standard input when PROGRAM ends in .sh
suite() {
  case $2 in *.sh)
    { echo '#!/bin/sh' && cat; } >"$2"
    chmod +x "$2"
    ;;
  esac
  printf '%s\t%s' "$1" "$2" >>tests/suites
  [ $# -lt 4 ] || printf '\t%s\t%s' "$3" "$4" >>tests/suites
  echo >>tests/suites
}

# answers STATUS LAST_LINE FILTER...: what run_suites ends with.
answers() {
  wanted=$1
  last=$2
  shift 2
  status=0
  env -u BACKSTEP_TEST_REPORT "$root/tests/support/run_suites" "$work" "$@" >out 2>err </dev/null || status=$?
  sed 's/^/    /' out err
  [ "$status" -eq "$wanted" ] && [ "$(tail -n 1 out)" = "$last" ]
}

: >tests/suites
suite good "$work/good.sh" <<'END'
echo 'ok it adds' >>"$BACKSTEP_TEST_REPORT"
echo 'chatter of a suite in which all is well'
END
suite claims "$(command -v test)" claims 'one word is true'
claim 'tests that pass are counted' answers 0 '2 passed, 0 failed'
claim 'a suite that passes keeps quiet' sh -c '! grep -q chatter out'

suite bad "$work/bad.sh" <<'END'
printf 'ok it adds\nnot ok it divides\nskip it sings: no voice\n' >>"$BACKSTEP_TEST_REPORT"
echo 'expected 2, found 3'
exit 1
END
claim 'a failed test fails the run' answers 1 '3 passed, 1 failed'
claim 'what a failed suite printed is shown' grep -q 'expected 2, found 3' out
claim 'a failed test is named' grep -q '^failed: it divides' out
claim 'a skipped test is named with its reason' grep -q '^skipped: bad: it sings: no voice' out
claim 'a suite can be chosen by its name' answers 0 '1 passed, 0 failed' good
claim 'a filter that matches nothing says so' answers 2 '' nonesuch

: >tests/suites
suite leaves "$program"
claim 'a test can be chosen by a part of its name, brackets and all' answers 0 '1 passed, 0 failed' 'passes, [with]'
claim 'a program that ends in the middle of a test has failed' answers 1 '0 passed, 1 failed' '[leaves]'
claim 'the test in which it ended is named' grep -q '^failed: trial: it leaves in the middle (' out

: >tests/suites
suite interrupted "$work/interrupted.sh" <<'END'
kill -INT $$
echo 'ok nothing happened' >>"$BACKSTEP_TEST_REPORT"
END
claim 'a program under test can be interrupted' answers 1 '0 passed, 1 failed'

# fails_by_itself NAME, a script on standard input: one suite, which counts as one failure.
fails_by_itself() {
  : >tests/suites
  suite "$1" "$work/$1.sh"
  answers 1 '0 passed, 1 failed'
}
claim 'a suite that reports nothing has failed' fails_by_itself silent <<'END'
exit 0
END
claim 'a suite that is killed has failed' fails_by_itself killed <<'END'
kill -9 $$
END
claim 'a suite that fails without naming a test has failed' fails_by_itself nameless <<'END'
exit 3
END
claim 'a suite that is killed within a test has failed' fails_by_itself within <<'END'
echo 'start it adds' >>"$BACKSTEP_TEST_REPORT"
kill -9 $$
END

: >tests/suites
suite wrong "$(command -v false)" --check 'two is three'
claim 'a claim that does not hold is a failure' answers 1 '0 passed, 1 failed'

: >tests/suites
suite unreported "$work/unreported.sh" <<'END'
rm -r "$(dirname "$BACKSTEP_TEST_REPORT")"
END
claim 'a suite whose report cannot be written has failed' answers 1 ''
claim 'and says that room may be wanting' grep -q 'is there room in' err
rm tests/suites
claim 'a build without a list of suites has failed' answers 1 ''

finish
