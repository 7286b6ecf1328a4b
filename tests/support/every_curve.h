// For tests that go through all activations of the batch engine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/vector/layer.h"

namespace bp::test {

/// All that have a name: one that is added to the engine is tested without being listed here.
inline std::vector<batch::Curve> every_curve() {
  std::vector<batch::Curve> all;
  for (std::uint8_t number = 0;; ++number) {
    const auto curve = static_cast<batch::Curve>(number);
    if (batch::name_of(curve) == std::string("?")) return all;
    all.push_back(curve);
  }
}

}  // namespace bp::test
