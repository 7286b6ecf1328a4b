#!/bin/sh
# `backstep draw`: a worksheet as a picture or as a tree of text, with its claims marked.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
tested=draw
. "$root/tests/support/command.sh"
mazur=$root/lessons/worksheets/mazur.bp
first_bytes() { head -c "$2" "$1" | od -An -tx1 | tr -d ' \n'; }

# E = (a b - 1)^2 / 2: a b is 1.5, E is 0.125, dE/da = 0.5 * 0.5 = 0.25, dE/db = 0.5 * 3 = 1.5.
cat >sheet <<'END'
a = 3
b = 0.5
ab = a*b
E = 1/2*(ab - 1)^2
aside = ab + 1
loss E
train a b
learning_rate 0.1
claim E = 0.125
claim dE/da = 0.25
claim dE/db = 3
claim a' = 2.7
claim aside = 2.50
END
cp sheet example.bp

# ---- the tree --------------------------------------------------------------------------------------------------

shows_a_tree() {
  cat >wanted <<'END'
                          data   grad
E = 1 / 2 * (ab - 1)^2   0.125      1
│  ✓ E = 0.125
└─ ab = a * b              1.5    0.5
   ├─ a                      3   0.25
   │     ✓ dE/da = 0.25
   │     ✗ wrong: a' = 2.7
   └─ b                    0.5    1.5
         ✗ wrong: dE/db = 3

aside = ab + 1             2.5      –
│  ✓ aside = 2.50
└─ ab (shown above)

Claims: 3 right, 0 truncated, 2 wrong
END
  cp example.bp sheet
  quiet - && diff wanted out && quiet example.bp && diff wanted out
}
claim 'without -o there is a tree, with data, gradients and claims' shows_a_tree

shows_one_path() {
  cp example.bp sheet
  quiet - --path b && grep -q '   └─ b  ' out && ! grep -q '─ a ' out && ! grep -q aside\ = out
}
claim '--path shows the paths from a value and nothing else' shows_one_path

counts_digits() { cp example.bp sheet && sed -i 's/^b = .*/b = 0.33333/' sheet && quiet - --digits 3 && grep -q ' 0\.333 ' out; }
claim '--digits bounds the digits' counts_digits

without_claims() { printf 'x = 3\ny = x*x\n' >sheet && quiet - && ! grep -q Claims out && [ "$(wc -l <out)" -eq 3 ]; }
claim 'a worksheet without claims has no line on them' without_claims

is_bounded() {
  awk 'BEGIN { print "x0 = 0.5"; for (i = 1; i <= 100000; ++i) printf "x%d = sin(x%d)\n", i, i - 1 }' >sheet
  quiet - && [ "$(wc -l <out)" -le 250 ] && [ "$(wc -L <out)" -le 100 ] && grep -q '^99,[0-9]* more values are not shown\.$' out
}
claim 'a tree of 100,000 values is cut, and says so' is_bounded

