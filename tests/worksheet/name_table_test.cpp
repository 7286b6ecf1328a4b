#include "engine/worksheet/name_table.h"

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch2.h"

using bp::worksheet::Name_table;

namespace {

struct Listed_names {
  std::vector<std::string> names;
  Name_table table;

  void add(const std::string& name) {
    table.add(name, names.size(), [&](std::size_t i) -> std::string_view { return names[i]; });
    names.push_back(name);
  }
  std::optional<std::size_t> find(std::string_view name) const {
    return table.find(name, [&](std::size_t i) -> std::string_view { return names[i]; });
  }
};

}  // namespace

TEST_CASE("a table of no names finds none", "[names]") {
  CHECK_FALSE(Listed_names().find("x").has_value());
  CHECK_FALSE(Listed_names().find("").has_value());
}

TEST_CASE("every name is found at its place, and no other name, however many there are", "[names]") {
  Listed_names listed;
  for (int i = 0; i < 10'000; ++i) {
    listed.add("w" + std::to_string(i));
    REQUIRE(listed.find("w" + std::to_string(i / 2)) == static_cast<std::size_t>(i / 2));
  }

  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(listed.find("w" + std::to_string(i)) == static_cast<std::size_t>(i));
    REQUIRE_FALSE(listed.find("b" + std::to_string(i)).has_value());
  }
  CHECK_FALSE(listed.find("w10000").has_value());
  CHECK_FALSE(listed.find("w").has_value());
}
