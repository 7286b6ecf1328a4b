#!/bin/sh
# `backstep predict`: what it says of pictures, what it refuses, and with which exit status.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
build=${BACKSTEP_BUILD:-$root/build}
. "$root/tests/support/report.sh"
if ! command -v python3 >/dev/null 2>&1; then
  skip 'backstep predict says what it sees' 'python3, which makes the pictures, is not installed'
  exit 0
fi
backstep=$build/lessons/backstep

work=$(mktemp -d "${TMPDIR:-/tmp}/backstep-predict.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 "$root/tests/lessons/pictures.py"

# answers STATUS ARGUMENT...: runs predict, keeps out and err, compares its exit status.
answers() {
  wanted=$1
  shift
  status=0
  "$backstep" predict "$@" >out 2>err </dev/null || status=$?
  cat err
  [ "$status" -eq "$wanted" ] || {
    echo "exit status $status, not $wanted"
    return 1
  }
}

# prints TEXT ARGUMENT...: succeeds, complains of nothing, and prints exactly that.
prints() {
  printf '%s\n' "$1" >wanted
  shift
  answers 0 "$@" && [ ! -s err ] && diff wanted out
}

# refuses STATUS TEXT ARGUMENT...: prints nothing but one line of error, in which TEXT is.
refuses() {
  text=$2
  wanted=$1
  shift 2
  answers "$wanted" "$@" && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] && grep -q "^backstep: ." err &&
    grep -qF -e "$text" err
}

# ---- classes and probabilities -----------------------------------------------------------------------------------------

claim "a PNG's classes are shown, the likeliest first" prints \
  'first.png: 2 x 2 pixels; taken as it is
  a         50.00 %
  b         25.00 %
  c         25.00 %' --load odds first.png
claim 'float gives the same' prints \
  'second.png: 2 x 2 pixels; taken as it is
  b         66.67 %
  a         16.67 %' --load odds_float --top 2 second.png
claim 'several PNGs are shown one after the other' prints \
  'second.png: 2 x 2 pixels; taken as it is
  b         66.67 %
first.png: 2 x 2 pixels; taken as it is
  a         50.00 %' --load odds --top 1 second.png first.png
claim 'a network that ends in a softmax is not given another, whatever the loss' prints \
  'first.png: 2 x 2 pixels; taken as it is
  a         50.00 %' --load odds_softmax --top 1 first.png
claim "outputs that are no probabilities are not called so" prints \
  "These are the network's outputs, not probabilities: its loss was mse.
second.png: 2 x 2 pixels; taken as it is
  b         1.38629
  a               0
  c               0" --load odds_mse second.png
claim 'a model without notes is used as far as it goes' prints \
  "These are the network's outputs, not probabilities: the model does not say with which loss it was trained.
second.png: 2 x 2 pixels; taken as it is
  1         1.38629
  0               0
  2               0" --load odds_bare second.png

claim "an IDX file's images are a table" prints \
  'image  class   probability
    0  a           50.00 %
    1  b           66.67 %
    2  a           33.33 %' --load odds images
claim 'a packed one gives the same, with the next best and labels' prints \
  'image  class   probability  or      probability  label
    0  a           50.00 %  b           25.00 %  a
    1  b           66.67 %  a           16.67 %  b
    2  a           33.33 %  b           33.33 %  c  WRONG
2 of 3 are right: 66.67 %' --load odds --labels labels --top 2 images.gz
claim 'an IDX file of one image shows its classes' prints \
  'Image 0
  b         66.67 %
  a         16.67 %
  c         16.67 %' --load odds image

# ---- JSON --------------------------------------------------------------------------------------------------------------

claim 'JSON has a line for each image, and one for the accuracy' prints \
  '{"image":0,"label":"a","class":"a","outputs":{"a":0.6931471805599453,"b":0,"c":0}}
{"image":1,"label":"b","class":"b","outputs":{"a":0,"b":1.3862943611198906,"c":0}}
{"image":2,"label":"c","class":"a","outputs":{"a":0,"b":0,"c":0}}
{"images":3,"right":2,"accuracy":0.6666666666666666}' --load odds_mse --labels labels --json images
claim 'JSON says how a PNG was prepared' prints \
  '{"image":0,"file":"second.png","prepared":"2 x 2 pixels; taken as it is","class":"b","outputs":{"b":1.3862944}}' \
  --load odds_mse_float --top 1 --json second.png