shipped_are_narrow() {
  for each in "$root"/lessons/worksheets/*.bp; do
    quiet "$each" && [ "$(wc -L <out)" -le 100 ] && ! grep -q 'not shown' out || return 1
  done
}
claim 'every worksheet that ships is a tree of at most 100 columns' shipped_are_narrow

# What the program prints on a terminal, of which `script` makes one.
on_a_terminal() { env -u NO_COLOR "$@" script -qec "'$backstep' draw example.bp" /dev/null </dev/null >out 2>err; }
has_colour() { grep -q "$(printf '\033')" out; }
colours_terminals() {
  on_a_terminal && has_colour && on_a_terminal NO_COLOR= && has_colour && on_a_terminal NO_COLOR=1 && ! has_colour &&
    cp example.bp sheet && quiet - && ! has_colour
}
if command -v script >/dev/null; then
  claim 'colour is for terminals without NO_COLOR' colours_terminals
else
  skip 'colour is for terminals without NO_COLOR' 'there is no program script(1) to make a terminal'
fi

# ---- pictures --------------------------------------------------------------------------------------------------

draws_every_kind() {
  cp example.bp sheet
  for kind in png svg pdf dot; do
    quiet - -o "it.$kind" && grep -q "^Drawn: it.$kind$" out && grep -q '^Claims: 3 right, 0 truncated, 2 wrong$' out || return 1
  done
  [ "$(first_bytes it.png 8)" = 89504e470d0a1a0a ] && [ "$(head -c 5 it.pdf)" = '%PDF-' ] && grep -q '</svg>' it.svg &&
    head -n 1 it.dot | grep -q '^digraph'
}
claim 'the ending says which kind of picture' draws_every_kind

marks_claims() {
  cp example.bp sheet
  quiet - -o it.dot && grep -q '✓ dE/da.*>0\.25<' it.dot && grep -q 'border="2".*<b>✗ dE/db</b>.*<b>3</b>' it.dot &&
    [ "$(grep -c '✗ [ad]' it.dot)" -eq 2 ] && grep -q 'aside' it.dot && [ "$(grep -c 'border="3"' it.dot)" -eq 2 ]
}
claim 'right and wrong claims are marked, and the loss alone is framed as the root' marks_claims

fades_the_rest() {
  cp example.bp sheet
  quiet - -o it.dot --path b && [ "$(grep -c 'penwidth=2' it.dot)" -gt 2 ] && grep ' -> ' it.dot | grep -q d8d8d8 &&
    grep '<b>a</b>' it.dot | grep -q b0b0b0 && ! grep '<b>b</b>' it.dot | grep -q b0b0b0
}
claim '--path lets the rest of a picture fade' fades_the_rest

draws_what_ships() {
  for each in "$root"/lessons/worksheets/*.bp; do quiet "$each" -o it.svg && grep -q '✓' it.svg || return 1; done
  quiet "$mazur" -o it.svg && [ "$(grep -c '>✗ ' it.svg)" -ge 5 ]
}
claim 'every worksheet that ships can be drawn' draws_what_ships

# ---- folded ----------------------------------------------------------------------------------------------------

# Two moons of $1 points through a network 2-16-16-1, written out as a worksheet.
moons() {
  awk -v points="$1" 'BEGIN {
    for (i = 1; i <= points; ++i) {
      t = 3.14159 * (i - 1) / points
      printf "x%d = %.4f\nv%d = %.4f\nt%d = %d\n", i, (i % 2 ? cos(t) : 1 - cos(t)), i, (i % 2 ? sin(t) : 0.5 - sin(t)), i, i % 2
    }
    for (j = 1; j <= 16; ++j) {
      printf "wa%d = %.4f\nwc%d = %.4f\nba%d = %.4f\n", j, sin(j), j, cos(2 * j), j, sin(3 * j) / 4
      for (k = 1; k <= 16; ++k) printf "w%d_%d = %.4f\n", j, k, sin(j + 16 * k) / 2
      printf "bb%d = 0\nwo%d = %.4f\n", j, j, sin(5 * j) / 2
    }
    print "bo = 0"
    for (i = 1; i <= points; ++i) {
      for (j = 1; j <= 16; ++j) printf "g%d_%d = tanh(wa%d*x%d + wc%d*v%d + ba%d)\n", j, i, j, i, j, i, j
      for (j = 1; j <= 16; ++j) {
        printf "h%d_%d = tanh(", j, i
        for (k = 1; k <= 16; ++k) printf "w%d_%d*g%d_%d + ", j, k, k, i
        printf "bb%d)\n", j
      }
      printf "y%d = ", i
      for (j = 1; j <= 16; ++j) printf "wo%d*h%d_%d + ", j, j, i
      print "bo"
    }
    printf "E = mean("
    for (i = 1; i <= points; ++i) printf "%s(y%d - t%d)^2", (i == 1 ? "" : ", "), i, i
    print ")\nloss E\ntrain w* b*"
  }' >sheet
}

folds_layers() {
  moons 4
  quiet - --fold layer && grep -q '^layer 1  16 neurons, tanh, 4 samples  64 outputs ' out &&
    grep -q '^layer 2  16 neurons, tanh, 4 samples  64 outputs ' out && grep -q ' 272 parameters ' out &&
    grep -q '^layer 3  1 neuron, linear, 4 samples ' out && [ "$(wc -l <out)" -eq 9 ] && [ "$(wc -L <out)" -le 100 ]
}
claim '--fold layer shows a network on moons in a few lines' folds_layers

folds_pictures() {
  moons 4
  quiet - --fold layer -o it.dot && [ "$(grep -c '^  g[0-9]* \[' it.dot)" -eq 5 ] && grep -q '256 ×' it.dot &&
    quiet - --fold neuron -o it.svg && [ "$(grep -c '>neuron [0-9]*<' it.svg)" -eq 33 ] &&
    quiet - --open 'layer 2' -o it.dot && [ "$(grep -c '<b>neuron ' it.dot)" -eq 16 ] && ! grep -q '<b>layer 2' it.dot &&
    quiet - --open 'layer 2/neuron 3' -o it.dot && grep -q 'without neuron 3' it.dot && grep -q '<b>w3_16<' it.dot
}
claim '--fold draws boxes for layers or neurons, and --open opens one' folds_pictures

folds_fast() { moons 60 && quiet - --fold layer; }
claim 'a network of 20,000 values folds' folds_fast

names_neurons() { quiet "$mazur" --fold neuron && grep -q '^out_h1  sigmoid ' out && quiet "$mazur" --open out_h1 && grep -q '^w1 ' out; }
claim 'neurons have the names that the worksheet gives them' names_neurons

refuses_folds() {
  moons 2
  refuses - --open 'layer 9' && grep -q 'there is no group layer 9; there are inputs, layer 1, layer 2, layer 3, loss' err &&
    refuses - --open 'neuron 3' && grep -q 'more than one neuron 3' err && refuses - --fold layer --path bo &&
    refuses - --fold nothing && cp example.bp sheet && refuses - --fold layer -o no.svg && grep -q 'no neurons to fold' err && [ ! -e no.svg ]
}
claim 'a group that there is not is refused, and a worksheet without neurons' refuses_folds

# ---- two worksheets --------------------------------------------------------------------------------------------

# a b is 1.55 instead of 1.5: E = 0.55^2 / 2, dE/db = 0.55 * 3.1.
compares() {
  cp example.bp left && sed 's/^a = 3/a = 3.1/; s/^aside.*/extra = a + 1/; /^claim/d' example.bp >right && cp example.bp sheet
  quiet left --diff right && grep -q '^4 of 4 values differ\. It begins at a\.$' out && sed -n 3p out | grep -q ' left *right *right - left$' &&
    grep -q '^a  *3  *3\.1  *0\.1  <- here it begins$' out && grep -q '^E  *0\.125  *0\.15125  *0\.02625$' out &&
    grep -q '^dE/db  *1\.5  *1\.705  *0\.205$' out && grep -q '^Only in left: aside$' out && grep -q '^Only in right: extra$' out &&
    ! grep -q Claims out
}
claim '--diff lists the values that differ, from where it begins' compares

