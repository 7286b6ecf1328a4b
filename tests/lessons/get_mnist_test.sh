#!/bin/sh
# lessons/get-mnist against mirrors on this machine that are good, break off, stall, lie, or have nothing.
#
# Each claim holds with curl and with wget, where they are installed.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
. "$root/tests/support/report.sh"

if ! command -v python3 >/dev/null 2>&1; then
  skip 'lessons/get-mnist gets its files' 'python3, which plays the mirrors, is not installed'
  finish
  exit 0
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/backstep get-mnist.XXXXXX")  # with a space: people have such folders
served=$work/served
mkdir "$served"
cd "$work"
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY
export PYTHONDONTWRITEBYTECODE=1
python3 "$root/tests/lessons/mirror.py" "$served" 2>server.log </dev/null &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
waited=0
until [ -s "$served/port" ]; do
  sleep 0.1
  waited=$((waited + 1))
  if [ $waited -gt 200 ] || ! kill -0 "$server"; then
    cat server.log
    not_ok 'the mirrors of the test serve'
    exit 1
  fi
done
here=http://127.0.0.1:$(cat "$served/port")

big=train-images-idx3-ubyte
export BACKSTEP_MNIST_FILES="$served/files" BACKSTEP_MNIST_PATIENCE=1 XDG_DATA_HOME="$work/data"
data=$XDG_DATA_HOME/backstep/mnist

# ---- a run, and what it must have done -------------------------------------------------------------------------

# get MIRROR...: runs lessons/get-mnist with these mirrors; what it prints in `out` and `err`.
get() {
  BACKSTEP_MNIST_MIRRORS=
  for mirror in "$@"; do BACKSTEP_MNIST_MIRRORS="$BACKSTEP_MNIST_MIRRORS $here/$mirror/"; done
  export BACKSTEP_MNIST_MIRRORS
  : >"$served/requests"
  status=0
  PATH=$fetch_path "$root/lessons/get-mnist" >out 2>err </dev/null || status=$?
  sed 's/^/    /' out err
}
afresh() {
  rm -rf "$XDG_DATA_HOME"
  get "$@"
}
requested() { grep -q "^$1 $big $2\$" "$served/requests"; }

# Both files, right to the last byte, and nothing else; a word on standard error would be a complaint.
all_there() { [ "$status" -eq 0 ] && [ ! -s err ] && diff -r "$served/plain" "$data" >&2; }

# None under its own name; one line for each on standard error, and one for all.
nothing_taken() {
  [ "$status" -eq 1 ] && [ -z "$(ls "$data")" ] && [ "$(wc -l <err)" -eq 3 ] &&
    [ "$(grep -c '^lessons/get-mnist: ' err)" -eq 3 ]
}
nothing_left() { [ -z "$(ls -A "$data")" ]; }

# ---- the claims ------------------------------------------------------------------------------------------------

gets_all() { afresh good && all_there && grep -q "^MNIST belongs in $data\$" out; }
asks_no_more() { get good && all_there && [ ! -s "$served/requests" ] && [ "$(grep -c 'there already' out)" -eq 2 ]; }
mends_a_damaged_file() {
  printf x | dd of="$data/$big" bs=1 seek=5 conv=notrunc 2>/dev/null
  get good && all_there && grep -q "$big: there, but damaged" out && [ "$(wc -l <"$served/requests")" -eq 1 ]
}
gets_what_is_missing() {
  rm "$data/$big"
  get good && all_there && [ "$(wc -l <"$served/requests")" -eq 1 ]
}
passes_by() { afresh "$1" good && all_there && requested "$1" 0 && requested good 0; }
resumes_at_the_next() {
  afresh breaks_off good && all_there && requested breaks_off 0 && grep -q "^good $big [1-9]" "$served/requests"
}
resumes_the_next_time() {
  afresh breaks_off
  nothing_taken && [ -s "$data/.$big.gz.part" ] && get good && all_there &&
    grep -q "^good $big [1-9]" "$served/requests"
}
comes_round_again() {
  afresh breaks_off has_nothing
  [ "$(grep -c "^breaks_off $big" "$served/requests")" -gt 1 ] &&
    [ "$(grep -c "^has_nothing $big" "$served/requests")" -eq 1 ]
}
begins_anew_without_ranges() { afresh breaks_off without_ranges && all_there; }
discards_another_beginning() { afresh lies_long good && all_there && requested good 0; }
takes_what_was_complete() {
  afresh breaks_off
  gzip -c <"$served/plain/$big" >"$data/.$big.gz.part"
  get has_nothing
  [ "$status" -eq 1 ] && cmp "$served/plain/$big" "$data/$big" && ! grep -q "$big" "$served/requests"
}
gives_up() { afresh "$@" && nothing_taken; }
leaves_nothing_of() { gives_up "$@" && nothing_left; }
gives_up_in_time() {
  began=$(date +%s)
  gives_up "$1" && [ $(($(date +%s) - began)) -lt 30 ]  # 2 files, at most 5 rounds, 1 s of patience
}
# Ended in the middle, also hard: what stays is no file of MNIST's, and the next run completes it.
survives() {
  rm -rf "$XDG_DATA_HOME"
  (
    BACKSTEP_MNIST_MIRRORS=$here/stalls/
    export BACKSTEP_MNIST_MIRRORS
    exec env PATH="$fetch_path" "$root/lessons/get-mnist"
  ) >out 2>err </dev/null &
  running=$!
  waited=0
  until [ -s "$data/.$big.gz.part" ] || [ $waited -gt 100 ]; do
    sleep 0.1
    waited=$((waited + 1))
  done
  kill -s "$1" "$running"
  wait "$running" || true
  [ -z "$(ls "$data")" ] && [ -s "$data/.$big.gz.part" ] && get good && all_there
}

