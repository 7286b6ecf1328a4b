"""Breaks each rule of rules.py in a small tree of its own and looks whether it is noticed; prints a line for each.

A rule that nothing can break would pass every checkout.
"""
import os
import sys
import tempfile

from rules import broken_rules

# A tree in which everything is right, and which has everything that a broken file below might include.
GOOD = {
    "meson.build": "  'a.cpp',\n  'b.cpp',\n'kernels_simd.cpp' 'kernels.h' 'graph.h' 'random.h' 'digits.h' 'dot.h' 'save.h'"
                   " 'dot.cpp' 'dot_test.cpp' 'main' '04_backward' 'broken.h' 'broken.cpp' 'op.h'\n",
    "LICENSE": "as is\n",
    ".git": "gitdir: /home/ada/project/.git/worktrees/one\n",
    "build/left_over.cpp": "#include <hwy/highway.h>\n",
    "engine/data/random.h": "// Random numbers.\n#pragma once\n#include <vector>\n",
    "engine/model/save.h": '// Saving.\n#pragma once\n#include "engine/vector/kernels.h"\n',
    "engine/scalar/graph.h": '// The tape.\n#pragma once\n#include "engine/data/random.h"\n',
    "engine/scalar/op.h": '// Operations.\n#pragma once\n#include "tests/mutants/mutants.h"\n',
    "engine/vector/kernels.h": '// Kernels.\n#pragma once\n#include "engine/data/random.h"\n',
    "engine/vector/kernels_simd.cpp": '// Fast kernels.\n#include "hwy/highway.h"\n#include <hwy/foreach_target.h>\n',
    "engine/worksheet/digits.h": '// Digits.\n#pragma once\n#include "engine/scalar/graph.h"\n#include "engine/data/random.h"\n',
    "engine/data/private.h": "// Nobody else's business.\n#pragma once\n",
    "lessons/04_backward.cpp": '// Lesson 4: backward\n#include "viz/dot.h"\n#include "engine/scalar/graph.h"\n',
    "lessons/backstep/main.cpp": "// The program.\n#include <CLI/CLI.hpp>\n",
    "tests/mutants/mutants.h": "// Which rule is broken.\n#pragma once\n",
    "tests/support/catch2.h": "// Catch2.\n#pragma once\n#include <catch2/catch.hpp>\n",
    "tests/viz/dot_test.cpp": '#include "viz/dot.h"\n',
    "viz/dot.cpp": '#include "viz/dot.h"\n#include <graphviz/gvc.h>\n',
    "viz/dot.h": '// Pictures.\n#pragma once\n#include "engine/scalar/graph.h"\n',
}
HEADER = "// A broken file.\n#pragma once\n"

