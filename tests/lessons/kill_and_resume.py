#!/usr/bin/env python3
"""Kills a training run again and again, lets it go on from its checkpoint, and compares what it ends with.

    kill_and_resume.py BACKSTEP KILLS FOLDER TRAIN_OPTION...

FOLDER is for its files. The options are those of `backstep train`, without --save and --checkpoint. Runs are killed
with SIGKILL at random moments until KILLS of them have been hit inside an epoch, after its first step and before its
last; then one ends by itself. Its model must have the bytes of an unbroken run's.
"""
import json
import os
import random
import struct
import subprocess
import sys
import time


def train(backstep, options):
    return subprocess.Popen([backstep, "train", *options], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def position(checkpoint):
    """Examples done of the epoch in which the checkpoint was written; 0 where there is none."""
    try:
        with open(checkpoint, "rb") as file:
            length, = struct.unpack("<Q", file.read(8))
            begin, _ = json.loads(file.read(length))["trainer.counts"]["data_offsets"]
            file.seek(8 + length + begin)
            return struct.unpack("<5Q", file.read(40))[1]
    except FileNotFoundError:
        return 0


def main():
    backstep, wanted, folder, options = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    unbroken, killed, checkpoint = (f"{folder}/{name}" for name in ["unbroken", "killed", "run"])
    begin = time.monotonic()
    if train(backstep, [*options, "--save", unbroken, "--checkpoint", f"{folder}/other"]).wait() != 0:
        sys.exit("the unbroken run failed")
    longest = time.monotonic() - begin
    inside = attempts = 0
    while True:
        again = ["--resume", checkpoint] if os.path.exists(checkpoint) else \
            [*options, "--save", killed, "--checkpoint", checkpoint]
        run = train(backstep, again)
        if inside < wanted:
            time.sleep(random.uniform(0, min(longest, 1.0)))
            run.kill()
        status = run.wait()
        attempts += 1
        if status == -9:
            inside += position(checkpoint) > 0
        elif status != 0:
            sys.exit(f"a run ended with status {status}")
        elif inside < wanted:  # too fast for us: once more from the beginning
            os.remove(checkpoint)
        else:
            break
    with open(unbroken, "rb") as one, open(killed, "rb") as other:
        same = one.read() == other.read()
    left = [name for name in os.listdir(folder) if name not in ["unbroken", "killed", "run", "other"]
            and not (name.startswith(".backstep-") and name.endswith(".tmp"))]
    print(f"{inside} of {attempts} runs were killed inside an epoch; the models are {'the same' if same else 'not the same'}")
    sys.exit(0 if same and not left else 1)


main()
