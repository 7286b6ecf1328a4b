#!/usr/bin/python3
"""PyTorch's side of the comparison: trains task A, B or C of ../training.h and prints what bench_vector prints.

    OPENBLAS_NUM_THREADS=1 taskset -c 1 /usr/bin/python3 torch_mlp.py --task A --batch 32 --epochs 5

Needs Debian's python3-torch and python3-numpy. Without OPENBLAS_NUM_THREADS=1 PyTorch's threads and OpenBLAS'
get into each other's way.

The loop is meant to be the fastest that a user of PyTorch would write without leaving nn, autograd and optim:
the pictures are floats in one tensor, a batch is one index_select, without a DataLoader, and nothing is looked at
between two steps.
"""
import argparse
import gzip
import json
import os
import statistics
import time
from pathlib import Path


def seconds_since_start():
    """Since the process began; the system counts that in hundredths of a second."""
    after_name = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    started = int(after_name[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started


def peak_megabytes():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("/proc/self/status has no VmHWM")


parser = argparse.ArgumentParser(description="Trains a network in PyTorch, as bench_vector does in Backstep.")
parser.add_argument("--task", choices="ABC", default="A")
parser.add_argument("--batch", type=int, help="examples a step (A 32, B 128, C 10)")
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist", help="where the four files are")
options = parser.parse_args()
batch = options.batch or {"A": 32, "B": 128, "C": 10}[options.task]

import numpy
import torch
from torch import nn

torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)


def read_idx(name, head):
    """The bytes of a file, packed or not, after its head."""
    for ending, opener in ("", open), (".gz", gzip.open):
        path = Path(options.data) / (name + ending)
        if path.exists():
            with opener(path, "rb") as file:
                return numpy.frombuffer(file.read(), numpy.uint8, offset=head)
    raise SystemExit(f"torch_mlp.py: no {name} or {name}.gz in {options.data}")


def read_part(part):
    images = read_idx(part + "-images-idx3-ubyte", 16).reshape(-1, 784)
    labels = read_idx(part + "-labels-idx1-ubyte", 8)
    scaled = images.astype(numpy.float32) / numpy.float32(255)
    return torch.from_numpy(scaled), torch.from_numpy(labels.astype(numpy.int64))


def layers_of(task):
    if task == "A":
        return [nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)]
    if task == "B":
        return [nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2), nn.Linear(512, 512),
                nn.BatchNorm1d(512, eps=1e-3, momentum=0.01), nn.ReLU(), nn.Dropout(0.2), nn.Linear(512, 10)]
    return [nn.Linear(784, 30), nn.Sigmoid(), nn.Linear(30, 10), nn.Sigmoid()]


def initialize(net, task):
    for layer in net:
        if not isinstance(layer, nn.Linear):
            continue
        if task == "C":
            nn.init.normal_(layer.weight)
            nn.init.normal_(layer.bias)
        else:
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)


def optimizer_of(net, task):
    if task == "C":
        return torch.optim.SGD(net.parameters(), lr=3.0)
    if task == "A":
        return torch.optim.Adam(net.parameters(), lr=1e-3, eps=1e-7)
    penalized = net[3].weight  # 0.001 sum w^2 has the gradient 0.002 w
    others = [p for p in net.parameters() if p is not penalized]
    groups = [{"params": others}, {"params": [penalized], "weight_decay": 2e-3}]
    return torch.optim.Adam(groups, lr=1e-3, eps=1e-7)


began = time.perf_counter()
train_x, train_y = read_part("train")
test_x, test_y = read_part("t10k")
data_seconds = time.perf_counter() - began

net = nn.Sequential(*layers_of(options.task))
initialize(net, options.task)
optimizer = optimizer_of(net, options.task)
if options.task == "C":
    train_y_rows = nn.functional.one_hot(train_y, 10).float()

    def loss_of(y, rows):
        return 0.5 * (y - train_y_rows.index_select(0, rows)).square().sum() / len(rows)
else:

    def loss_of(y, rows):
        return nn.functional.cross_entropy(y, train_y.index_select(0, rows))


first_step_seconds = None
epoch_seconds = []
for epoch in range(options.epochs):
    began = time.perf_counter()
    for rows in torch.randperm(len(train_x)).split(batch):
        optimizer.zero_grad(set_to_none=True)
        loss_of(net(train_x.index_select(0, rows)), rows).backward()
        optimizer.step()
        if first_step_seconds is None:
            first_step_seconds = seconds_since_start()
    epoch_seconds.append(time.perf_counter() - began)

net.eval()
with torch.no_grad():
    accuracy = (net(test_x).argmax(1) == test_y).float().mean().item()
print(json.dumps({
    "peer": "pytorch " + torch.__version__, "task": options.task, "batch": batch, "threads": options.threads,
    "epoch_s": [round(s, 4) for s in epoch_seconds], "median_s": round(statistics.median(epoch_seconds), 4),
    "test_acc": round(accuracy, 4), "rss_mb": round(peak_megabytes(), 1), "data_s": round(data_seconds, 3),
    "first_step_s": round(first_step_seconds, 3)}))
