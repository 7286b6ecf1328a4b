// Errors carried forward: is a wrong number what follows from an earlier one that the same person got wrong?
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "engine/worksheet/search.h"

namespace bp::worksheet {

struct Carried {
  std::vector<std::size_t>
      from;  ///< the claims that it follows from; all those before it when there are many
  double predicted = 0.0;
  bool rounded = false;  ///< not from a wrong number, but from the rounded ones that were claimed
};

/// For each question: whether its number follows, by the right method, from the numbers claimed before it.
/// Only for those whose verdict is wrong.
std::vector<std::optional<Carried>> carried_forward(const Search& search,
                                                    std::span<const Question> questions);

}  // namespace bp::worksheet
