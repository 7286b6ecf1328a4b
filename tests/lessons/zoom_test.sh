#!/bin/sh
# backstep zoom: one weight of a trained network as a graph; what it says, draws and refuses.
#
# BACKSTEP_BUILD names the build folder (default build/).
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
tested=zoom
. "$root/tests/support/command.sh"
: >sheet

"$root/tests/lessons/images.py" data
BACKSTEP_DATA=$work/data
export BACKSTEP_DATA
"$backstep" train --layers 64,6,10 --epochs 2 --save model.safetensors >/dev/null 2>&1

# opens ARGUMENT...: the model, without a word of complaint.
opens() { quiet --load model.safetensors "$@"; }
# fails STATUS TEXT ARGUMENT...: with one line that contains the text.
fails() {
  status_wanted=$1
  text=$2
  shift 2
  answers "$status_wanted" "$@" && [ "$(wc -l <err)" -eq 1 ] && grep '^backstep: ' err | grep -q -e "$text"
}

both_agree() {
  opens --weight '0.weight[2,5]' --image 1 && grep -q '^dloss/d0\.weight\[2,5\] = .* by the scalar engine' out &&
    grep -q 'by the vector engine, from the whole network: the same' out && grep -q '0\.weight\[2,5\]' out
}
claim 'both engines give the same gradient, and a tree shows where it comes from' both_agree

every_kind() {
  for weight in '0.weight[0,0]' '0.bias[3]' '2.weight[1,4]' '2.bias[2]'; do
    for image in 0 2; do opens --weight "$weight" --image "$image" && grep -q 'the same' out || return 1; done
  done
}
claim 'weights and biases of each layer can be opened' every_kind

of_the_training_set() {
  opens --weight '2.bias[0]' --image 0 --train && grep -q '^Image 0 of the training set is ' out
}
claim '--train takes the image from the training set' of_the_training_set

draws() {
  opens --weight '0.weight[2,5]' --image 1 -o it.png && grep -q '^Drawn: it\.png$' out &&
    [ "$(head -c 4 it.png | od -An -tx1 | tr -d ' \n')" = 89504e47 ] &&
    opens --weight '0.weight[2,5]' --image 1 -o it.svg && grep -q '<svg' it.svg
}
claim 'the ending says which picture' draws

makes_a_page() {
  opens --weight '0.weight[2,5]' --image 1 -o it.html && grep -q '^Written: it\.html$' out &&
    grep -q '^<!DOCTYPE html>' it.html && ! grep -q 'https\{0,1\}://[^w]' it.html
}
claim '.html is a page to step through' makes_a_page

fewer_products() {
  opens --weight '0.weight[2,5]' --image 1 --products 2 && grep -q '62 other products' out
}
claim '--products says how many of the neuron stand alone' fewer_products

refuses_places() {
  fails 2 '0\.weight' --load model.safetensors --weight '0.weight[6,0]' --image 0 &&
    fails 2 'nonsense' --load model.safetensors --weight 'nonsense' --image 0 &&
    fails 2 '1\.weight' --load model.safetensors --weight '1.weight[0,0]' --image 0
}
claim 'a place that the network does not have is refused' refuses_places

refuses_images() {
  fails 2 'image' --load model.safetensors --weight '2.bias[0]' --image 1000000 &&
    fails 2 '' --load model.safetensors --weight '2.bias[0]' --image -1
}
claim 'an image that the set does not have is refused' refuses_images

# The name of the loss made another one of the same length, and then its key.
asks_for_the_loss() {
  sed 's/"loss":"cross-entropy"/"loss":"cross-country"/' model.safetensors >foreign &&
    sed 's/"loss":"cross-entropy"/"soul":"cross-entropy"/' model.safetensors >silent &&
    fails 2 "^backstep: 'foreign' was trained with another loss than cross-entropy, half-squared, mse; choose one" \
      --load foreign --weight '2.bias[0]' --image 0 &&
    fails 2 "^backstep: 'silent' does not say with which loss it was trained; choose one by --loss" \
      --load silent --weight '2.bias[0]' --image 0 &&
    answers 0 --load silent --loss mse --weight '2.bias[0]' --image 0
}
claim 'of a model that does not say its loss, or another, zoom asks for one' asks_for_the_loss

refuses_files() {
  fails 3 'missing' --load missing.safetensors --weight '2.bias[0]' --image 0 &&
    printf 'no model' >broken && fails 2 'broken' --load broken --weight '2.bias[0]' --image 0 &&
    fails 3 'nowhere' --load model.safetensors --weight '2.bias[0]' --image 0 -o nowhere/it.png && [ ! -e nowhere ] &&
    fails 2 'it\.bmp' --load model.safetensors --weight '2.bias[0]' --image 0 -o it.bmp && [ ! -e it.bmp ]
}
claim 'files that cannot be read or written end with their status, and nothing is left' refuses_files

finish
