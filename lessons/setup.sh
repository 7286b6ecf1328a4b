# Shared by lessons/run, tests/run, .ci/run and others: find what is missing, install it, configure build/, build.
# shellcheck shell=sh
#
# The script that reads this file has set `root` (the checkout) and `me` (what its messages begin with).
# Progress goes to standard error, so that standard output is the lesson's or the tests' own.

build=${BACKSTEP_BUILD:-${root:?}/build}
: "${me:?}"

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$me: $*"
  exit 1
}

# ---- what is missing -------------------------------------------------------------------------------------------

have() { command -v "$1" >/dev/null 2>&1; }
have_module() { have pkg-config && pkg-config --exists "$1"; }
have_sanitizers() {
  have clang++ && echo 'int main() {}' | clang++ -fsanitize=address,undefined -x c++ - -o /dev/null 2>/dev/null
}
have_libfuzzer() {
  have clang++ && echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
    clang++ -fsanitize=fuzzer,address,undefined -x c++ - -o /dev/null 2>/dev/null
}
have_browser() {
  have chromium || have chromium-browser || have google-chrome || have google-chrome-stable ||
    [ -x '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome' ]
}
have_compiler() { have "${CXX:-g++}" || { [ -z "${CXX:-}" ] && have c++; }; }

# missing NEED...: those of the needs that this machine does not meet. Quick: it asks no package manager.
missing() {
  for need in "$@"; do
    case $need in
      compiler) have_compiler ;;
      fmt) have_module fmt ;;
      highway) have_module libhwy ;;
      graphviz) have_module libgvc ;;
      cli11) have_module CLI11 ;;
      catch2) have_module catch2 ;;
      libpng) have_module libpng ;;
      nlohmann-json) have_module nlohmann_json ;;
      zlib) have_module zlib ;;
      sanitizers) have_sanitizers ;;
      libfuzzer) have_libfuzzer ;;
      browser) have_browser ;;
      *) have "$need" ;;  # a program of that name
    esac || printf '%s ' "$need"
  done
}

# package MANAGER NEED: the packages that meet the need.
package() {
  case $1:$2 in
    apt:compiler) echo g++ libc6-dev ;;
    apt:ninja | dnf:ninja) echo ninja-build ;;
    apt:fmt) echo libfmt-dev ;;
    apt:graphviz) echo libgraphviz-dev fonts-dejavu-core ;;  # libgvc6 itself draws PNG, once there is a font
    apt:highway) echo libhwy-dev ;;
    apt:cli11) echo libcli11-dev ;;
    apt:libpng) echo libpng-dev ;;
    apt:nlohmann-json) echo nlohmann-json3-dev ;;
    apt:zlib) echo zlib1g-dev ;;
    apt:chromedriver) echo chromium-driver ;;
    pacman:chromedriver) echo chromium ;;  # which brings its driver
    brew:browser) echo google-chrome ;;
    *:browser) echo chromium ;;
    apt:sanitizers | apt:libfuzzer) echo clang libclang-rt-dev ;;
    *:clang++) echo clang ;;
    *:llvm-symbolizer) echo llvm ;;
    dnf:clang-format | dnf:clang-tidy) echo clang-tools-extra ;;
    dnf:sanitizers | dnf:libfuzzer) echo clang compiler-rt ;;
    pacman:sanitizers | pacman:libfuzzer) echo clang compiler-rt ;;
    brew:sanitizers | brew:libfuzzer) echo llvm ;;
    dnf:compiler) echo gcc-c++ ;;
    dnf:pkg-config) echo pkgconf-pkg-config ;;
    dnf:fmt) echo fmt-devel ;;
    dnf:highway) echo highway-devel ;;
    dnf:graphviz) echo graphviz-devel dejavu-sans-fonts ;;
    dnf:cli11) echo cli11-devel ;;
    dnf:catch2) echo catch-devel ;;
    dnf:libpng) echo libpng-devel ;;
    dnf:nlohmann-json) echo json-devel ;;
    dnf:zlib) echo zlib-devel ;;
    pacman:compiler) echo gcc ;;
    pacman:graphviz) echo graphviz ttf-dejavu ;;
    pacman:pkg-config | brew:pkg-config) echo pkgconf ;;
    brew:compiler) echo gcc ;;
    *) echo "$2" ;;
  esac
}

packages() {
  manager=$1
  shift
  for need in "$@"; do package "$manager" "$need"; done | tr '\n' ' ' | sed 's/ $//'
}

# install_missing NEED...: installs what is missing with apt; on other systems names the packages and stops.
install_missing() {
  # shellcheck disable=SC2046  # one word a need
  set -- $(missing "$@")
  [ $# -gt 0 ] || return 0
  if [ -n "${CXX:-}" ] && ! have_compiler; then fail "CXX is '$CXX', and there is no such program"; fi
  if ! have apt-get; then
    for manager in dnf pacman brew; do
      have $manager || continue
      case $manager in
        dnf) command='sudo dnf install' ;;
        pacman) command='sudo pacman -S' ;;
        brew) command='brew install' ;;
      esac
      fail "these packages are missing; please install them: $command $(packages $manager "$@")"
    done
    fail "missing: $*; on Fedora: $(packages dnf "$@"); on Arch: $(packages pacman "$@"); with Homebrew: $(packages brew "$@")"
  fi
  apt_install "$(packages apt "$@")"
  # shellcheck disable=SC2046
  set -- $(missing "$@")
  [ $# -eq 0 ] || fail "apt installed its packages, yet this is still missing: $*"
}

