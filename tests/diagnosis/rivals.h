// Could another mistake have made this very number?
//
// Where two programs with different mistakes make the same digits, no diagnosis can tell them apart by that
// number. How often this happens bounds from above how often the true mistake can stand alone.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/diagnosis/exercise.h"

namespace bp::test {

class Rivals {
 public:
  /// Works the exercise out with every single mistake, in all the ways that a number of draws finds.
  explicit Rivals(const Exercise& exercise);

  /// The ids of the mistakes that make this number, in its digits; the true one among them.
  std::vector<std::string> of(const Written& written) const;

 private:
  Page right_;
  std::vector<std::pair<std::string, Page>> pages_;
};

}  // namespace bp::test
