"""Small models, pictures and data for predict_test.sh, written into the folder where it is run.

Every model's numbers are such that a person knows what must come out. Nothing here shares code with Backstep.
"""
import gzip
import json
import math
import os
import struct
import zlib


def write(name, data):
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "wb") as file:
        file.write(data)


def model(name, weights, biases, kind="F64", last=None, **notes):
    """A dense layer of these weights, a row an output; `last` is an activation behind it."""
    code = {"F32": "f", "F64": "d", "F16": "e"}[kind]
    layers = [{"type": "dense", "outputs": len(biases), "bias": True, "l1": 0.0, "l2": 0.0}]
    if last:
        layers.append({"type": last})
    notes["architecture"] = json.dumps({"inputs": len(weights[0]), "layers": layers})
    numbers = struct.pack(f"<{len(biases) * len(weights[0])}{code}", *[w for row in weights for w in row])
    added = struct.pack(f"<{len(biases)}{code}", *biases)
    header = json.dumps({
        "__metadata__": notes,
        "0.weight": {"dtype": kind, "shape": [len(biases), len(weights[0])], "data_offsets": [0, len(numbers)]},
        "0.bias": {"dtype": kind, "shape": [len(biases)], "data_offsets": [len(numbers), len(numbers) + len(added)]},
    }).encode()
    header += b" " * (-len(header) % 8)
    write(name, struct.pack("<Q", len(header)) + header + numbers + added)


def png(name, rows):
    """Grey, 8 bits."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    packed = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    write(name, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b""))


def idx(name, sizes, data):
    write(name, struct.pack(f">HBB{len(sizes)}I", 0, 8, len(sizes), *sizes) + bytes(data))


def rectangle(width, height, left, top, right, bottom, ink, paper):
    return [[ink if left <= x < right and top <= y < bottom else paper for x in range(width)] for y in range(height)]


# 2 x 2 pixels, classes a, b, c. A first pixel that is white doubles the odds of a, a second one makes those of b
# fourfold: all black gives 1 : 1 : 1, the first alone 2 : 1 : 1, the second alone 1 : 4 : 1.
odds = [[math.log(2), 0, 0, 0], [0, math.log(4), 0, 0], [0, 0, 0, 0]]
named = {"image": "2x2", "data": "squares", "classes": '["a","b","c"]'}
model("odds", odds, [0, 0, 0], loss="cross-entropy", **named)
model("odds_float", odds, [0, 0, 0], "F32", loss="cross-entropy", **named)
model("odds_softmax", odds, [0, 0, 0], last="softmax", loss="cross-entropy", **named)
model("odds_mse", odds, [0, 0, 0], loss="mse", **named)
model("odds_mse_float", odds, [0, 0, 0], "F32", loss="mse", **named)
model("odds_bare", odds, [0, 0, 0])
model("odds_foul", odds, [0, 0, 0], loss="cross-entropy", classes=json.dumps(["a\u001b[31m", 'b"\\', "c\n"]))
model("odds_nan", [[math.nan, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], [0, 0, 0], loss="mse", **named)
model("odds_half", odds, [0, 0, 0], "F16", loss="cross-entropy", **named)
model("odds_classes", odds, [0, 0, 0], classes='["a","b"]')
model("odds_image", odds, [0, 0, 0], image="3x3")
model("six", [[0] * 6] * 2, [0, 1])
write("no_model", b"\x10\0\0\0\0\0\0\0not a header....")

# 28 x 28 pixels: the ink in all, and that of the upper and of the left half.
everywhere = [[1] * 784, [1 if i < 392 else 0 for i in range(784)], [1 if i % 28 < 14 else 0 for i in range(784)]]
for data in ("mnist", "fashion-mnist", "leaves"):
    model(f"ink_{data}", everywhere, [0, 0, 0], loss="mse", image="28x28", data=data, classes='["all","upper","left"]')

png("first.png", [[255, 0], [0, 0]])
png("second.png", [[0, 255], [0, 0]])
png("digit.png", rectangle(100, 200, 10, 30, 50, 110, 0, 255))
png("exact.png", rectangle(28, 28, 0, 0, 7, 7, 0, 255))
png("blank.png", rectangle(50, 40, 0, 0, 0, 0, 0, 255))
png("odd \x1b\"name.png", [[255, 0], [0, 0]])
with open("first.png", "rb") as whole:
    write("cut.png", whole.read()[:50])
write("picture.jpg", b"\xff\xd8\xff\xe0 JFIF")
write("empty", b"")

first, second, black = [255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 0, 0]
idx("images", [3, 2, 2], first + second + black)
idx("image", [1, 2, 2], second)
idx("larger", [1, 3, 3], [0] * 9)
idx("other_shape", [1, 1, 4], [0] * 4)
idx("labels", [3], [0, 1, 2])
idx("labels_two", [2], [0, 1])
idx("labels_high", [3], [0, 1, 3])
with open("images", "rb") as whole:
    packed = gzip.compress(whole.read())
write("images.gz", packed)
write("cut.gz", packed[:-6])

# A data set to train on: the class is the brightest pixel of 4, which is hard to miss but for noise. predict
# takes its 600 test images in three batches.
for part, count in (("train", 400), ("t10k", 600)):
    values = [(37 * i * i + 11 * i) % 200 for i in range(4 * count)]
    for i in range(count):
        values[4 * i + i % 4] = 120 + (7 * i) % 130
    idx(f"data/{part}-images-idx3-ubyte", [count, 2, 2], values)
    idx(f"data/{part}-labels-idx1-ubyte", [count], [i % 4 for i in range(count)])
