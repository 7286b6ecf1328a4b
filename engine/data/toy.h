// Small data sets in the plane, for lessons: some that a straight line separates, and some that none can.
//
// All have two classes. Coordinates are plain numbers without a unit, of size about 1.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/data/random.h"

namespace bp {

/// Points and the class of each: inputs[n] and labels[n] belong together.
///
/// Shapes:  inputs N x I, row by row; labels N, each 0 or 1. For targets of -1 and +1 take 2*label - 1.
struct Labelled_points {
  std::vector<std::vector<double>> inputs;
  std::vector<int> labels;

  std::size_t size() const { return labels.size(); }
};

/// Exclusive or: 00, 01, 10, 11 with the labels 0, 1, 1, 0. No line separates them.
Labelled_points exclusive_or();

/// The seven rows of three inputs of a widely copied perceptron tutorial; a plane separates them.
///
/// 010 001 100 110 111 011 010 with the labels 1 0 0 1 1 0 1. The row 010 is there twice, first and last, and
/// weighs double in a sum over rows; 000 and 101 are missing.
Labelled_points perceptron_table();

// The sets below have n points, half of each class, the n/2 of class 0 first, in the order of their angle.
// Then each coordinate is moved by a number drawn from a normal distribution of standard deviation `noise`:
// point by point, the first coordinate before the second. Noise 0 draws nothing. The same n, noise and state
// of the generator give the same points (but for the last bit of the library's sin and cos).
//
// Throws:  std::invalid_argument unless n is even and at least 2, and noise is finite and >= 0.

/// Two half circles of radius 1 that reach into each other.
///
/// Class 0: the upper half round (0, 0), (cos t, sin t); class 1: the lower half round (1, 1/2),
/// (1 - cos t, 1/2 - sin t); t in equal steps from 0 to pi, both ends included.
Labelled_points two_moons(std::size_t n, double noise, Random& random);

/// Two circles round (0, 0): class 0 of radius 1, class 1 of radius `inner`; angles in equal steps
/// from 0 to just below 2 pi.
///
/// Throws:  also unless 0 < inner < 1.
Labelled_points circles(std::size_t n, double noise, Random& random, double inner = 0.5);

/// Two arms that wind out of (0, 0) together, half a turn apart.
///
/// At radius r class 0 stands at the angle 2 pi turns r, class 1 half a turn further. The radii are 1/m, 2/m,
/// ..., 1 with m = n/2: neither arm has a point at the centre, where the two would be the same.
///
/// Throws:  also unless turns is finite and > 0.
Labelled_points spirals(std::size_t n, double noise, Random& random, double turns = 1.5);

}  // namespace bp
