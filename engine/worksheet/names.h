// The nearest name to one that there is not: what was probably meant.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bp::worksheet {

/// Among the names that it is shown, the one that was probably meant: one that differs in capitals alone,
/// else the nearest within a third of its letters, the first of equals. A single letter is near to its
/// capital only. Only names of similar length and of up to 64 bytes are compared.
class Nearest_name {
 public:
  explicit Nearest_name(std::string_view wanted);
  void consider(std::string_view name);
  /// "; did you mean `out_h1`?", or nothing.
  std::string hint() const;

 private:
  std::string wanted_, nearest_;
  std::size_t distance_;  // beyond which no name is near: twice the steps, and 1 for capitals alone
};

/// Whether a leaf of that name is a weight or a bias unless somebody says otherwise: it begins with w or b.
inline bool is_parameter_name(std::string_view name) {
  return name.starts_with('w') || name.starts_with('b');
}

/// In how many steps one becomes the other: a byte put in, left out or changed, or two neighbours swapped.
/// Anything from `limit` on counts as limit.
///
/// Shapes:    b has up to 64 bytes; else the answer is limit.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace bp::worksheet
