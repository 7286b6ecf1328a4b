#!/bin/sh
# `backstep why`: the paths of which a gradient is the sum.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
tested=why
. "$root/tests/support/command.sh"
says() { quiet "$@" && diff wanted out; }

# Mazur, "A Step by Step Backpropagation Example" (2015).
cat >mazur.bp <<'END'
i1 = 0.05
i2 = 0.10
w1 = 0.15
w2 = 0.20
w3 = 0.25
w4 = 0.30
w5 = 0.40
w6 = 0.45
w7 = 0.50
w8 = 0.55
b1 = 0.35
b2 = 0.60
target_o1 = 0.01
target_o2 = 0.99
net_h1 = w1*i1 + w2*i2 + b1
out_h1 = sigmoid(net_h1)
net_h2 = w3*i1 + w4*i2 + b1
out_h2 = sigmoid(net_h2)
net_o1 = w5*out_h1 + w6*out_h2 + b2
out_o1 = sigmoid(net_o1)
net_o2 = w7*out_h1 + w8*out_h2 + b2
out_o2 = sigmoid(net_o2)
E = 1/2*(target_o1 - out_o1)^2 + 1/2*(target_o2 - out_o2)^2
END

# doublings N: a value that reaches x by 2^N paths.
doublings() {
  awk -v n="$1" 'BEGIN { print "x = 1"; for (i = 1; i <= n; ++i) printf "y%d = %s + %s\n", i, last(i), last(i) }
    function last(i) { return i == 1 ? "x" : "y" (i - 1) }'
}

# ---- what it shows ---------------------------------------------------------------------------------------------

shows_both_paths() {
  cp mazur.bp sheet
  cat >wanted <<'END'
dE/dw1 is the sum of 2 paths from E to w1.

1.  E -> out_o1 -> net_o1 -> out_h1 -> net_h1 -> w1
    0.741365 * 0.186816 * 0.4 * 0.241301 * 0.05
    = 0.000668396   (152.4 % of the sum)

2.  E -> out_o2 -> net_o2 -> out_h1 -> net_h1 -> w1
    -0.217072 * 0.17551 * 0.5 * 0.241301 * 0.05
    = -0.000229828   (-52.4 % of the sum)

The sum of all is dE/dw1 = 0.000438568.
END
  says mazur.bp w1 && says - w1
}
claim 'a hidden weight has a path through each output' shows_both_paths

# What is printed must be true by itself: factors multiply to the product, products and the rest add up. 17 digits
# hold a double, and of numbers below 1 a few roundings stay below 1e-14.
adds_up() {
  cp mazur.bp sheet
  answers 0 - b1 --top 3 --digits 17 && awk '
    function far(a, b) { return a - b > 1e-14 || b - a > 1e-14 }
    / \* / { gsub(/[()]/, ""); product = 1; for (i = 1; i <= NF; i += 2) product *= $i; ++paths }
    /^    = / { if (far($2, product)) exit 1; sum += $2 }
    /^The other path makes/ { sum += $5; ++paths }
    /^The sum of all is dE/ { sub(/\.$/, ""); if (far($NF, sum)) exit 1; whole = $NF }
    END { if (paths != 4 || whole < 0.01872555 || whole > 0.01872565) exit 1 }' out
}
claim 'the factors multiply to the product, and the products add up to the gradient' adds_up

shows_one_path() {
  cp mazur.bp sheet
  cat >wanted <<'END'
dE/dw5 is the product along one path from E to w5.

1.  E -> out_o1 -> net_o1 -> w5
    0.7414 * 0.1868 * 0.5933
    = 0.08217

The product is dE/dw5 = 0.08217.
END
  says - w5 --digits 4
}
claim 'a single path is called a product' shows_one_path

tells_formulas_apart() {
  printf 'x = 3\na = 2\ny = (x + a)^2 + 3*x\n' >sheet
  cat >wanted <<'END'
dy/dx is the sum of 2 paths from y to x.

1.  y -> (x + a)^2 -> x + a -> x
    1 * 10 * 1
    = 10   (76.92 % of the sum)

2.  y -> 3 * x -> x
    1 * 3
    = 3   (23.08 % of the sum)

The sum of all is dy/dx = 13.
END
  says - x
}
claim 'paths through the same names show the values between them' tells_formulas_apart