json_is_json() {
  answers 0 --load odds --json images && python3 - <<'END'
import json
lines = [json.loads(line) for line in open("out")]
assert [line["image"] for line in lines] == [0, 1, 2]
assert [line["class"] for line in lines] == ["a", "b", "a"]
for line, wanted in zip(lines, ([2, 1, 1], [1, 4, 1], [1, 1, 1])):
    assert list(line) == ["image", "class", "probabilities"] and list(line["probabilities"]) == ["a", "b", "c"]
    for found, share in zip(line["probabilities"].values(), wanted):
        assert abs(found - share / sum(wanted)) < 1e-15  # three sums and quotients of numbers below 1, in double
END
}
claim 'JSON has every probability with all its digits' json_is_json

foul_names_are_escaped() {
  foul=$(printf 'odd \033"name.png')
  answers 0 --load odds_foul --json "$foul" && python3 - <<'END' && answers 0 --load odds_foul "$foul" &&
import json
line = json.loads(open("out").read())
assert line["file"] == 'odd \x1b"name.png' and line["class"] == "a\x1b[31m"
assert list(line["probabilities"]) == ["a\x1b[31m", 'b"\\', "c\n"]
END
    [ "$(wc -l <out)" -eq 4 ] && ! grep -q "$(printf '\033')" out
}
claim 'names with quotes and control characters break neither JSON nor the terminal' foul_names_are_escaped

claim 'what is not a number is no number in JSON either, and is never the best' prints \
  '{"image":0,"class":"b","outputs":{"a":"nan","b":0,"c":0}}' --load odds_nan --json image

# ---- how a PNG is prepared ---------------------------------------------------------------------------------------------

# The ink of the 28 x 28 pixels that the network was given: in all, in the upper half, and in the left half.
claim 'a PNG is prepared as MNIST was, and the network sees that' prints \
  "These are the network's outputs, not probabilities: its loss was mse.
digit.png: 100 x 200 pixels; inverted; cropped to 40 x 80 at (10, 30); scaled to 10 x 20; centred by its centre of mass
  all           200
  upper         100
  left          100" --load ink_mnist digit.png
claim 'a PNG is prepared as Fashion-MNIST was' prints \
  "These are the network's outputs, not probabilities: its loss was mse.
digit.png: 100 x 200 pixels; inverted; trimmed to 40 x 80 at (10, 30); scaled to 14 x 28; sharpened; centred
  all           392
  upper         196
  left          196" --load ink_fashion-mnist digit.png
# 392 of white beside it, and of the 392 in the picture 3200/20000 black: 721.28 before pixels are rounded.
claim 'for other data a PNG is scaled and centred' prints \
  "These are the network's outputs, not probabilities: its loss was mse.
digit.png: 100 x 200 pixels; scaled from 100 x 200 to 14 x 28; centred
  all       721.282" --load ink_leaves --top 1 digit.png
claim 'a preparation may be asked for' prints \
  "These are the network's outputs, not probabilities: its loss was mse.
exact.png: 28 x 28 pixels; inverted; cropped to 7 x 7 at (0, 0); scaled to 20 x 20; centred by its centre of mass
  all           400" --load ink_leaves --prepare mnist --top 1 exact.png
claim "a PNG of the network's size is taken as it is, with a warning where it looks inverted" prints \
  "These are the network's outputs, not probabilities: its loss was mse.
exact.png: 28 x 28 pixels; taken as it is, which is dark on light, while the network has learnt from light on dark (--prepare mnist changes that)
  all           735" --load ink_mnist --top 1 exact.png
claim 'a blank PNG is said to be blank' prints \
  "These are the network's outputs, not probabilities: its loss was mse.
blank.png: 50 x 40 pixels; it is blank: nothing stands out from its background by 5 % or more
  all             0" --load ink_mnist --top 1 blank.png

# ---- refusals ----------------------------------------------------------------------------------------------------------

claim 'predict has a help' answers 0 --help
claim 'predict needs a model' refuses 2 '--load is required' first.png
claim 'predict needs a picture' refuses 2 'FILE is required' --load odds
claim 'no class is not a number of classes' refuses 2 '--top' --load odds --top 0 first.png
claim 'a preparation that does not exist is refused' refuses 2 '--prepare' --load odds --prepare cifar first.png

claim 'a model that is not there is status 3' refuses 3 "'none': cannot open it" --load none first.png
claim 'a PNG that is not there is status 3' refuses 3 "'none.png': cannot open it" --load odds first.png none.png
claim 'labels that are not there are status 3' refuses 3 "'none': cannot open it" --load odds --labels none images
claim 'a folder is status 3' refuses 3 "'data': cannot read it" --load odds data

