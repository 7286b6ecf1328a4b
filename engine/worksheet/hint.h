// What the ratio of a wrong number to the true one gives away.
//
// Many mistakes of the hand multiply a gradient by a telling number: 2 where the 1/2 of a half squared error
// was lost, -1 where (target - output) stands for (output - target), n where a sum stands for a mean. Whether
// a ratio is such a number is decided to the digits that were written, and only where they are enough.
#pragma once

#include <string>

#include "engine/worksheet/digits.h"

namespace bp {

enum class Quantity { value, gradient };

/// A sentence on how `claimed` may have come about, for a claim that is wrong; empty when the ratio says
/// nothing.
///
/// Telling:   -1, 2, 1/2 and -2, -1/2 when the claim has two digits or more; n and 1/n for n up to 1000 when
///            it is known to a twentieth of the distance to the next such number; 0; and almost 1.
std::string ratio_hint(const Written_number& claimed, double truth, Quantity quantity);

}  // namespace bp