# apt_install 'PACKAGES': asks nothing where it is root or in CI; elsewhere sudo may ask for a password.
apt_install() {
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || fail "these packages are missing; as root, please run: apt-get install $1"
    as_root=sudo
    [ -z "${CI:-}" ] || as_root='sudo -n'
  fi
  say "Installing $1 ..."
  make_build_folder
  # A package list that could not be refreshed (somebody's third-party source) need not stop the installation.
  # shellcheck disable=SC2086  # as_root and $1 are lists of words
  {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y update || true
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends install $1
  } >"$build/apt.log" 2>&1 </dev/null || {
    cat "$build/apt.log" >&2
    fail "apt-get could not install: $1 (its log is above)"
  }
}

# want THING PACKAGES SENTENCE: tried once, with apt alone, asking for no password; going without is no failure, since what
# needs them says how to get them.
want() {
  if [ -e "$build/without_$1" ] || ! have apt-get; then return 0; fi
  (CI=yes apt_install "$2") 2>/dev/null || {
    say "$3"
    mkdir -p "$build"
    : >"$build/without_$1"
  }
}

want_images() {  # to learn from: Fashion-MNIST
  [ -e /usr/share/datasets/fashion-mnist ] || want images dataset-fashion-mnist \
    'Fashion-MNIST could not be installed; only the lessons that learn from images want it.'
}

want_plots() {
  have gnuplot || want plots gnuplot-nox \
    'gnuplot could not be installed; the lessons that plot write their numbers as CSV instead.'
}

want_browser() {  # to try the pages in
  if have_browser && have chromedriver; then return 0; fi
  want browser 'chromium chromium-driver' \
    'Chromium and its driver could not be installed; the tests that try the pages in a browser are skipped.'
}

want_latex() {  # to see that what `backstep solve --format latex` writes compiles
  have pdflatex || want latex 'texlive-latex-base texlive-latex-recommended' \
    'pdflatex could not be installed; the test that compiles LaTeX is skipped.'
}

# ---- the build -------------------------------------------------------------------------------------------------

# How to configure a build in which Clang's sanitizers end whatever does wrong, with the assertions, and whose library can
# be linked with libFuzzer. A list of words.
# shellcheck disable=SC2034  # for those who read this file
sanitized="--buildtype=debug -Doptimization=1 -Ddebug=false -Db_sanitize=address,undefined -Db_lundef=false
  -Dcpp_args=['-fno-sanitize-recover=all','-fsanitize=fuzzer-no-link','-gline-tables-only']"

make_build_folder() {
  if ! trouble=$(mkdir -p "$build" 2>&1); then fail "cannot build in $build: ${trouble##*: }"; fi
  [ -w "$build" ] || fail "cannot build in $build: it is not ours to write to"
}

# configure ALIAS OPTION...: a release build in build/ that has the target ALIAS; nothing to do when it is there.
configure() {
  alias=$1
  shift
  if [ -d "$build/lessons/backstep" ]; then rm -rf "$build/lessons/backstep"; fi  # a build from when that was a folder
  if [ ! -f "$build/build.ninja" ]; then
    make_build_folder
    rm -rf "$build/meson-private"  # an interrupted meson leaves it behind, and would then think all was done
    set -- setup "$build" "$root" --buildtype=release "$@"
  elif ! grep -qxF "Source dir: $root" "$build/meson-logs/meson-log.txt" 2>/dev/null; then
    set -- setup --wipe "$build" "$root" "$@"  # the checkout was moved or copied together with its build/
  elif ! grep -q "^build $alias: phony" "$build/build.ninja"; then
    set -- setup --reconfigure "$build" "$root" "$@"
  else
    return 0
  fi
  say "Configuring ..."
  (cd "$root" && exec >"$build/configure.log" 2>&1 </dev/null && meson "$@") 2>/dev/null || {
    fail_if_full "$build/configure.log"
    cat "$build/configure.log" >&2
    fail "meson could not configure $build (its log is above)"
  }
}

# fail_if_full LOG: a full disk is told in one line, and not by what each program in the log makes of it.
fail_if_full() {
  if grep -qs 'No space left on device' "$1" || [ "$(df -Pk "$build" | awk 'NR == 2 { print $4 }')" -lt 1024 ]; then
    fail "the disk is full: there must be room in $build and, while building, in ${TMPDIR:-/tmp}"
  fi
}

# compile TARGET...: one line that says how far it is, rewritten in place on a terminal; the whole log when it fails.
compile() {
  if ninja -C "$build" -n "$@" 2>/dev/null | grep -q 'ninja: no work to do'; then return 0; fi
  make_build_folder
  started=$(date +%s)
  [ -t 2 ] || say "Building Backstep in $build ..."
  # The mark that it failed is set beforehand: on a full disk it could not be set afterwards.
  touch "$build/build.failed" 2>/dev/null || {
    fail_if_full /dev/null
    fail "cannot write to $build"
  }
  {
    if NINJA_STATUS='@%f of %t@' ninja -C "$build" "$@" 2>&1 </dev/null; then rm "$build/build.failed"; fi
  } | tee "$build/build.log" 2>/dev/null | show_progress
  [ ! -t 2 ] || printf '\r\033[K' >&2
  if [ -e "$build/build.failed" ]; then
    fail_if_full "$build/build.log"
    cat "$build/build.log" >&2
    fail "the build failed (its log is above, and in $build/build.log)"
  fi
  say "Built Backstep in $(($(date +%s) - started)) s."
}

show_progress() {
  [ -t 2 ] || exec cat >/dev/null
  while IFS= read -r line; do
    case $line in
      @*@*)
        line=${line#@}
        printf '\r\033[KBuilding Backstep: %s' "${line%%@*}" >&2
        ;;
    esac
  done
}

processors() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }
