#include "engine/worksheet/typeset.h"

#include "tests/support/catch2.h"

using bp::worksheet::broken;
using bp::worksheet::Piece;

using Lines = std::vector<std::string>;

TEST_CASE("what fits stays on one line", "[typeset]") {
  CHECK(broken({{"a", 1, 0}, {" + b", 4, 0}}, 5, 5) == Lines{"a + b"});
}

TEST_CASE("a line ends where the formula is shallowest, the latest of such places", "[typeset]") {
  const std::vector<Piece> pieces = {
      {"(aa", 3, 0}, {" * bb)", 6, 3}, {" + cc", 5, 0}, {" * dd", 5, 1}, {" * ee", 5, 1}};

  CHECK(broken(pieces, 20, 20) == Lines{"(aa * bb)", "+ cc * dd * ee"});
}

TEST_CASE("a line does not end early when it could be well filled", "[typeset]") {
  const std::vector<Piece> pieces = {
      {"a", 1, 0}, {" + (b", 5, 0}, {" * c", 4, 3}, {" * d", 4, 3}, {" * e)", 5, 3}};

  CHECK(broken(pieces, 15, 15) == Lines{"a + (b * c * d", "* e)"});
}

TEST_CASE("the first line may be narrower than the others", "[typeset]") {
  const std::vector<Piece> pieces = {{"aa", 2, 0}, {" + bb", 5, 0}, {" + cc", 5, 0}};

  CHECK(broken(pieces, 4, 10) == Lines{"aa", "+ bb + cc"});
}

TEST_CASE("a piece that is too broad has a line for itself", "[typeset]") {
  const std::vector<Piece> pieces = {{"a", 1, 0}, {" + bbbbbbbbb", 12, 0}, {" + c", 4, 0}};

  CHECK(broken(pieces, 5, 5) == Lines{"a", "+ bbbbbbbbb", "+ c"});
}