claim 'what is no model is refused' refuses 2 "'no_model': " --load no_model first.png
claim 'a model of half precision is refused' refuses 2 'expected f32 or f64, found f16' --load odds_half first.png
claim 'a model with fewer names than outputs is refused' refuses 2 \
  "'odds_classes': classes: expected 3 names, one for each output, found 2" --load odds_classes first.png
claim 'a model whose pictures are not its inputs is refused' refuses 2 \
  "'odds_image': image: expected a size of 4 pixels, one for each input, found '3x3'" --load odds_image first.png
claim 'a PNG for a network whose pictures have no known shape is refused' refuses 2 \
  "'six' does not say what size its pictures have, and its 6 inputs are no square" --load six first.png

claim 'a damaged PNG is refused, and nothing is printed of the good one before it' refuses 2 \
  "'cut.png': byte 33: expected a chunk IDAT of " --load odds first.png cut.png
claim 'another kind of picture is refused' refuses 2 \
  "'picture.jpg': expected a PNG or an IDX file of pictures, found one that begins with ff d8 ff e0" --load odds picture.jpg
claim 'an empty file is refused' refuses 2 \
  "'empty': expected a PNG or an IDX file of pictures, found an empty file" --load odds empty
claim 'a packed IDX file that is cut off is refused' refuses 2 "'cut.gz': " --load odds cut.gz
claim 'labels instead of images are refused' refuses 2 "'labels': byte 3: expected 3 dimensions" --load odds labels
claim 'images of another size are refused' refuses 2 \
  "'larger': its pictures have 3 x 3 pixels, and 'odds' takes 2 x 2" --load odds larger
claim 'images of as many pixels in another shape are refused' refuses 2 \
  "'other_shape': its pictures have 4 x 1 pixels, and 'odds' takes 2 x 2" --load odds other_shape
claim 'images of another size are refused by a model without notes, too' refuses 2 \
  "'larger': its pictures have 3 x 3 pixels, and 'odds_bare' takes 4 in all" --load odds_bare larger
claim 'labels for fewer images are refused' refuses 2 \
  "'labels_two': expected 3 labels, one for each picture, found 2" --load odds --labels labels_two images
claim 'a label that is no class is refused' refuses 2 \
  "'labels_high': label 2: expected one below 3, the number of classes, found 3" --load odds --labels labels_high images
claim 'labels for PNGs are refused' refuses 2 '--labels goes with an IDX file' --load odds --labels labels first.png
claim 'preparing an IDX file is refused' refuses 2 '--prepare is for PNGs' --load odds --prepare mnist images
claim 'an IDX file beside others is refused' refuses 2 'an IDX file is read alone' --load odds images first.png

notices_a_full_disk() {
  status=0
  "$backstep" predict --load odds images >/dev/full 2>err </dev/null || status=$?
  cat err
  [ "$status" -eq 3 ] && [ "$(wc -l <err)" -eq 1 ]
}
if [ -e /dev/full ]; then
  claim 'a table that cannot be written ends in one line and status 3' notices_a_full_disk
else
  skip 'predict notices a full disk' 'this system has no /dev/full'
fi

# ---- together with training --------------------------------------------------------------------------------------------

# The last line of `train --json` has the accuracy on the test images; predict must find the same.
agrees_with_training() {
  "$backstep" train --data data --layers 4,16,4 --epochs 20 --learning-rate 0.01 --batch 20 --precision "$1" --threads 1 --save trained --json \
    >train.json 2>err </dev/null || {
    cat err
    return 1
  }
  answers 0 --load trained --json --labels data/t10k-labels-idx1-ubyte data/t10k-images-idx3-ubyte && python3 - <<'END'
import json
trained = json.loads(open("train.json").readlines()[-1])["test_accuracy"]
lines = [json.loads(line) for line in open("out")]
assert len(lines) == 601 and list(lines[0]["probabilities"]) == ["0", "1", "2", "3"]
right = sum(line["class"] == line["label"] for line in lines[:-1])
assert lines[-1] == {"images": 600, "right": right, "accuracy": right / 600}
assert abs(trained - right / 600) < 1e-6, (trained, right / 600)
assert 0.5 < trained < 1, trained  # above chance, and not so good that any answer would be right
END
}
claim 'predict finds the test accuracy that train found, in float' agrees_with_training float
claim 'predict finds the test accuracy that train found, in double' agrees_with_training double

finish
