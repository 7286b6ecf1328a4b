"""Mirrors of MNIST on 127.0.0.1, good ones and bad ones, for get_mnist_test.sh; the first part of the path says which.

    mirror.py FOLDER     makes small files to serve, writes FOLDER/port and serves until it is killed

    FOLDER/files         SHA-256 and name of each file, as BACKSTEP_MNIST_FILES wants them
    FOLDER/plain/NAME    the files
    FOLDER/requests      a line for each request: mirror, file, first byte asked for
"""
import gzip
import hashlib
import http.server
import os
import random
import sys
import threading
import time

SIZES = {"train-images-idx3-ubyte": 300_000, "t10k-labels-idx1-ubyte": 1_000}
folder = sys.argv[1]
packed = {}
writing = threading.Lock()


def make_files():
    noise = random.Random(5)
    os.makedirs(os.path.join(folder, "plain"))
    with open(os.path.join(folder, "files"), "w", encoding="ascii") as listing:
        for name, size in SIZES.items():
            plain = noise.randbytes(size)  # which does not get smaller by packing
            with open(os.path.join(folder, "plain", name), "wb") as file:
                file.write(plain)
            packed[name] = gzip.compress(plain, mtime=0)
            listing.write(f"{hashlib.sha256(plain).hexdigest()} {name}\n")


class Mirror(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.close_connection = True
        _, mirror, name = self.path.removesuffix(".gz").split("/", 2)
        whole = packed.get(name, b"")
        first = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        with writing, open(os.path.join(folder, "requests"), "a", encoding="ascii") as log:
            log.write(f"{mirror} {name} {first}\n")
        try:
            getattr(self, mirror)(whole, first)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the other side had enough

    def head(self, whole, first, ranges=True):
        """The head of an answer, and the bytes that belong behind it."""
        if not ranges:
            first = 0
        if first > 0 and first >= len(whole):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(whole)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return b""
        self.send_response(206 if first > 0 else 200)
        if first > 0:
            self.send_header("Content-Range", f"bytes {first}-{len(whole) - 1}/{len(whole)}")
        self.send_header("Content-Length", str(len(whole) - first))
        self.send_header("Connection", "close")
        self.end_headers()
        return whole[first:]

    def good(self, whole, first):
        self.wfile.write(self.head(whole, first))

    def without_ranges(self, whole, first):
        self.wfile.write(self.head(whole, first, ranges=False))

    def breaks_off(self, whole, first):
        rest = self.head(whole, first)
        self.wfile.write(rest[:max(1, len(rest) // 2)])

    def stalls(self, whole, first):
        """The first half is all that anybody ever gets."""
        self.wfile.write(self.head(whole, first)[:max(0, len(whole) // 2 - first)])
        self.wfile.flush()
        time.sleep(60)

    def trickles(self, whole, first):
        for byte in self.head(whole, first):
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.5)

    def silent(self, _whole, _first):
        time.sleep(60)

    def lies(self, whole, first):
        """The right length, and from the middle on wrong bytes."""
        half = len(whole) // 2
        self.good(whole[:half] + bytes(byte ^ 0x55 for byte in whole[half:]), first)

    def lies_well(self, whole, first):
        """Sound gzip data of something else."""
        self.good(gzip.compress(b"something else"), first)

    def lies_long(self, whole, first):
        """More than there is, all of it wrong, and then it breaks off."""
        rest = self.head(bytes(byte ^ 0x55 for byte in whole) + b"more" * 1000, first)
        self.wfile.write(rest[:-1])

    def bursts(self, _whole, first):
        """Sound gzip data that unpack to 80 MB."""
        self.good(gzip.compress(bytes(80_000_000), 1), first)

    def never_ends(self, _whole, _first):
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(bytes(1 << 20))

    def shows_a_page(self, _whole, first):
        self.good(b"<html>Please log in to this network.</html>", first)

    def moved(self, _whole, _first):
        """Does not say that it closes the connection, and closes it when the next request is on its way."""
        self.send_response(302)
        self.send_header("Location", self.path.replace("/moved/", "/good/"))
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.wfile.flush()
        time.sleep(0.2)

    def has_nothing(self, _whole, _first):
        self.send_error(404)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    make_files()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.daemon_threads = True
    with open(os.path.join(folder, "port.new"), "w", encoding="ascii") as file:
        file.write(str(server.server_address[1]))
    os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
    server.serve_forever()
