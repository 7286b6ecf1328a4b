// The nearest name, and how near it is.
#include "engine/worksheet/names.h"

#include <algorithm>
#include <string>
#include <vector>

#include "engine/data/random.h"
#include "tests/support/catch2.h"

using bp::worksheet::edit_distance;
using bp::worksheet::Nearest_name;

namespace {

constexpr std::size_t far = 100;

std::string hint(const std::string& wanted, const std::vector<std::string>& names) {
  Nearest_name nearest(wanted);
  for (const std::string& name : names) nearest.consider(name);
  return nearest.hint();
}

// The same by its definition, with the whole table: the last letters stay, go, come, or are swapped.
std::size_t plain_distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        table[i][j] = i + j;
        continue;
      }
      table[i][j] = std::min(
          {table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
      }
    }
  }
  return table[a.size()][b.size()];
}

}  // namespace

TEST_CASE("a letter put in, left out, changed, or two swapped are one step each", "[names]") {
  CHECK(edit_distance("out_h1", "out_h1", far) == 0);
  CHECK(edit_distance("outh1", "out_h1", far) == 1);
  CHECK(edit_distance("out__h1", "out_h1", far) == 1);
  CHECK(edit_distance("out_h2", "out_h1", far) == 1);
  CHECK(edit_distance("otu_h1", "out_h1", far) == 1);
  CHECK(edit_distance("kitten", "sitting", far) == 3);
  CHECK(edit_distance("", "abc", far) == 3);
  CHECK(edit_distance("abc", "", far) == 3);
}

TEST_CASE("whatever is as far as the limit counts as the limit", "[names]") {
  CHECK(edit_distance("kitten", "sitting", 3) == 3);
  CHECK(edit_distance("kitten", "sitting", 2) == 2);
  CHECK(edit_distance("a", std::string(64, 'a'), far) == 63);
  CHECK(edit_distance("a", std::string(65, 'a'), far) == far);
}

TEST_CASE("the distance is that of the whole table, for random words", "[names]") {
  bp::Random random(7);
  for (int round = 0; round < 2'000; ++round) {
    std::string a, b;
    for (std::uint64_t left = random.below(9); left > 0; --left) a += "ab_"[random.below(3)];
    for (std::uint64_t left = random.below(9); left > 0; --left) b += "ab_"[random.below(3)];
    CAPTURE(a, b);

    REQUIRE(edit_distance(a, b, far) == plain_distance(a, b));
    REQUIRE(edit_distance(a, b, 3) == std::min<std::size_t>(3, plain_distance(a, b)));
  }
}

TEST_CASE("the nearest name is offered, the first of equals, and none that is far", "[names]") {
  CHECK(hint("outh1", {"net_h1", "out_h1", "out_h2"}) == "; did you mean `out_h1`?");
  CHECK(hint("w9", {"w1", "w2"}) == "; did you mean `w1`?");
  CHECK(hint("W1", {"x", "w1"}) == "; did you mean `w1`?");
  CHECK(hint("temperature", {"w1", "net_h1", "E"}).empty());
  CHECK(hint("x", {}).empty());
  CHECK(hint("q", {"x"}).empty());
}

TEST_CASE("names of more than 64 bytes are not compared", "[names]") {
  const std::string longest(64, 'n');

  CHECK(hint(longest, {longest + "n"}).empty());
  CHECK(hint(longest + "n", {longest}).empty());
  CHECK(hint(longest, {longest.substr(1)}) == "; did you mean `" + longest.substr(1) + "`?");
}
