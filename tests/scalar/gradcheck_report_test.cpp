#include "engine/scalar/gradcheck_report.h"

#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/catch2.h"
#include "tests/support/operations.h"

using namespace bp;
using bp::test::contains_text;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// Characters of UTF-8: the bytes that do not go on with one.
std::size_t width(const std::string& line) {
  std::size_t count = 0;
  for (char byte : line) count += (byte & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("the report is a table with the verdict on top", "[gradcheck]") {
  Graph graph;
  const Value x = graph.leaf(3.0, "x"), y = graph.leaf(0.0, "y"), root = x * x + relu(y);

  const std::string text = to_string(gradcheck_claims(root, std::array{x, y}, std::array{12.0, 0.0}));

  CHECK(text ==
        "gradient check: failed: x: the claim says 12, forward mode 6, the central\n"
        "difference 6. The ratio to forward mode is 2.\n"
        "input              at      backward  forward mode central diff.\n"
        "x                   3            12             6             6  WRONG\n"
        "y                   0             0             0             -  ok, kink\n");
}

TEST_CASE("no line of the report is longer than 77 columns, whatever the names", "[gradcheck]") {
  Graph graph;
  const Value plain = graph.leaf(-1.234567891e-200, std::string(300, 'n'));
  const Value greek = graph.leaf(-3.25e+120, "αβγδεζηθικλμνξοπρστυφχψω");
  const Value hostile = graph.leaf(2.0, "a\nb\tc");
  const Value root = relu(plain * greek * 0.0).named(std::string(200, 'h')) * hostile + greek * -1.25e-130;

  const std::string text = to_string(gradcheck(root, {plain, greek, hostile}));

  INFO(text);
  for (const std::string& line : lines_of(text)) CHECK(width(line) <= 77);
  CHECK_THAT(text, contains_text("αβγδεζηθικ~ "));
  CHECK_THAT(text, contains_text("nnnnnnnnnn~ "));
  CHECK_THAT(text, contains_text("\na b c "));
}

TEST_CASE("a long report shows the 20 worst and says how many it left out", "[gradcheck]") {
  Graph graph;
  std::vector<Value> x;
  std::vector<double> claims;
  for (int i = 0; i < 50; ++i) {
    x.push_back(graph.leaf(0.1 * i + 0.05, "w" + std::to_string(i)));
    claims.push_back(2.0 * x.back().data());
  }
  const Value y = dot(x, x);
  claims[33] = -claims[33];

  const std::string text = to_string(gradcheck_claims(y, x, claims));

  const std::vector<std::string> lines = lines_of(text);
  CHECK_THAT(text, contains_text("\nw33 "));
  CHECK(lines.back() == "and 30 more, none of them worse");
  std::size_t rows = 0;
  for (const std::string& line : lines) rows += line.rfind("w", 0) == 0 ? 1 : 0;
  CHECK(rows == 20);
}

TEST_CASE("each verdict has a name", "[gradcheck]") {
  CHECK(std::string(to_string(Gradcheck_verdict::passed)) == "passed");
  CHECK(std::string(to_string(Gradcheck_verdict::failed)) == "failed");
  CHECK(std::string(to_string(Gradcheck_verdict::kink_crossed)) == "kink crossed");
  CHECK(std::string(to_string(Gradcheck_verdict::proved_nothing)) == "proved nothing");
}
