// Calculations other than networks: quotients, powers, chains of functions, and expressions in which a
// value is used several times. Each is worked out forward and backward on a page, line by line as on paper.
#pragma once

#include <span>

#include "engine/data/random.h"
#include "tests/diagnosis/decimals.h"
#include "tests/diagnosis/page.h"
#include "tests/diagnosis/rules.h"

namespace bp::test {

/// One calculation: it draws its given numbers and fills the page by the learner's rules.
struct Expression {
  const char* name;
  void (*work)(Random& random, Page& page, Rules& rules);
};

/// Quotients and powers.
std::span<const Expression> quotients();

/// Chains of functions of one variable.
std::span<const Expression> chains();

/// Expressions in which values are used more than once.
std::span<const Expression> shared_uses();

}  // namespace bp::test
