// A calculation that can be worked out again and again: rightly, with slips, or with one number changed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/data/random.h"
#include "tests/diagnosis/page.h"
#include "tests/diagnosis/slips.h"

namespace bp::test {

struct Problem {
  std::string family;
  std::function<void(Page& page, const Slips& slips)> work;

  Page solved(const Slips& slips = {}) const {
    Page page;
    work(page, slips);
    return page;
  }
};

/// A network or, as often, one of the other calculations.
Problem random_problem(Random& random);

Problem network_problem(Random& random);
Problem expression_problem(Random& random);

/// Every one of the other calculations once, with numbers drawn from that seed.
std::vector<Problem> all_expressions(std::uint64_t seed);

}  // namespace bp::test
