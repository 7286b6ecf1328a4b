#!/usr/bin/python3
"""Reads a .safetensors that Backstep saved, with none of its code, and sees whether all agree on the outputs.

    read_model.py MODEL                       NumPy beside PyTorch
    read_model.py MODEL --backstep BACKSTEP   and beside that program's own `predict`

Needs Debian's python3-numpy and python3-torch. The file is taken apart here (8 bytes of length, JSON,
numbers); its metadata "architecture" says which layers the tensors belong to. NumPy computes in double, the
others in the file's own type, on pictures of the test set with pixels from 0 to 1. Exit status 1 where an output
differs from NumPy's by more than 1e-5, relative to the output where that is above 1.
"""
import argparse
import gzip
import json
import math
import struct
import subprocess
import tempfile
from pathlib import Path

import numpy
import torch
from torch import nn

TYPES = {"F32": numpy.float32, "F64": numpy.float64, "I64": numpy.int64}


def take_apart(path):
    """The metadata of a safetensors file, its tensors by name, and what follows the header as it stands."""
    file = Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", file)
    header = json.loads(file[8:8 + length])
    metadata, numbers = header.pop("__metadata__", {}), file[8 + length:]
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(numbers[begin:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
    return metadata, tensors, (header, numbers)


def read_images(path, count):
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rb") as file:
        found, rows, columns = struct.unpack(">4xIII", file.read(16))
        count = min(found, count)
        return numpy.frombuffer(file.read(count * rows * columns), numpy.uint8).reshape(count, rows * columns)


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def softmax(x):
    e = numpy.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softplus(x):
    return numpy.maximum(x, 0) + numpy.log1p(numpy.exp(-abs(x)))


def elu(x, identity=1.0, negative=1.0):
    return numpy.where(x > 0, identity * x, negative * numpy.expm1(numpy.minimum(x, 0)))


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772

# Layers without numbers of their own: in NumPy and in PyTorch.
PLAIN = {
    "identity": (lambda x: x, nn.Identity),
    "relu": (lambda x: numpy.maximum(x, 0), nn.ReLU),
    "relu6": (lambda x: numpy.clip(x, 0, 6), nn.ReLU6),
    "hard_tanh": (lambda x: numpy.clip(x, -1, 1), nn.Hardtanh),
    "sigmoid": (sigmoid, nn.Sigmoid),
    "tanh": (numpy.tanh, nn.Tanh),
    "elu": (elu, nn.ELU),
    "selu": (lambda x: elu(x, SELU_SCALE, SELU_SCALE * SELU_ALPHA), nn.SELU),
    "gelu": (lambda x: x * 0.5 * (1 + numpy.vectorize(math.erf)(x / math.sqrt(2))), nn.GELU),
    "gelu_tanh": (lambda x: x * sigmoid(2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)),
                  lambda: nn.GELU(approximate="tanh")),
    "silu": (lambda x: x * sigmoid(x), nn.SiLU),
    "softplus": (softplus, nn.Softplus),
    "mish": (lambda x: x * numpy.tanh(softplus(x)), nn.Mish),
    "softsign": (lambda x: x / (1 + abs(x)), nn.Softsign),
    "softmax": (softmax, lambda: nn.Softmax(dim=1)),
    "dropout": (lambda x: x, nn.Dropout),  # drops while training only
}


def numpy_outputs(architecture, tensors, x):
    for place, layer in enumerate(architecture["layers"]):
        own = {name.split(".", 1)[1]: tensor.astype(numpy.float64) for name, tensor in tensors.items()
               if name.startswith(f"{place}.")}
        kind = layer["type"]
        if kind == "dense":
            x = x @ own["weight"].T + own.get("bias", 0.0)
        elif kind == "batch_norm":
            x = (x - own["running_mean"]) / numpy.sqrt(own["running_var"] + layer["epsilon"])
            x = own["weight"] * x + own["bias"]
        elif kind == "leaky_relu":
            x = numpy.where(x > 0, x, layer["slope"] * x)
        else:
            x = PLAIN[kind][0](x)
    return x


def torch_network(architecture, tensors):
    """The same layers as an nn.Sequential; load_state_dict wants every tensor of the file to have its place."""
    layers, size = [], architecture["inputs"]
    for layer in architecture["layers"]:
        kind = layer["type"]
        if kind == "dense":
            layers.append(nn.Linear(size, layer["outputs"], bias=layer["bias"]))
            size = layer["outputs"]
        elif kind == "batch_norm":
            layers.append(nn.BatchNorm1d(size, eps=layer["epsilon"], momentum=layer["momentum"]))
        elif kind == "leaky_relu":
            layers.append(nn.LeakyReLU(layer["slope"]))
        else:
            layers.append(PLAIN[kind][1]())
    net = nn.Sequential(*layers)
    if any(tensor.dtype == numpy.float64 for tensor in tensors.values()):
        net = net.double()
    net.load_state_dict({name: torch.from_numpy(tensor.copy()) for name, tensor in tensors.items()})
    return net.eval()


def backstep_outputs(program, metadata, rest, images, side):
    """What `backstep predict` gives for the file without its note of the loss: outputs, no probabilities."""
    header, numbers = rest
    notes = {key: text for key, text in metadata.items() if key != "loss"}
    text = json.dumps({"__metadata__": notes, **header}).encode()
    text += b" " * (-len(text) % 8)
    with tempfile.TemporaryDirectory() as folder:
        model, pictures = Path(folder, "model.safetensors"), Path(folder, "images")
        model.write_bytes(struct.pack("<Q", len(text)) + text + numbers)
        pictures.write_bytes(struct.pack(">IIII", 0x803, len(images), side, side) + images.tobytes())
        command = [program, "predict", "--load", model, "--json", pictures]
        run = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return numpy.array([list((line.get("outputs") or line["probabilities"]).values()) for line in lines])


def main():
    parser = argparse.ArgumentParser(description="Compares NumPy, PyTorch and Backstep on a saved network.")
    parser.add_argument("model")
    parser.add_argument("--images", default="/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz",
                        help="an IDX file, plain or .gz")
    parser.add_argument("--count", type=int, default=1000, help="how many of its pictures")
    parser.add_argument("--backstep", help="the program backstep")
    options = parser.parse_args()

    metadata, tensors, rest = take_apart(options.model)
    architecture = json.loads(metadata["architecture"])
    images = read_images(options.images, options.count)
    x = images / 255.0
    outputs = {"NumPy": numpy_outputs(architecture, tensors, x)}
    net = torch_network(architecture, tensors)
    with torch.no_grad():
        outputs["PyTorch"] = net(torch.from_numpy(x).to(next(net.parameters()).dtype)).double().numpy()
    if options.backstep:
        side = math.isqrt(images.shape[1])
        outputs["Backstep"] = backstep_outputs(options.backstep, metadata, rest, images, side)

    kinds = " ".join(layer["type"] for layer in architecture["layers"])
    print(f"{options.model}: {len(tensors)} tensors; {kinds}")
    good = True
    for name, found in outputs.items():
        sizes = numpy.maximum(1, abs(outputs["NumPy"]))
        worst = (abs(found - outputs["NumPy"]) / sizes).max()
        good = good and bool(worst <= 1e-5)  # false for NaN
        first = " ".join(f"{number:.6f}" for number in found[0])
        print(f"{name:9}first picture: {first}; worst of {len(images)} beside NumPy: {worst:.1e}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
