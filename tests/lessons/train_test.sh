#!/bin/sh
# backstep train: what it says, what it writes, what it refuses; that it can be stopped at any moment, and goes on.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
build=${BACKSTEP_BUILD:-$root/build}
. "$root/tests/support/report.sh"
backstep=$build/lessons/backstep

work=$(mktemp -d "${TMPDIR:-/tmp}/backstep-train.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
"$root/tests/lessons/images.py" data
BACKSTEP_DATA=$work/data
export BACKSTEP_DATA

# answers STATUS OPTION...: trains, keeps out and err (without the remark of a debug build), compares the exit status.
answers() {
  wanted=$1
  shift
  status=0
  "$backstep" train "$@" >out 2>said </dev/null || status=$?
  grep -v '^backstep: this is a debug build' said >err || true
  cat err
  [ "$status" -eq "$wanted" ] || {
    echo "exit status $status, not $wanted"
    return 1
  }
}
no_error() { [ ! -s err ]; }

# fails STATUS TEXT OPTION...: with one line of error, and the text in it.
fails() {
  failure=$1
  text=$2
  shift 2
  answers "$failure" "$@" && [ "$(wc -l <err)" -eq 1 ] && grep '^backstep: ' err | grep -q -e "$text"
}

# json EXPRESSION: whether it is true of the list `lines`, which are those of `out`.
json() {
  python3 -c 'import json, sys
lines = [json.loads(line) for line in open("out")]
sys.exit(not eval(sys.argv[1]))' "$1" || {
    cat out
    return 1
  }
}

small='--layers 64,16,10 --threads 1'
# All that has a state of its own.
large='--layers 64,32,32,10 --batch-norm 1 --dropout .2 --l2 .001'

# ---- what it says ----------------------------------------------------------------------------------------------

# shellcheck disable=SC2086  # a word an option, here and below
says_plainly() {
  answers 0 $small --epochs 3 && no_error && cat out &&
    grep -q "^Data: $work/data, 1,800 images to train on, 200 to validate with, 500 to test with$" out &&
    grep -q '^1,210 parameters: 1,210 trainable, 0 running statistics$' out &&
    [ "$(grep -c '^epoch [123]/3   loss [0-9.]*  accuracy [ 0-9.]* %   validation: loss [0-9.]*  accuracy' out)" -eq 3 ] &&
    grep -q '^test: loss [0-9.]*  accuracy [0-9.]* %' out && ! tr -d '\n' <out | grep -q '[[:cntrl:]]'
}
claim 'train says in plain lines what it does when it writes into a pipe' says_plainly

# shellcheck disable=SC2086
says_json() {
  answers 0 $small --epochs 2 --json && no_error && json 'len(lines) == 3' &&
    json 'list(lines[1]) == ["epoch", "seconds", "samples_per_s", "train_loss", "train_accuracy", "validation_loss",
      "validation_accuracy"]' &&
    json 'list(lines[2]) == ["test_loss", "test_accuracy", "parameters", "trainable", "threads", "simd", "gflop_per_s",
      "start_to_first_step_s"]' &&
    json '[line["epoch"] for line in lines[:2]] == [1, 2] and lines[2]["threads"] == 1' &&
    json 'abs(lines[0]["samples_per_s"] * lines[0]["seconds"] / 1800 - 1) < .01' &&
    answers 0 $small --epochs 1 --json --validation 0 && json 'len(lines) == 2 and "validation_loss" not in lines[0]' &&
    json 'abs(lines[0]["samples_per_s"] * lines[0]["seconds"] / 2000 - 1) < .01'
}
claim 'with --json it prints a line an epoch, and a last one' says_json

# shellcheck disable=SC2086
learns() {
  answers 0 $small --epochs 10 --json && json 'lines[-1]["test_accuracy"] > .97' &&
    json 'lines[9]["train_loss"] < lines[0]["train_loss"] / 3'
}
claim 'it learns what can be learnt' learns

# The regularised network of the lesson, on pictures of another size: its numbers differ by the inputs alone.
counts_running_statistics() {
  answers 0 --layers 64,512,512,10 --dropout .2 --batch-norm 0,1 --l2 0,.001,0 --batch 128 --epochs 1 --json &&
    json "lines[-1]['parameters'] == 671754 - (784 - 64) * 512 and lines[-1]['trainable'] == 670730 - (784 - 64) * 512"
}
claim 'parameters count running statistics, trainable ones do not' counts_running_statistics

