#include "tests/diagnosis/rivals.h"

#include <cmath>
#include <set>

#include "tests/diagnosis/claims.h"
#include "tests/diagnosis/decimals.h"

namespace bp::test {
namespace {

constexpr int draws = 12;  // no mistake has more than ten ways

int digits_of(const std::string& written) {
  int digits = 0;
  for (const char c : written.substr(0, written.find('e')))
    digits += (c > '0' && c <= '9') || (c == '0' && digits);
  return digits;
}

}  // namespace

Rivals::Rivals(const Exercise& exercise) : right_(exercise.problem.solved()) {
  Random random(1);
  for (const std::string& id : single_mistakes()) {
    for (int i = 0; i < draws; ++i) {
      Slips slips;
      add_slip(slips, id, random);
      pages_.emplace_back(id, exercise.problem.solved(slips));
    }
  }
}

std::vector<std::string> Rivals::of(const Written& written) const {
  const int digits = digits_of(written.written);
  std::set<std::string> ids(written.mistakes.begin(), written.mistakes.end());
  for (const auto& [id, page] : pages_) {
    const std::optional<double> number = page.find(written.target);
    if (number && same_digits(written.claimed, *number, digits)) ids.insert(id);
  }
  if (is_gradient(written.target)) {
    const std::optional<double> value = right_.find(by_what(written.target));
    if (value && same_digits(written.claimed, *value, digits)) ids.insert("value-for-gradient");
  }
  return {ids.begin(), ids.end()};
}

}  // namespace bp::test