draws_both() {
  cp example.bp left && sed 's/^a = 3/a = 3.1/; s/^aside.*/extra = a + 1/; /^claim/d' example.bp >right
  quiet left --diff right -o it.dot && [ "$(grep -c 'here it begins' it.dot)" -eq 1 ] && grep '<b>a</b>' it.dot | grep -q 'here it begins' &&
    grep '<b>a</b>' it.dot | grep -q '<b>≠</b></td><td align="right"><b>3\.1</b>' && grep '<b>aside</b>' it.dot | grep -q 'only here' &&
    quiet left --diff right -o it.svg && grep -q '≠' it.svg
}
claim '--diff draws both numbers where they differ' draws_both

agrees() { cp example.bp left && quiet left --diff left && grep -q '^All 5 values that both have are the same, and their gradients\.$' out; }
claim 'a worksheet does not differ from itself' agrees

refuses_diffs() {
  cp example.bp left
  refuses left --diff left --path a && refuses left --diff left --fold layer && answers 3 left --diff missing.bp && [ ! -s out ]
}
claim '--diff goes with no other view, and a second file that is not there is said' refuses_diffs

# ---- moving pictures -------------------------------------------------------------------------------------------

moves() {
  cp example.bp sheet
  quiet - --animate -o it.svg && grep -q '^Drawn: it\.svg$' out && grep -q '@keyframes' it.svg && ! grep -q '<script' it.svg &&
    [ "$(grep -c 'class="lit"' it.svg)" -gt 5 ]
}
claim '--animate writes an SVG that moves without a script' moves