claims() {
  claim "a good mirror gives all ($1)" gets_all
  claim "when all is there nothing is asked for ($1)" asks_no_more
  claim "a damaged file is fetched again ($1)" mends_a_damaged_file
  claim "only what is missing is fetched ($1)" gets_what_is_missing
  claim "a mirror that has moved is followed ($1)" passes_by_moving
  for mirror in has_nothing silent lies lies_well shows_a_page bursts; do
    claim "the next mirror serves where the first $(echo $mirror | tr _ ' ') ($1)" passes_by $mirror
  done
  claim "what one mirror began the next one completes ($1)" resumes_at_the_next
  claim "what one run began the next one completes ($1)" resumes_the_next_time
  claim "a mirror that breaks off is asked again, one that has nothing is not ($1)" comes_round_again
  claim "a mirror that cannot go on in the middle serves from the beginning ($1)" begins_anew_without_ranges
  claim "a beginning that does not fit is discarded ($1)" discards_another_beginning
  claim "a part that turns out complete is taken ($1)" takes_what_was_complete
  for mirror in lies lies_well shows_a_page has_nothing; do
    claim "of a mirror that $(echo $mirror | tr _ ' ') nothing is kept ($1)" leaves_nothing_of $mirror
  done
  claim "a mirror that stalls is given up in time ($1)" gives_up_in_time stalls
  if [ "$1" = curl ]; then  # wget has its 40 times the patience for it
    claim 'a mirror that trickles is given up in time (curl)' gives_up_in_time trickles
  fi
  claim "a mirror that never ends is given up ($1)" gives_up never_ends
  claim "a run that was interrupted is completed by the next ($1)" survives TERM
  claim "a run that was killed is completed by the next ($1)" survives KILL
}
passes_by_moving() { afresh moved && all_there && requested good 0; }

# Where get-mnist finds its programs: everywhere, and in a folder with all that it may use but curl.
fetch_path=$PATH
if command -v curl >/dev/null 2>&1; then claims curl; else skip "all of this with curl" 'curl is not installed'; fi

mkdir bin
for program in cat cut dirname gzip head mkdir mktemp mv rm sed sh sha256sum shasum tail timeout tr wc wget; do
  if path=$(command -v $program); then ln -s "$path" "bin/$program"; fi
done
fetch_path=$work/bin
if [ -e bin/wget ]; then claims wget; else skip "all of this with wget" 'wget is not installed'; fi

needs_one_of_them() {
  rm -f bin/wget
  afresh good
  [ "$status" -eq 1 ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && grep -q 'needs curl or wget' err
}
claim 'without curl and wget it says so in one line' needs_one_of_them
fetch_path=$PATH

# ---- what stands in the way on this side -----------------------------------------------------------------------

says_what_is_in_the_way() {
  rm -rf "$XDG_DATA_HOME"
  : >"$XDG_DATA_HOME"
  get good
  rm "$XDG_DATA_HOME"
  [ "$status" -eq 1 ] && grep -q "cannot make the folder $data" err
}

goes_to_the_home_folder() {
  XDG_DATA_HOME=not/absolute HOME="$work/home" get good
  [ "$status" -eq 0 ] && diff -r "$served/plain" "$work/home/.local/share/backstep/mnist"
}
if command -v curl >/dev/null 2>&1 || command -v wget >/dev/null 2>&1; then
  claim 'a folder that cannot be made is named' says_what_is_in_the_way
  claim 'without XDG_DATA_HOME the files go to ~/.local/share' goes_to_the_home_folder
else
  skip 'where the files go' 'neither curl nor wget is installed'
fi

has_a_help() { "$root/lessons/get-mnist" --help >out && grep -q BACKSTEP_MNIST_MIRRORS out; }
claim 'lessons/get-mnist has a help' has_a_help
refuses_arguments() {
  status=0
  "$root/lessons/get-mnist" everything >out 2>err || status=$?
  [ "$status" -eq 1 ] && [ ! -s out ] && [ -s err ]
}
claim 'lessons/get-mnist refuses arguments' refuses_arguments

finish
