// What every test includes, compiled once for each program of tests where meson is told -Db_pch=true: in
// .ci/run's build with Clang. No file includes this one.
#include "tests/support/catch2.h"