moves_as_gif() { cp example.bp sheet && quiet - --animate -o sweep.gif && [ "$(first_bytes sweep.gif 6)" = 474946383961 ]; }
has_imagemagick() { for each in magick convert /usr/bin/convert; do "$each" -version 2>/dev/null | grep -q ImageMagick && return; done; return 1; }
if has_imagemagick; then
  claim '--animate writes a GIF' moves_as_gif
else
  skip '--animate writes a GIF' 'ImageMagick is not installed'
fi

refuses_to_move() {
  cp example.bp sheet
  refuses - --animate -o it.mp4 && grep -q '\.svg or \.gif' err && [ ! -e it.mp4 ] && refuses - --animate -o it.png &&
    refuses - --animate && answers 3 - --animate -o missing/it.svg && [ ! -s out ]
}
claim '--animate wants a file that ends in .svg or .gif' refuses_to_move

# ---- what it refuses -------------------------------------------------------------------------------------------

refuses_a_kind() { cp example.bp sheet && refuses - -o it.gif && grep -q '\.png, \.svg, \.pdf' err && [ ! -e it.gif ]; }
claim 'another ending is refused, with those that there are' refuses_a_kind

# shellcheck disable=SC2016  # the backticks are the message's
refuses_a_name() { cp example.bp sheet && refuses - --path aB && grep -q 'there is no value `aB`; did you mean `a' err; }
claim 'an unknown name is refused, with the nearest one' refuses_a_name

refuses_no_path() {
  cp example.bp sheet
  refuses - --path aside && grep -q 'no path leads from aside to E' err && refuses - --path aside -o it2.svg && [ ! -e it2.svg ]
}
claim 'a value without a path to the loss is refused' refuses_no_path

refuses_the_large() {
  awk 'BEGIN { print "x0 = 0.5"; for (i = 1; i <= 5000; ++i) printf "x%d = sin(x%d)\n", i, i - 1 }' >sheet
  refuses - -o large.png && grep -q 'too large for a picture' err && [ ! -e large.png ]
}
claim 'what is too large for a picture is refused' refuses_the_large

cannot_write() {
  cp example.bp sheet
  answers 3 - -o missing/it.svg && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && mkdir -p folder.svg &&
    answers 3 - -o folder.svg && [ ! -s out ]
}
claim 'a picture that cannot be written ends with status 3' cannot_write
claim 'a worksheet that is not there ends with status 3' answers 3 missing.bp

points_at_the_mistake() {
  printf 'x = 1\ny = x +\n' >sheet
  answers 2 - && [ ! -s out ] && grep -q '^backstep: <stdin>:2:' err
}
claim 'a worksheet that cannot be read is refused with its line' points_at_the_mistake
claim 'backstep draw refuses 18 digits' refuses example.bp --digits 18

finish