takes_other_losses() {
  answers 0 --layers 64,30,10 --activation sigmoid --output-activation sigmoid --loss half-squared --init normal \
    --optimizer sgd --learning-rate 3 --batch 10 --epochs 20 --json && json 'lines[-1]["test_accuracy"] > .9' &&
    answers 0 --layers 64,30,10 --activation tanh --output-activation softmax --loss mse --init pytorch --batch 10 \
      --learning-rate .01 --epochs 10 --json && json 'lines[-1]["test_accuracy"] > .9'
}
claim 'it learns with the quadratic losses too' takes_other_losses

# shellcheck disable=SC2086
takes_every_optimizer() {
  for optimizer in sgd momentum nesterov adagrad rmsprop adam adamw; do
    answers 0 $small --optimizer $optimizer --learning-rate .02 --epochs 4 --json &&
      json 'lines[3]["train_loss"] < lines[0]["train_loss"]' || return 1
  done
}
claim 'the loss falls with every optimizer' takes_every_optimizer

# With a rate that falls to nothing after the first epoch the second changes nothing that can be seen.
# shellcheck disable=SC2086
decays() {
  answers 0 $small --epochs 3 --decay 1e-30 --validation 0 --save stopped --json && json 'len(lines) == 4' &&
    answers 0 $small --epochs 1 --validation 0 --save once && cmp stopped once &&
    answers 0 $small --epochs 3 --decay 1 --save steady && answers 0 $small --epochs 3 --save plain && cmp steady plain &&
    rm -f run && answers 0 $small --epochs 4 --decay .5 --save whole && answers 0 $small --epochs 2 --decay .5 --checkpoint run &&
    answers 0 --resume run --epochs 4 --save parts && cmp whole parts && ! cmp -s whole plain || return 1
  for decay in 0 -1 1.1 nan x; do fails 2 '--decay' $small --decay $decay || return 1; done
}
claim '--decay shortens the steps of each epoch, also of a run that goes on' decays

# A terminal of its own: script(1) runs the command in one.
# shellcheck disable=SC2086
draws_a_bar() {
  script -qec "\"$backstep\" train --layers 64,512,512,10 --epochs 4" /dev/null >out 2>&1 </dev/null || return 1
  grep -q '	' out && return 1
  # shellcheck disable=SC1003  # a carriage return
  tr '\r' '\n' <out | grep -q '^epoch [1-4]/4 \[=* *\]  loss [0-9.]*  accuracy [0-9.]* %  [0-9,]*/s  .* left' &&
    tr '\r' '\n' <out | grep -q 'test: loss'
}
if command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1; then
  claim 'on a terminal it draws a bar with loss, accuracy, speed and time left' draws_a_bar
else
  skip 'on a terminal it draws a bar with loss, accuracy, speed and time left' 'there is no script(1)'
fi

# ---- bits ------------------------------------------------------------------------------------------------------

# shellcheck disable=SC2086
same_bits() {
  answers 0 $large --save one --threads 1 && answers 0 $large --save two --threads 2 &&
    answers 0 $large --save three --threads 3 && cmp one two && cmp one three &&
    answers 0 $large --save other --seed 2 && ! cmp -s one other
}
claim 'the same seed gives the same model, byte for byte, with 1, 2 and 3 threads; another seed another' same_bits

# shellcheck disable=SC2086
ends_alike_however_often_it_is_killed() {
  mkdir -p killed && "$root/tests/lessons/kill_and_resume.py" "$backstep" 6 killed $large --epochs 3 --checkpoint-every 1
}
claim 'killed at random moments and resumed it ends with the same bytes' ends_alike_however_often_it_is_killed

# shellcheck disable=SC2086
goes_on_longer() {
  answers 0 $large --save long --epochs 5 && answers 0 $large --epochs 3 --checkpoint run --save short &&
    answers 0 --resume run --epochs 5 --save longer --threads 2 --json && json 'lines[0]["epoch"] == 4' &&
    cmp long longer && answers 0 --resume run --json && json 'len(lines) == 1 and lines[0]["gflop_per_s"] is None'
}
claim 'a run that is done goes on when there are to be more epochs' goes_on_longer

# shellcheck disable=SC2086
resumes_with_its_options() {
  rm -f run && answers 0 $large --epochs 1 --checkpoint run && for option in '--seed 2' '--batch 16' '--layers 64,10' '--data .' \
    '--learning-rate 1' '--decay .5' '--load run' '--validation 0' '--checkpoint-every 3' '--loss mse'; do
    fails 2 "cannot be given with --resume" --resume run $option || return 1
  done
}
claim 'a checkpoint has all options: another one beside --resume is refused' resumes_with_its_options

