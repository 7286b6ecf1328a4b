"""The rules of the house that a machine can check: who includes whom, and how files are named, listed and opened.

    rules.py FOLDER     prints a line for every broken rule in that checkout; exit status 1 when there is one

Python, because meson brings it along. `rules_test.py` breaks each rule once and looks whether it is noticed.
"""
import os
import re
import sys

# Arrows point down only; what an arrow leads to may be used together with what that one leads to.
ARROWS = {
    "data": [],
    "scalar": ["data"],
    "vector": ["data"],
    "model": ["vector"],
    "worksheet": ["scalar"],
    "viz": ["scalar", "vector", "model", "worksheet"],
    "lessons": ["viz"],
    "tests": ["lessons"],
}
# The program of tests/mutants asks which derivative to break; no other build sees this line.
EXCEPTIONS = {("engine/scalar/op.h", "tests/mutants/mutants.h")}

# A library that stays behind one door, and the files that are the door.
DOORS = [
    (r"hwy/", r"engine/vector/kernels_simd\w*\.cpp", "Highway"),
    (r"(graphviz/|gvc\.h|cgraph\.h|cdt\.h)", r"(tests/)?viz/\w+\.cpp", "Graphviz"),
    (r"nlohmann/", r"engine/model/\w+\.cpp", "nlohmann-json"),
    (r"png\.h", r"engine/data/png\.cpp|tests/viz/png\.cpp", "libpng"),
    (r"catch2/", r"tests/support/catch2?\.h", "Catch2"),
    (r"zlib\.h", r"(engine|tests)/(data|fuzz|model)/\w+\.cpp|tests/data/(packed|png_file)\.h", "zlib"),
    (r"CLI/", r"lessons/backstep/(command_line|main|train_options)\.cpp|tests/bench/\w+\.cpp", "CLI11"),
]
TOP_LEVEL = {
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "engine", "lessons", "meson.build",
    "meson_options.txt", "tests", "viz",
}
FORBIDDEN_FLAGS = [  # in a meson.build, but for the hand-written peers that the engine is measured against
    (r"-ffast-math|-Ofast", "no fast-math: results would differ between compilers"),
    (r"-march=native", "no -march=native: what is built must run elsewhere"),
]
FORBIDDEN_TEXT = [
    (r"\b(TODO|FIXME|XXX)\b", "no unfinished work in the tree"),
    (r"(?<![\w.$}])/(home|root|Users|work)/\w", "no path of one person's machine"),
    (r"using namespace std\s*;", "names of the standard library are written out"),
]
OUTSIDE = "tests/install/outside/"  # somebody else's project, as far as the rules are concerned
SOURCES = (".h", ".cpp", ".def")
LINE_LENGTH = 110
BOUNDED = (".h", ".cpp", ".js", ".css")  # not .def, a table: one row, one line