# claim, file, its text, and a part of what must be said about it
BROKEN = [
    ("scalar may not include vector", "engine/scalar/broken.h", HEADER + '#include "engine/vector/kernels.h"\n',
     "scalar must not include vector"),
    ("vector may not include scalar", "engine/vector/broken.h", HEADER + '#  include  "engine/scalar/graph.h"\n',
     "vector must not include scalar"),
    ("data may include nothing of ours", "engine/data/broken.h", HEADER + '#include "engine/scalar/graph.h"\n',
     "data must not include scalar"),
    ("scalar may not include worksheet", "engine/scalar/broken.h", HEADER + '#include "engine/worksheet/digits.h"\n',
     "scalar must not include worksheet"),
    ("worksheet may not include vector", "engine/worksheet/broken.h", HEADER + '#include "engine/vector/kernels.h"\n',
     "worksheet must not include vector"),
    ("model may not include scalar", "engine/model/broken.h", HEADER + '#include "engine/scalar/graph.h"\n',
     "model must not include scalar"),
    ("the engine may not include viz", "engine/scalar/broken.h", HEADER + '#include "viz/dot.h"\n',
     "scalar must not include viz"),
    ("viz may not include a lesson", "viz/broken.h", HEADER + '#include "lessons/04_backward.cpp"\n',
     "viz must not include lessons"),
    ("a lesson may not include a test", "lessons/broken.cpp", HEADER + '#include "tests/support/catch2.h"\n',
     "lessons must not include tests"),
    ("only op.h may include the mutants", "engine/scalar/broken.h", HEADER + '#include "tests/mutants/mutants.h"\n',
     "scalar must not include tests"),
    ("only kernels_simd*.cpp may include Highway", "engine/vector/broken.h", HEADER + "#include <hwy/highway.h>\n",
     "Highway is included only by"),
    ("only viz may include Graphviz", "lessons/broken.cpp", HEADER + "#include <gvc.h>\n",
     "Graphviz is included only by"),
    ("no header of the engine may include zlib", "engine/data/broken.h", HEADER + "#include <zlib.h>\n",
     "zlib is included only by"),
    ("only the readers of JSON may include nlohmann-json", "engine/model/broken.h",
     HEADER + "#include <nlohmann/json.hpp>\n", "nlohmann-json is included only by"),
    ("no header of the engine may include libpng", "engine/data/broken.h", HEADER + "#include <png.h>\n",
     "libpng is included only by"),
    ("only the support folder may include Catch2", "tests/broken.cpp", HEADER + "#include <catch2/catch.hpp>\n",
     "Catch2 is included only by"),
    ("includes start at the root", "engine/scalar/broken.h", HEADER + '#include "graph.h"\n',
     "there is no graph.h there"),
    ("our own headers are quoted", "engine/scalar/broken.h", HEADER + "#include <engine/scalar/graph.h>\n",
     "with quotes"),
    ("a header needs #pragma once", "viz/broken.h", "// A header.\n", "#pragma once"),
    ("a file opens with a comment", "viz/broken.h", "#pragma once\n", "what it is for"),
    ("lines end by column 110", "viz/broken.h", HEADER + "// " + "x" * 108 + "\n", "111 columns"),
    ("lines of scripts end there, too", "viz/web/broken.js", "// " + "x" * 108 + "\n", "111 columns"),
    ("and lines of style sheets", "viz/web/broken.css", "/* " + "x" * 105 + " */\n", "111 columns"),
    ("a source is named in a meson.build", "engine/scalar/lost.cpp", "// Lost.\n", "no meson.build names"),
    ("a header that a lesson includes is named in a meson.build", "engine/data/lost.h", HEADER,
     "no meson.build names"),
    ("lists of sources are sorted", "viz/meson.build", "  'b.cpp',\n  'a.cpp',\n", "not sorted"),
    ("the top level holds what it should", "notes.txt", "hello\n", "top level"),
    ("fast-math is noticed", "viz/meson.build", "args = ['-ffast-math']\n", "no fast-math"),
    ("a build for one machine is noticed", "viz/meson.build", "args = ['-march=native']\n", "no -march"),
    ("unfinished work is noticed", "viz/broken.h", HEADER + "// TODO: draw\n", "unfinished"),
    ("a path of one machine is noticed", "viz/broken.h", HEADER + '// see "/home/ada/notes"\n', "no path of"),
]


LESSON_OF_A_LOST_HEADER = '// Lesson 5: lost\n#include "engine/data/lost.h"\n'


def findings(files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return list(broken_rules(root))


def main():
    clean = findings(GOOD)
    print(("not ok" if clean else "ok") + " the rules find nothing wrong in a right tree")
    print("".join(f"    {line}\n" for line in clean), end="")
    failed = bool(clean)
    for claim, path, text, expected in BROKEN:
        files = {**GOOD, path: text}
        if path.endswith("lost.h"):
            files["lessons/main.cpp"] = LESSON_OF_A_LOST_HEADER
        found = findings(files)
        noticed = len(found) == 1 and found[0].startswith(path + ":") and expected in found[0]
        print(("ok" if noticed else "not ok") + f" the rules notice: {claim}")
        if not noticed:
            print(f"    found instead: {found}")
        failed = failed or not noticed
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