# shellcheck disable=SC2086
finds_everything_again() {
  rm -f run && mkdir -p elsewhere && answers 0 --data data $large --epochs 3 --checkpoint run --save here && rm here &&
    (cd elsewhere && unset BACKSTEP_DATA && "$backstep" train --resume ../run --epochs 4 >/dev/null 2>&1) && [ -s here ]
}
claim 'a checkpoint knows data and model file from another folder, too' finds_everything_again

# ---- being interrupted ------------------------------------------------------------------------------------------

# shellcheck disable=SC2086
stops_when_asked() {
  rm -f run part
  answers 0 $large --epochs 400 --save whole || return 1
  env --default-signal=INT "$backstep" train $large --epochs 400 --checkpoint run --save part >out 2>err </dev/null &
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -s run ] || sleep 0.1
  done
  kill -INT $!
  status=0
  wait $! || status=$?
  cat err
  [ "$status" -eq 130 ] && grep -q '^backstep: interrupted after step [0-9]*; go on with .backstep train --resume run.$' err &&
    [ ! -e part ] && answers 0 --resume run && cmp whole part
}
# A shell has what it runs in the background ignore interruptions, and train leaves it at that.
if env --default-signal=INT true 2>/dev/null; then
  claim 'Ctrl-C ends the batch, writes the checkpoint, and training goes on from there' stops_when_asked
else
  skip 'Ctrl-C ends the batch, writes the checkpoint, and training goes on from there' 'env has no --default-signal'
fi

# ---- what goes wrong -------------------------------------------------------------------------------------------

# shellcheck disable=SC2086
diverges() {
  rm -f run bad
  fails 4 'training diverged: .* in step [0-9]* .*Try a smaller learning rate.*; run is as it was after step' $small \
    --optimizer sgd --learning-rate 1e9 --checkpoint run --checkpoint-every 1 --save bad && [ ! -e bad ] || return 1
  fails 4 'training diverged' $small --optimizer sgd --learning-rate 1e9 --json && [ ! -s out ]
}
claim 'a loss that is not finite ends training: step, advice, the last good checkpoint, no model' diverges

claim 'layers that do not match the images are refused' fails 2 '8 x 8 = 64 pixels.*--layers begin with 64' --layers 784,10
claim 'labels over the number of classes are refused' fails 2 'label.*expected one below 5' --layers 64,5
claim 'a batch larger than the set is refused' fails 2 'a batch of 1801 is larger than the 1800' --layers 64,10 --batch 1801
claim 'a network larger than a model file is refused before it is made' fails 2 'more than a model file may hold' \
  --layers 64,100000000000,10
claim 'a list that is too short is refused' fails 2 '^backstep: --dropout: 2 values for 3 hidden layers' \
  --layers 64,8,8,8,10 --dropout .1,.2
claim 'softmax before cross-entropy is refused' fails 2 'takes logits' --layers 64,10 --output-activation softmax
for option in '--layers 64' '--layers 64,x' '--layers 0,10' '--batch 0' '--batch x' '--checkpoint-every -1' '--learning-rate -1' '--learning-rate x' '--init best' '--threads 0' \
  '--batch-norm 2' '--activation softmax' '--dropout 1' '--l2 -1' '--validation 1' '--precision half' \
  '--optimizer none' '--seed -1' '--checkpoint-every 0' '--no-such-option'; do
  # shellcheck disable=SC2086
  claim "train refuses $option" fails 2 '.' $option --epochs 1
done
claim 'missing data: what was looked for, where, and how to get it' fails 3 \
  "'/no/where': expected train-images-idx3-ubyte.*get-mnist" --data /no/where
claim 'a model that cannot be written is noticed before training' fails 3 "'no/where': " --layers 64,10 --save no/where
claim 'a checkpoint that cannot be written is noticed before training' fails 3 "'no/where': " --layers 64,10 \
  --checkpoint no/where

refuses_bad_data() {
  for file in train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte; do
    rm -rf bad && cp -r data bad && head -c 300 "data/$file" >"bad/$file" && fails 2 "$file" --layers 64,10 --data bad ||
      return 1
  done
  rm -rf bad && "$root/tests/lessons/images.py" bad 100 50 && cp data/train-labels-idx1-ubyte bad/ &&
    fails 2 '100.*2000\|2000.*100' --layers 64,10 --data bad
}
claim 'data that are cut off, or whose counts differ, are refused' refuses_bad_data