def room(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "engine" and len(parts) > 2 else parts[0]


def reachable(start):
    seen, waiting = {start}, list(ARROWS.get(start, []))
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += ARROWS[name]
    return seen


def text_files(root):
    """Relative path -> text, of every file that is ours: no dot folders but .ci, no build folders."""
    found = {}
    for folder, folders, names in os.walk(root):
        here = os.path.relpath(folder, root)
        if here == ".":
            folders[:] = [f for f in folders if f == ".ci" or not f.startswith((".", "build", "subprojects"))]
        folders[:] = sorted(f for f in folders if f != "__pycache__")
        for name in sorted(set(names) - {".git"}):  # in a worktree that is a file, which says where the rest is
            path = os.path.normpath(os.path.join(here, name))
            try:
                with open(os.path.join(root, path), encoding="utf-8") as file:
                    found[path] = file.read()
            except UnicodeDecodeError:
                pass  # a picture
    return found


def broken_includes(path, lines, files):
    for number, line in enumerate(lines, 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not match:
            continue
        quote, target = match.groups()
        where = f"{path}:{number}: "
        for pattern, door, library in DOORS:
            if re.match(pattern, target) and not re.fullmatch(door, path):
                yield where + f"{library} is included only by {door}"
        ours = target.split("/")[0] in ("engine", "viz", "lessons", "tests")
        if quote == "<" and ours:
            yield where + f"our own headers are included with quotes: {target}"
        if quote == '"' and not target.startswith("hwy/"):
            if target not in files:
                yield where + f"includes start at the project's root, and there is no {target} there"
            elif room(target) not in reachable(room(path)) and (path, target) not in EXCEPTIONS:
                yield where + f"{room(path)} must not include {room(target)} ({target})"


def broken_opening(path, lines, files):
    precompiled = path.startswith("tests/pch/")  # nobody includes these; GCC would warn of the line
    if path.endswith(".h") and "#pragma once" not in lines and not precompiled:
        yield f"{path}:1: a header says #pragma once"
    # graph.cpp and graph_test.cpp are explained by graph.h.
    name = re.sub(r"(_test)?\.cpp$", ".h", path)
    has_header = name != path and (name in files or name.replace("tests/", "engine/", 1) in files
                                   or name.replace("tests/", "", 1) in files)
    if not has_header and not (lines and lines[0].startswith("// ")):
        yield f"{path}:1: a file opens by saying what it is for"


def broken_lists(files):
    build_files = {path: text for path, text in files.items() if os.path.basename(path) == "meson.build"}
    everything = "\n".join(build_files.values())
    lessons = "\n".join(text for path, text in files.items() if path.startswith("lessons/"))
    for path in files:
        stem, extension = os.path.splitext(os.path.basename(path))
        # A header that a lesson teaches is one that a reader will want to use: it must be installed.
        for_readers = room(path) not in ("lessons", "tests") and f'#include "{path}"' in lessons
        if path.startswith(OUTSIDE) or not (extension == ".cpp" or for_readers):
            continue
        if not re.search(rf"['/]{re.escape(stem)}({re.escape(extension)})?'", everything):
            yield f"{path}:1: no meson.build names this file"
    for path, text in build_files.items():
        previous = None
        for number, line in enumerate(text.split("\n"), 1):
            match = re.fullmatch(r"\s*'([\w/.]+\.(?:cpp|h|def))',", line)
            if match and previous and match.group(1) < previous:
                yield f"{path}:{number}: the list is not sorted: {match.group(1)} stands after {previous}"
            previous = match.group(1) if match else None


def broken_rules(root):
    files = text_files(root)
    for name in sorted(os.listdir(root)):
        if name not in TOP_LEVEL and not name.startswith((".", "build", "subprojects")):
            yield f"{name}:1: does not belong at the top level"
    for path, text in files.items():
        lines = text.split("\n")
        if path.endswith(SOURCES) and not path.startswith(OUTSIDE):
            yield from broken_includes(path, lines, files)
            yield from broken_opening(path, lines, files)
        if path.endswith(BOUNDED) and not path.startswith(OUTSIDE):
            for number, line in enumerate(lines, 1):
                if len(line) > LINE_LENGTH:
                    yield f"{path}:{number}: {len(line)} columns; lines end by column {LINE_LENGTH}"
        forbidden = []
        if os.path.basename(path) == "meson.build" and not path.startswith("tests/bench/"):
            forbidden = forbidden + FORBIDDEN_FLAGS
        if not path.startswith("tests/house/"):  # which spells out what it forbids
            forbidden = forbidden + FORBIDDEN_TEXT
        for number, line in enumerate(lines, 1):
            for pattern, reason in forbidden:
                if re.search(pattern, line):
                    yield f"{path}:{number}: {reason}"
    yield from broken_lists(files)


if __name__ == "__main__":
    findings = list(broken_rules(sys.argv[1]))
    print("\n".join(findings), end="\n" if findings else "")
    sys.exit(1 if findings else 0)
