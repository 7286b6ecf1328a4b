# For tests of one command of `backstep`: a folder of their own, and how it answers to a worksheet.
# shellcheck shell=sh
#
# The script sets `root` and `tested`, the command's name, and sources this instead of report.sh.

# shellcheck source=tests/support/report.sh
. "$root/tests/support/report.sh"
backstep=${BACKSTEP_BUILD:-$root/build}/lessons/backstep

work=$(mktemp -d "${TMPDIR:-/tmp}/backstep-$tested.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
# Graphviz keeps what it leaked: of interest where it is ours to mend.
export LSAN_OPTIONS="suppressions='$root/tests/viz/lsan.supp':print_suppressions=0"

# answers STATUS ARGUMENT...: runs the command with the file `sheet` as its input, keeps out and err.
answers() {
  wanted=$1
  shift
  status=0
  "$backstep" "$tested" "$@" <sheet >out 2>err || status=$?
  cat err
  [ "$status" -eq "$wanted" ] || {
    echo "exit status $status, not $wanted"
    return 1
  }
}

# quiet ARGUMENT...: it does it without a word of complaint.
quiet() { answers 0 "$@" && [ ! -s err ]; }
# refuses ARGUMENT...: in one line, and says nothing else.
refuses() { answers 2 "$@" && [ "$(wc -l <err)" -eq 1 ] && grep -q '^backstep: .' err && [ ! -s out ]; }
