#include "viz/compare.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <unordered_map>

#include "engine/worksheet/digits.h"

namespace bp {

namespace {

constexpr double same_within = 1e-12;  // of the larger: some thousand roundings

bool differ(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return false;
  if (!std::isfinite(a) || !std::isfinite(b)) return true;
  return std::abs(a - b) > same_within * std::max(std::abs(a), std::abs(b));
}

bool grads_differ(Value a, Value b) {
  if (a.has_grad() != b.has_grad()) return true;
  return a.has_grad() && differ(a.grad(), b.grad());
}

// The last value of each name, by the name.
std::map<std::string, Value, std::less<>> named_values(Graph& graph) {
  std::map<std::string, Value, std::less<>> values;
  for (const Value v : graph) {
    if (!v.name().empty()) values[std::string(v.name())] = v;
  }
  return values;
}

// The names of the one that the other has not, in the order of the tape.
std::vector<std::string> only_in(const std::map<std::string, Value, std::less<>>& one,
                                 const std::map<std::string, Value, std::less<>>& other) {
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const auto& [name, value] : one) {
    if (!other.contains(name)) found.emplace_back(value.index(), name);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> names;
  for (auto& [place, name] : found) names.push_back(std::move(name));
  return names;
}

std::optional<std::size_t> beginning(const std::vector<Compared>& both) {
  for (std::size_t i = 0; i < both.size(); ++i) {
    if (both[i].data_differs) return i;
  }
  for (std::size_t i = both.size(); i-- > 0;) {
    if (both[i].grad_differs) return i;
  }
  return std::nullopt;
}

}  // namespace

std::size_t Comparison::differing() const {
  return static_cast<std::size_t>(std::count_if(
      both.begin(), both.end(), [](const Compared& one) { return one.data_differs || one.grad_differs; }));
}

Comparison compare(Graph& left, Graph& right) {
  const auto of_left = named_values(left), of_right = named_values(right);
  Comparison comparison;
  for (const auto& [name, value] : of_left) {
    const auto found = of_right.find(name);
    if (found == of_right.end()) continue;
    const Value other = found->second;
    comparison.both.push_back(
        {name, value, other, differ(value.data(), other.data()), grads_differ(value, other)});
  }
  std::sort(comparison.both.begin(), comparison.both.end(),
            [](const Compared& a, const Compared& b) { return a.left.index() < b.left.index(); });
  comparison.begins = beginning(comparison.both);
  comparison.only_left = only_in(of_left, of_right);
  comparison.only_right = only_in(of_right, of_left);
  return comparison;
}

std::pair<std::string, std::string> shown_apart(double left, double right, int digits) {
  for (;; ++digits) {
    std::pair shown(shown_number(left, digits), shown_number(right, digits));
    if (shown.first != shown.second || digits >= 17) return shown;
  }
}

void show_beside(Picture& picture, const Comparison& comparison) {
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < picture.boxes.size(); ++i) places[picture.boxes[i].id] = i;
  for (Picture::Box& box : picture.boxes) box.only_here = !box.name.empty();
  for (std::size_t i = 0; i < comparison.both.size(); ++i) {
    const Compared& one = comparison.both[i];
    const auto place = places.find("n" + std::to_string(one.left.index()));
    if (place == places.end()) continue;
    Picture::Box& box = picture.boxes[place->second];
    box.only_here = false;
    Picture::Other other{one.right.data(), std::nullopt, one.data_differs, one.grad_differs,
                         comparison.begins == i};
    if (one.right.has_grad()) other.grad = one.right.grad();
    box.other = other;
  }
}

}  // namespace bp