# ---- the doctor ------------------------------------------------------------------------------------------------

# shellcheck disable=SC2086
finds_nothing() {
  answers 0 $small --epochs 8 --doctor --save visited && no_error &&
    grep -q '^The doctor found nothing to complain about.$' out && ! grep -q '^Doctor, ' out &&
    answers 0 $small --epochs 8 --save unvisited && cmp visited unvisited && ! grep -iq doctor out &&
    answers 0 $large --epochs 8 --doctor --json && json 'lines[-2] == {"doctor": {"findings": 0}}'
}
claim 'with --doctor a healthy run gets no warning, and ends with the same bytes' finds_nothing

# shellcheck disable=SC2086
names_what_is_wrong() {
  answers 0 $small --epochs 3 --optimizer sgd --learning-rate 1e-6 --doctor && no_error &&
    grep -q '^Doctor, step 120: rate-too-low$' out && grep -q '^  Try: a learning rate .* larger (now 1e-06)' out &&
    grep -q "^The doctor's findings:$" out && grep -q '^  step 120: rate-too-low$' out && ! grep -A9 '^Doctor' out | grep -q '.\{101\}' &&
    answers 0 --layers 64,20,10 --learning-rate 1 --epochs 6 --doctor --json && no_error &&
    json '[f for line in lines for f in [line.get("doctor")] if f and f.get("finding") == "dead-units" and f["layer"] == 1
      and f["layer_name"] == "relu" and "of 20 units" in f["says"] and f["remedy"] and f["epoch"] == 1]' &&
    json 'lines[-2]["doctor"]["findings"] == sum("finding" in line.get("doctor", {}) for line in lines)' &&
    json '"test_loss" in lines[-1]'
}
claim 'it names what is wrong, with the numbers and a remedy, in plain lines and as JSON' names_what_is_wrong

# shellcheck disable=SC2086
says_why_it_diverged() {
  fails 4 'training diverged' $small --optimizer sgd --learning-rate 1e9 --doctor --checkpoint run --checkpoint-every 1 &&
    grep -q '^Doctor, step [0-9]*.*: not-a-number$' out && cat out &&
    fails 4 'training diverged' $small --optimizer sgd --learning-rate 1e9 --doctor --json &&
    json '[line for line in lines if line["doctor"].get("finding") == "not-a-number"]'
}
claim 'of a run that diverges it says which operation was the first' says_why_it_diverged

# shellcheck disable=SC2086
goes_on_with_the_doctor() {
  rm -f run && answers 0 $small --epochs 1 --doctor --checkpoint run && answers 0 --resume run --epochs 2 &&
    grep -q '^The doctor found nothing' out && answers 0 $small --epochs 1 --checkpoint plain &&
    answers 0 --resume plain --epochs 2 --doctor && grep -q '^The doctor found nothing' out
}
claim 'a checkpoint remembers the doctor, and a run can go on with one' goes_on_with_the_doctor

# ---- models ----------------------------------------------------------------------------------------------------

# shellcheck disable=SC2086
begins_with_a_model() {
  answers 0 $large --epochs 3 --save first && answers 0 --load first --epochs 1 --json --save second &&
    json 'lines[0]["train_loss"] < 1.5 and lines[-1]["parameters"] == 3722' && fails 2 'has other layers than' \
    --load first --layers 64,16,10 && fails 2 'expected f64' --load first --precision double
}
claim 'with --load training begins with the layers and weights of a model' begins_with_a_model

# The name of the loss made another one of the same length.
asks_for_the_loss() {
  sed 's/"loss":"cross-entropy"/"loss":"cross-country"/' first >foreign && ! cmp -s first foreign &&
    fails 2 'another loss than cross-entropy, half-squared, mse; choose one by --loss' --load foreign &&
    answers 0 --load foreign --loss cross-entropy --epochs 1
}
claim 'of a model trained with a loss that it does not have, train asks for one' asks_for_the_loss

refuses_bad_models() {
  head -c 1000 first >short && fails 2 "'short'" --load short && fails 2 "'short'" --resume short &&
    fails 2 "'first': it is a model, but no checkpoint" --resume first && : >empty && fails 2 "'empty'" --load empty &&
    fails 3 "'nothing'" --load nothing && fails 3 "'nothing'" --resume nothing
}
claim 'models and checkpoints that are damaged, or none, are refused in one line' refuses_bad_models

finish
