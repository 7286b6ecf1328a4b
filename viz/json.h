// Numbers and lists as JSON has them.
#pragma once

#include <cmath>
#include <string>

#include "engine/model/json_text.h"
#include "engine/worksheet/digits.h"

namespace bp {

/// The shortest digits that read back as the same number; what is not finite as text, since JSON has no word
/// for it.
inline std::string json_number(double number) {
  const std::string text = shortest(number);
  return std::isfinite(number) ? text : json_text(text);
}

/// A list of items, each of which is JSON already.
class Json_list {
 public:
  void add(const std::string& item) { text_ += (text_.empty() ? "" : ",") + item; }
  std::string text() const { return "[" + text_ + "]"; }

 private:
  std::string text_;
};

/// The same of a range, each item of which `as_json` makes JSON of.
template <class Range, class As_json>
std::string json_list(const Range& range, As_json as_json) {
  Json_list list;
  for (const auto& item : range) list.add(as_json(item));
  return list.text();
}

}  // namespace bp