tells_inputs_apart() {
  printf 'x = 3\ny = x*x\n' >sheet
  cat >wanted <<'END'
dy/dx is the sum of 2 paths from y to x.

1.  y -> x (input 1)
    = 3   (50 % of the sum)

2.  y -> x (input 2)
    = 3   (50 % of the sum)

The sum of all is dy/dx = 6.
END
  says - x
}
claim 'x * x has a path through each of its inputs' tells_inputs_apart

counts_the_rest() {
  doublings 60 >sheet
  answers 0 - x --top 2 && grep -q '^dy60/dx is the sum of 1,152,921,504,606,846,976 paths from y60 to x\.$' out &&
    grep -q '^The other 1,152,921,504,606,846,974 paths together make 1\.15292e18 (100 % of the sum)\.$' out &&
    [ "$(grep -c '^    = 1 ' out)" -eq 2 ]
}
claim '2^60 paths are counted exactly, and so is the rest of them' counts_the_rest

# 2^500, whose digits go over two lines.
counts_to_the_last_digit() {
  doublings 500 >sheet
  answers 0 - x --top 1 &&
    tr -d '\n' <out | grep -q '3,273,390,607,896,141,870,013,.*,885,393,053,328,527,589,375 paths together make'
}
claim '2^500 paths are counted to the last digit' counts_to_the_last_digit

tells_long_counts_roughly() {
  doublings 10000 >sheet
  answers 0 - x --top 1 && grep -q '^dy10000/dx is the sum of about 1.99506e3010 paths from y10000 to x\.$' out &&
    grep -q '^The others, about 1.99506e3010 paths, together make inf\.$' out
}
claim 'a count of more than a thousand digits is told roughly' tells_long_counts_roughly

no_path() {
  cp mazur.bp sheet
  echo 'No path leads from out_o1 to w7: dout_o1/dw7 is 0.' >wanted
  echo 'loss out_o1' >>sheet
  says - w7
}
claim 'where no path leads, the gradient is 0' no_path

begins_and_ends_at_the_loss() {
  printf 'x = 3\ny = x*x\n' >sheet
  answers 0 - y && grep -q '^The product is dy/dy = 1\.$' out
}
claim 'the loss has one path to itself' begins_and_ends_at_the_loss

shows_what_is_no_number() {
  printf 'x = 0\ny = 2*x + sqrt(x)\n' >sheet
  answers 0 - x && [ "$(grep -c '^    = ' out)" -eq 2 ] && [ "$(sed -n 's/^    = //p' out | head -n 1)" = inf ] &&
    grep -q '^The sum of all is dy/dx = inf\.$' out && ! grep -q % out
}
claim 'an infinite product comes first, and has no share' shows_what_is_no_number

is_narrow() {
  long=$(printf 'n%.0s' $(seq 1000))
  { doublings 80 && echo "$long = y80 * exp(y80)" && echo "z = ${long} + sin(x)"; } >sheet
  answers 0 - x --top 5 --digits 17 && [ "$(wc -L <out)" -le 100 ] && answers 0 - "$long" && [ "$(wc -L <out)" -le 100 ]
}
claim 'no line is longer than 100 columns' is_narrow

# ---- what it refuses -------------------------------------------------------------------------------------------

suggests() {
  cp mazur.bp sheet
  refuses - "$1" && grep -q "there is no value \`$1\`; did you mean \`$2\`?" err
}
claim 'an unknown name is refused, with the nearest one' suggests outh1 out_h1
refuses_unknown() { cp mazur.bp sheet && refuses - temperature && ! grep -q 'did you mean' err; }
claim 'a name that is like no other is refused without a guess' refuses_unknown
claim 'backstep why refuses a worksheet without a name' refuses mazur.bp
claim 'backstep why refuses to show no path' refuses mazur.bp w1 --top 0
claim 'backstep why refuses 18 digits' refuses mazur.bp w1 --digits 18

points_at_the_mistake() {
  printf 'x = 1\ny = x +\n' >sheet
  answers 2 - x && [ ! -s out ] && grep -q '^backstep: <stdin>:2:' err
}
claim 'a worksheet that cannot be read is refused with its line' points_at_the_mistake
claim 'a worksheet that is not there ends with status 3' answers 3 missing.bp x

finish
