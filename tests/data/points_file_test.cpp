#include "engine/data/points_file.h"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/data/file.h"
#include "engine/data/file_error.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"

using bp::parse_points, bp::Points_file, bp::standardize, bp::Standardized;
using bp::test::complaint, bp::test::contains_text, bp::test::Place;

namespace {

using Inputs = std::vector<std::vector<double>>;

// What is said of a file of this text, after its name; "" when it is taken.
std::string refusal(const std::string& text) {
  try {
    parse_points(text, "'it'");
    return "";
  } catch (const bp::Bad_file& error) {
    const std::string said = error.what();
    return said.rfind("'it': ", 0) == 0 ? said.substr(6) : "no name: " + said;
  }
}

std::string points(std::size_t n) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += std::to_string(i) + ",1," + (i % 2 == 0 ? "a\n" : "b\n");
  return text;
}

}  // namespace

TEST_CASE("points and labels are read in their order, with the axes that the header names", "[points_file]") {
  const Points_file file = parse_points("length,width,kind\n1.5,-2,rose\n+3e1,.5,iris\n0,0,rose\n", "it");

  CHECK(file.points.inputs == Inputs{{1.5, -2}, {30, 0.5}, {0, 0}});
  CHECK(file.points.labels == std::vector<int>{1, 0, 1});
  CHECK(file.axes == std::array<std::string, 2>{"length", "width"});
  CHECK(file.classes == std::array<std::string, 2>{"iris", "rose"});
}

TEST_CASE("without a header the axes are x and y, and the first line is a point", "[points_file]") {
  const Points_file file = parse_points("1,2,1\n3,4,-1", "it");

  CHECK(file.points.inputs == Inputs{{1, 2}, {3, 4}});
  CHECK(file.points.labels == std::vector<int>{1, 0});
  CHECK(file.axes == std::array<std::string, 2>{"x", "y"});
}

TEST_CASE("a mark, CR LF, blanks, quotes and empty lines do not matter", "[points_file]") {
  const Points_file file = parse_points(
      "\xEF\xBB\xBF\"a, b\",y,kind\r\n\r\n \"1\" , 2 ,\"the \"\"old\"\" one\"\r\n3,4,\tnew\t\r\n", "it");

  CHECK(file.points.inputs == Inputs{{1, 2}, {3, 4}});
  CHECK(file.axes[0] == "a, b");
  CHECK(file.classes == std::array<std::string, 2>{"new", "the \"old\" one"});
}

TEST_CASE("a number too small for a double is 0", "[points_file]") {
  CHECK(parse_points("1e-400,2,a\n3,4,b\n", "it").points.inputs[0][0] == 0.0);
}

TEST_CASE("what is no file of points is refused, with its line and what was found", "[points_file]") {
  CHECK(refusal("") == "there is no point in it");
  CHECK(refusal("x,y,kind\n") == "there is no point in it");
  CHECK(refusal("1,2,a\n3,4,a\n") ==
        "every point has the label 'a'; two classes are needed, to be told apart");
  CHECK(refusal("1,2,a\n\n3,4,b\n5,6,c\n") ==
        "line 4: a third class, 'c', beside 'a' and 'b'; there can be two");
  CHECK(refusal("1,2\n") == "line 1: expected three fields, x, y and a label, found 2");
  CHECK(refusal("1;2;a\n") ==
        "line 1: expected three fields, x, y and a label, found 1 (fields are parted by commas)");
  CHECK(refusal("1,2,a,b\n") == "line 1: expected three fields, x, y and a label, found 4");
  CHECK(refusal("1,2,a\n3,x,b\n") == "line 2: expected a number, found 'x'");
  CHECK(refusal("1,y,a\n") == "line 1: expected a number, found 'y'");
  CHECK(refusal("x,y,k\nx,y,k\n") == "line 2: expected a number, found 'x'");
  CHECK(refusal("1,2,a\n3,4 5,b\n") == "line 2: expected a number, found '4 5'");
  CHECK(refusal("1,,a\n") == "line 1: expected a number, found ''");
  CHECK(refusal("1,2,\n") == "line 1: the label is empty");
  CHECK(refusal("1,2,\"a\n") == "line 1: a quote is opened and not closed");
  CHECK(refusal("1,2,\"a\"b\n") == "line 1: expected a comma after the quote");
}

