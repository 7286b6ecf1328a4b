// The text form: its lines are true, it stays within 100 columns, and it reads as a teacher would write it.
#include "engine/worksheet/solution_text.h"

#include <cmath>
#include <string>

#include "engine/worksheet/text_width.h"
#include "engine/worksheet/worksheet.h"
#include "tests/support/catch2.h"
#include "tests/worksheet/printed_lines.h"
#include "tests/worksheet/solution_worksheets.h"

using namespace bp;

namespace {

std::string text_of(const std::string& worksheet, const Solve_options& options = {}) {
  return solution_as_text(solve(parse_worksheet(worksheet, "sheet.bp"), options));
}

bool is_all_numbers(const std::string& text) {
  try {
    (void)test::value_of_text(text);
    return true;
  } catch (const std::runtime_error&) { return false; }  // a name
}

// How many pairs of neighbours were held to each other: the numbers put in, the terms, the result.
int check_line(const test::Printed_line& line, int digits) {
  int checked = 0;
  for (std::size_t i = 1; i < line.texts.size(); ++i) {
    const std::string &left = line.texts[i - 1], &right = line.texts[i];
    if (!is_all_numbers(left) || !is_all_numbers(right)) continue;
    const double from = test::value_of_text(left), to = test::value_of_text(right);
    if (!std::isfinite(from) || !std::isfinite(to)) continue;
    ++checked;
    CAPTURE(left, right, line.exact[i - 1], from, to);
    const double rounding =
        test::uncertainty_of(right, digits) * (1.0 + 1e-6);  // log10 and powers of ten round
    const double error = std::abs(from - to);
    // The double arithmetic that both sides are worked out with: some ulp of what the line adds up.
    const double slack = 1e-14 * (std::abs(from) + std::abs(to) + 1.0);
    if (line.exact[i - 1]) {
      CHECK(error <= rounding + slack);
    } else {
      CHECK(error <=
            rounding + test::uncertainty_of(left, digits) * 1.01 + slack);  // and terms of second order
    }
  }
  return checked;
}

}  // namespace

TEST_CASE("every printed line is true of its own printed numbers", "[solution]") {
  for (const int digits : {4, 9, 12}) {
    int checked = 0, lines = 0, approximate = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      const std::string worksheet = test::Random_worksheet(seed).text();
      CAPTURE(seed, digits, worksheet);
      for (const test::Printed_line& line : test::printed_lines(text_of(worksheet, {.digits = digits}))) {
        checked += check_line(line, digits);
        ++lines;
        for (const bool exact : line.exact) approximate += exact ? 0 : 1;
      }
    }
    // Nearly every line puts numbers in; and = is the rule.
    CHECK(checked > lines * 2 / 3);
    CHECK(approximate * 2 < checked);
    CHECK(approximate > 0);
  }
}

TEST_CASE("no line is broader than 100 columns, whatever the names are", "[solution]") {
  std::string broad = "w = 1.23456789\n";
  std::string sum = "E = 0";
  for (const std::string& name :
       {std::string(1000, 'x'), std::string(99, 'y'), std::string(60, 'z') + "_1",
        std::string("\u53D8\u91CF\u53D8\u91CF\u53D8\u91CF\u53D8\u91CF\u53D8\u91CF")}) {
    broad += name + " = tanh(w * 3)\n";
    sum += " + sigmoid(w - " + name + ") * (" + name + " + w / 3)^2";
  }
  std::vector<std::string> sheets = {broad + sum + "\n" + broad.substr(0, 0), test::worked_example};
  for (std::uint64_t seed = 1; seed <= 40; ++seed) sheets.push_back(test::Random_worksheet(seed).text());

  for (const std::string& sheet : sheets) {
    const std::string text = text_of(sheet, {.digits = 17});
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      REQUIRE(end != std::string::npos);
      const std::string line = text.substr(at, end - at);
      at = end + 1;
      CAPTURE(line);
      CHECK(worksheet::text_width(line) <= 100);
      CHECK_FALSE(line.ends_with(' '));
    }
  }
}

TEST_CASE("a name longer than a line is cut and nothing of it is lost", "[solution]") {
  const std::string name = "start" + std::string(500, 'm') + "end";

  std::string text = text_of(name + " = 2\ny = " + name + "^2\n");

  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  CHECK_THAT(text, test::contains_text("y=" + name + "^2=2^2=4"));
}

TEST_CASE("a small solution reads as it would on paper", "[solution]") {
  const std::string text = text_of(
      "x = 0.5\nw = -2\nb = 0.1\nt = 1\n"
      "y = tanh(w*x + b)\nE = 0.5*(t - y)^2\nspare = y*w\nloss E\nlearning_rate 0.1\n");

  // By hand: tanh(-0.9) = -0.71629787, E = 1.71629787^2 / 2 = 1.47283919, dE/dy = y - t,
  // dE/dw = (y - t) * (1 - y^2) * x = -1.71629787 * 0.48691736 * 0.5 = -0.41784761.
  CHECK(text == R"(The calculation of sheet.bp, step by step

Given
  x = 0.5   w = -2    b = 0.1   t = 1

Forward pass
  y     = tanh(w * x + b) = tanh(-2 * 0.5 + 0.1) = -0.71629787
  E     = 0.5 * (t - y)^2 = 0.5 * (1 - (-0.71629787))^2 = 1.47283919
  spare = y * w = -0.71629787 * (-2) = 1.43259574

Backward pass, from E
  dE/dE = 1
  dE/dy = y - t = -0.71629787 - 1 = -1.71629787
  dE/dw = dE/dy * (1 - y^2) * x = -1.71629787 * (1 - (-0.71629787)^2) * 0.5 = -0.417847615
  dE/db = dE/dy * (1 - y^2) = -1.71629787 * (1 - (-0.71629787)^2) = -0.83569523

One step of gradient descent, with the learning rate 0.1
  w' = w - 0.1 * dE/dw = -2 - 0.1 * (-0.417847615) = -1.95821524
  b' = b - 0.1 * dE/db = 0.1 - 0.1 * (-0.83569523) = 0.183569523
)" + text.substr(text.find("\nNotes")));
  CHECK_THAT(text, test::contains_text("Trained: w, b.\n"));
  CHECK_THAT(text, test::contains_text("E does not depend on spare.\n"));
  CHECK_THAT(text, test::contains_text("Left out, since they are not trained: the derivatives by x, t.\n"));
}

TEST_CASE("a value used twice shows each use and the sum", "[solution]") {
  const std::string text = text_of(test::worked_example);

  CHECK_THAT(text, test::contains_text("  dE/dout_h1 = dE/dnet_o1 * w5 + dE/dnet_o2 * w7"));
  CHECK_THAT(text, test::contains_text(" 0.138498562 * 0.4 + (-0.0380982365) * 0.5\n"));
  CHECK_THAT(text, test::contains_text(" 0.0553994247 + (-0.0190491183)\n"));
  CHECK_THAT(text, test::contains_text("= 0.0363503064\n"));
}
