// The works written out by hand, with no graph: the value is returned, the gradient written.
//
// Compiled alone with -O3 -march=native -DNDEBUG: the limit that a library is held against. Plain pointers,
// so that no inline function compiled with these flags can be merged into another file's code.
#pragma once

namespace bp::bench {

struct Moons;

/// Shapes:  parameter and gradient both have 337 elements, in the order of Moons::parameter.
double hand_moons(const Moons& data, const double* parameter, double* gradient);

/// Shapes:  gradient has 1 element.
double hand_chain(double start, double* gradient);

/// Shapes:  w, x, dw and dx all have wide_length elements.
double hand_wide_sum(const double* w, const double* x, double* dw, double* dx);

/// Shapes:  gradient has 1 element.
double hand_deep(double start, double* gradient);

}  // namespace bp::bench