TEST_CASE("numbers that cannot be computed with are refused", "[points_file]") {
  for (const std::string bad : {"nan", "inf", "-inf", "1e400", "1.1e12", "-1.1e12"}) {
    CAPTURE(bad);
    CHECK(refusal("1," + bad + ",a\n") ==
          "line 1: expected a number between -1e12 and 1e12, found '" + bad + "'");
  }
  CHECK(refusal("1,1e12,a\n1,-1e12,b\n").empty());
}

TEST_CASE("texts are short and without control characters, and so are messages", "[points_file]") {
  CHECK(refusal("1,2," + std::string(100, 'a') + "\n3,4,b\n").empty());
  CHECK_THAT(refusal("1,2," + std::string(101, 'a') + "\n"), contains_text("longer than 100 bytes"));
  CHECK(refusal("1,2,a\x1b[31m\n") == "line 1: the label has a control character in it: 'a?[31m'");
  CHECK_THAT(refusal("1,2,a\x7f\n"), contains_text("control character"));
  CHECK_THAT(refusal("1,2,a\xC2\x9B"
                     "31m\n"),
             contains_text("control character"));
  CHECK(refusal("1,2,\xC3\x9B\xC2\xA0\n3,4,b\n").empty());
  CHECK(refusal("1," + std::string(10'000, '!') + ",a\n").size() < 120);
  CHECK_THAT(refusal("\x01,b,c\n1,2,a\n"), contains_text("the name of the first column has a control"));
}

TEST_CASE("5,000 points are taken, and not one more", "[points_file]") {
  CHECK(parse_points(points(5000), "it").points.size() == 5000);
  CHECK(refusal(points(5001)) == "line 5001: more than 5,000 points");
}

TEST_CASE("a file is read from its path, refused when too large, and named when it is not there",
          "[points_file]") {
  const Place place;
  bp::write_file_whole(place / "good.csv", "1,2,a\n3,4,b\n");
  bp::write_file_whole(place / "large.csv", std::string(Points_file::most_bytes + 1, '\n'));

  CHECK(bp::read_points(place / "good.csv").points.size() == 2);
  CHECK_THROWS_AS(bp::read_points(place / "large.csv"), bp::Bad_file);
  CHECK_THAT(complaint([&] { bp::read_points(place / "none.csv"); }), contains_text("none.csv"));
}

// 1 2 3 6 have the mean 3 and the squares of the distances 4 1 0 9, of which the mean is 3.5.
TEST_CASE("standardized coordinates have mean 0 and deviation 1", "[points_file]") {
  bp::Labelled_points four{{{1, 7}, {2, 7}, {3, 7}, {6, 7}}, {0, 1, 0, 1}};

  const Standardized by = standardize(four);

  CHECK(by.mean == std::array<double, 2>{3, 7});
  CHECK(std::abs(by.deviation[0] - std::sqrt(3.5)) < 1e-15);
  CHECK(std::abs(four.inputs[3][0] - 3 / std::sqrt(3.5)) < 1e-15);
  CHECK(std::abs(four.inputs[0][0] + 2 / std::sqrt(3.5)) < 1e-15);
}

TEST_CASE("a coordinate that is the same everywhere is moved to 0 and not scaled", "[points_file]") {
  bp::Labelled_points same{{{0.1, 0}, {0.1, 1}, {0.1, 2}}, {0, 1, 0}};

  const Standardized by = standardize(same);

  CHECK(by.deviation[0] == 1);
  for (const std::vector<double>& point : same.inputs) CHECK(std::abs(point[0]) < 1e-15);
}

TEST_CASE("points that are none, or not in the plane, cannot be standardized", "[points_file]") {
  bp::Labelled_points none, space{{{1, 2, 3}}, {0}};

  CHECK_THROWS_AS(standardize(none), std::invalid_argument);
  CHECK_THROWS_AS(standardize(space), std::invalid_argument);
}
