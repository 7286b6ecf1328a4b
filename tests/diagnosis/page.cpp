#include "tests/diagnosis/page.h"

#include <cstdio>
#include <stdexcept>

namespace bp::test {

double Page::note(Numbers& where, const std::string& target, double number) {
  const auto other = put_.find(target);
  if (other != put_.end()) number = other->second;
  where.emplace_back(target, number);
  if (!known_.emplace(target, number).second) throw std::logic_error(target + " is worked out twice");
  return number;
}

double Page::leaf(const std::string& name, double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.15g", number);
  text_ += name + " = " + text + "\n";
  leaves_.push_back(name);
  return note(values_, name, number);
}

double Page::line(const std::string& name, const std::string& formula, double number) {
  text_ += name + " = " + formula + "\n";
  return note(values_, name, number);
}

void Page::loss(const std::string& name) {
  loss_ = name;
  statement("loss " + name);
}

double Page::grad(const std::string& name, double number) {
  return note(gradients_, "d" + loss_ + "/d" + name, number);
}

double Page::stepped(const std::string& name, double number) { return note(steps_, name + "'", number); }

std::optional<double> Page::find(const std::string& target) const {
  const auto found = known_.find(target);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace bp::test
