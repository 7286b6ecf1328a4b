# How a test that is a script reports: the lines that tests/run counts, as tests/support/main.cpp writes them.
# shellcheck shell=sh
#
# To standard output always, and to the file BACKSTEP_TEST_REPORT when that is set.

any_failed=

report() {
  printf '%s\n' "$1"
  if [ -n "${BACKSTEP_TEST_REPORT:-}" ]; then printf '%s\n' "$1" >>"$BACKSTEP_TEST_REPORT"; fi
}
ok() { report "ok $1"; }
not_ok() {
  any_failed=yes
  report "not ok $1"
}
skip() { report "skip $1: $2"; }

# claim NAME COMMAND...: the claim holds when the command succeeds; what the command prints stays in the log.
claim() {
  name=$1
  shift
  if "$@"; then ok "$name"; else not_ok "$name"; fi
}

finish() { [ -z "$any_failed" ]; }
