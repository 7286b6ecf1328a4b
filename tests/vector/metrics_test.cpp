#include "engine/vector/metrics.h"

#include <cmath>

#include "tests/support/catch2.h"

using namespace bp::batch;

namespace {

// scikit-learn's guide: truth 0 1 2 0 1 2, predicted 0 2 1 0 0 1.
Confusion_matrix example() {
  Confusion_matrix matrix(3);
  const std::uint32_t truth[] = {0, 1, 2, 0, 1, 2}, predicted[] = {0, 2, 1, 0, 0, 1};
  for (int i = 0; i < 6; ++i) matrix.add(truth[i], predicted[i]);
  return matrix;
}

}  // namespace

TEST_CASE("precision, recall and F1 of each class are those counted by hand", "[metrics]") {
  const Confusion_matrix matrix = example();

  CHECK(matrix.count(1, 0) == 1);
  CHECK(matrix.precision(0) == 2.0 / 3);  // called 0 three times, twice rightly
  CHECK(matrix.recall(0) == 1.0);
  CHECK(matrix.f1(0) == 0.8);
  CHECK((matrix.precision(1) == 0.0 && matrix.recall(1) == 0.0 && matrix.f1(1) == 0.0));
  CHECK(matrix.support(2) == 2);
  CHECK(matrix.accuracy() == 2.0 / 6);
}

TEST_CASE("macro and micro means are those that scikit-learn's guide prints", "[metrics]") {
  const Confusion_matrix matrix = example();

  CHECK(std::abs(matrix.macro_precision() - 2.0 / 9) <= 1e-16);  // 0.22
  CHECK(std::abs(matrix.macro_recall() - 1.0 / 3) <= 1e-16);     // 0.33
  CHECK(std::abs(matrix.macro_f1() - 0.8 / 3) <= 1e-16);         // 0.26
  CHECK(matrix.micro_precision() == 2.0 / 6);
  CHECK(matrix.micro_f1() == 2.0 / 6);
}

TEST_CASE("0/0 is 0, and a class that does not occur is in no mean", "[metrics]") {
  Confusion_matrix matrix(4);
  CHECK((matrix.accuracy() == 0.0 && matrix.macro_f1() == 0.0 && matrix.precision(3) == 0.0));

  matrix.add(0, 0);
  matrix.add(1, 0);

  CHECK(matrix.recall(3) == 0.0);
  CHECK(matrix.macro_recall() == 0.5);  // (1 + 0) / 2: classes 2 and 3 do not count
}

TEST_CASE("a confusion matrix prints a row for each truth, and a report", "[metrics]") {
  CHECK(example().to_string() ==
        " true\\said  0  1  2\n"
        "         0  2  0  0\n"
        "         1  1  0  1\n"
        "         2  0  2  0\n");
  CHECK(example().report() ==
        "     class  precision   recall       F1   support\n"
        "         0     0.6667   1.0000   0.8000         2\n"
        "         1     0.0000   0.0000   0.0000         2\n"
        "         2     0.0000   0.0000   0.0000         2\n"
        "     macro     0.2222   0.3333   0.2667         6\n"
        "     micro     0.3333   0.3333   0.3333         6\n");
}

TEST_CASE("the class of many outputs is the greatest, of one whether it is above the threshold",
          "[metrics]") {
  const Matrix<double> many{{1, 3, 3}, {0, -1, -2}}, one{{0.5}, {0.6}};
  std::vector<std::uint32_t> classes(2);

  classify(many.view(), 0.0, std::span(classes));
  CHECK(classes == std::vector<std::uint32_t>{1, 0});
  classify(one.view(), 0.5, std::span(classes));
  CHECK(classes == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("classes that do not exist are refused", "[metrics]") {
  Confusion_matrix matrix(2);
  std::vector<std::uint32_t> classes(1);
  const Matrix<double> two(2, 2);

  CHECK_THROWS_AS(matrix.add(2, 0), std::invalid_argument);
  CHECK_THROWS_AS(matrix.add(0, 2), std::invalid_argument);
  CHECK_THROWS_AS(matrix.count(0, 2), std::invalid_argument);
  CHECK_THROWS_AS(Confusion_matrix(0), std::invalid_argument);
  CHECK_THROWS_AS(classify(two.view(), 0.0, std::span(classes)), std::invalid_argument);
}
