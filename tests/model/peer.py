"""Reads and writes model files without any of our code, to compare.

    peer.py safetensors FILE    prints what is in it, by Python's struct and json alone
    peer.py npz FILE            prints what is in it, by NumPy
    peer.py npy FILE            the same of one array
    peer.py write FOLDER        writes files of every kind, by NumPy

What is in a file: a line for each tensor (name, type, shape, bytes) and each piece of metadata, sorted; names and
bytes in hexadecimal digits.
"""
import json
import struct
import sys
import zipfile

NUMPY_TYPES = {"bool": "boolean", "uint8": "u8", "int8": "i8", "uint16": "u16", "int16": "i16", "float16": "f16",
               "uint32": "u32", "int32": "i32", "float32": "f32", "uint64": "u64", "int64": "i64", "float64": "f64"}
SIZES = {"BOOL": 1, "U8": 1, "I8": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4, "I32": 4, "F32": 4,
         "U64": 8, "I64": 8, "F64": 8}


def show_tensor(name, dtype, shape, data):
    return f"tensor {name.encode().hex()} {dtype} {list(shape)} {data.hex()}"


def show_metadata(key, text):
    return f"metadata {key.encode().hex()} {text.encode().hex()}"


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length).decode())
        data = file.read()
    assert (8 + length) % 8 == 0, "the data are not aligned"
    for key, text in header.pop("__metadata__", {}).items():
        yield show_metadata(key, text)
    covered = 0
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        size = SIZES[entry["dtype"]]
        assert begin % size == 0, f"{name} is not aligned"
        count = 1
        for dimension in entry["shape"]:
            count *= dimension
        assert end - begin == count * size, name
        covered += end - begin
        dtype = "boolean" if entry["dtype"] == "BOOL" else entry["dtype"].lower()
        yield show_tensor(name, dtype, entry["shape"], data[begin:end])
    assert covered == len(data), "the data are not covered"


def read_npz(path):
    import numpy
    archive = numpy.load(path)
    assert archive.zip.testzip() is None
    for name in archive.files:
        array = archive[name]
        if name.startswith("__metadata__/"):
            yield show_metadata(name[len("__metadata__/"):], bytes(array).decode())
        else:
            yield show_tensor(name, NUMPY_TYPES[array.dtype.name], array.shape, array.tobytes())


def read_npy(path):
    import numpy
    array = numpy.load(path)
    yield show_tensor("", NUMPY_TYPES[array.dtype.name], array.shape, array.tobytes())


class Pipe:
    """A file that cannot go back, so that sizes must follow the data."""

    def __init__(self, path):
        self.file = open(path, "wb")

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def write_all(folder):
    import numpy
    arrays = {"m/0.weight": numpy.arange(6, dtype="<f4").reshape(2, 3) / 4,
              "fortran": numpy.asfortranarray(numpy.arange(24, dtype="<i2").reshape(2, 3, 4)),
              "scalar": numpy.float64(0.1), "empty": numpy.zeros((0, 3), "<u8"), "é": numpy.array([True, False])}
    with open(f"{folder}/wanted", "w") as wanted:
        lines = [show_tensor(n, NUMPY_TYPES[a.dtype.name], a.shape, a.tobytes()) for n, a in arrays.items()]
        wanted.write("".join(line + "\n" for line in sorted(lines)))
    numpy.savez(f"{folder}/stored", **arrays)
    numpy.savez_compressed(f"{folder}/deflated", **arrays)
    for name, method in [("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)]:
        for force_zip64 in (False, True):
            with zipfile.ZipFile(Pipe(f"{folder}/piped_{name}_{force_zip64}.npz"), "w", method) as archive:
                for key, array in arrays.items():
                    with archive.open(key + ".npy", "w", force_zip64=force_zip64) as file:
                        numpy.lib.format.write_array(file, numpy.asanyarray(array))
    for version in (1, 2, 3):
        with zipfile.ZipFile(f"{folder}/version_{version}.npz", "w") as archive:
            for key, array in arrays.items():
                with archive.open(key + ".npy", "w") as file:
                    numpy.lib.format.write_array(file, numpy.asanyarray(array), (version, 0))


if __name__ == "__main__":
    kind, path = sys.argv[1:]
    if kind == "write":
        write_all(path)
    else:
        readers = {"safetensors": read_safetensors, "npz": read_npz, "npy": read_npy}
        print("\n".join(sorted(readers[kind](path))))
