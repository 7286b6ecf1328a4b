#!/usr/bin/env python3
"""Writes a data set of the MNIST family that is learnt in a moment: images.py FOLDER [TRAIN [TEST]]

Pictures of 8 x 8 grey pixels in ten classes: of each class another pair of blocks is bright, in noise. The same every
time.
"""
import os
import random
import struct
import sys


def picture(draw, label):
    bright = {label, (label * 3 + 7) % 16}
    return bytes(min(255, (150 if (y // 2) * 4 + x // 2 in bright else 10) + draw.randrange(100))
                 for y in range(8) for x in range(8))


def write(path, head, body):
    with open(path, "wb") as file:
        file.write(struct.pack(f">{len(head)}I", *head) + body)


def main():
    folder, counts = sys.argv[1], [int(word) for word in sys.argv[2:]] + [2000, 500][len(sys.argv) - 2:]
    os.makedirs(folder, exist_ok=True)
    for name, count, seed in zip(["train", "t10k"], counts, [1, 2]):
        draw = random.Random(seed)
        labels = bytes(draw.randrange(10) for _ in range(count))
        write(f"{folder}/{name}-images-idx3-ubyte", [0x803, count, 8, 8],
              b"".join(picture(draw, label) for label in labels))
        write(f"{folder}/{name}-labels-idx1-ubyte", [0x801, count], labels)


main()
