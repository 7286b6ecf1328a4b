// Every way in which a worksheet can be wrong: the message, its place, the line and the caret.
#include <string>
#include <vector>

#include "engine/worksheet/worksheet.h"
#include "tests/support/catch2.h"
#include "tests/worksheet/read.h"

using namespace bp;
using bp::test::message;
using bp::test::refusal;

namespace {

struct Refused {
  std::string text;
  std::size_t line, column;
  std::string what;
};

std::string line_of(const std::string& text, std::size_t line) {
  std::size_t begin = 0;
  for (; line > 1; --line) begin = text.find('\n', begin) + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

void check_all(const std::vector<Refused>& cases) {
  for (const Refused& refused : cases) {
    const std::string wanted =
        message(refused.line, refused.column, refused.what, line_of(refused.text, refused.line));

    const std::string said = refusal(refused.text);

    CHECK(said == wanted);
  }
}

const std::string forms =
    "; a line is NAME = expression, or begins with loss, train, learning_rate, claim or after";
const std::string product = "; a product is written with *";
const std::string small = "w = .5\nx = 3\ny = w*x\n";  // three lines

}  // namespace

TEST_CASE("a name that there is not is refused, with the nearest", "[parser]") {
  check_all({
      {"out_h1 = 2\ny = 3*outh1\n", 2, 7, "there is no 'outh1'; did you mean `out_h1`?"},
      {"x = 2\ny = temperature*x\n", 2, 5, "there is no 'temperature'"},
      {"x = 2\ny = x + θ\n", 2, 9, "there is no 'θ'"},
      {"θ = 2\ny = θ·θ·z\n", 2, 9, "there is no 'z'"},
      {small + "loss Y\n", 4, 6, "there is no 'Y'; did you mean `y`?"},
      {small + "train w v2\n", 4, 9, "there is no 'v2'"},
      {small + "claim yy = 3\n", 4, 7, "there is no 'yy'; did you mean `y`?"},
      {small + "claim dy/dwx = 3\n", 4, 11, "there is no 'wx'; did you mean `w`?"},
      {small + "claim Dy = 3\n", 4, 7, "there is no 'Dy'; did you mean `y`?"},
      {small + "claim dq/dw = 3\n", 4, 8, "there is no 'q'"},
      {small + "claim ∂y/∂ q = 3\n", 4, 12, "there is no 'q'"},
      {"y = 2*" + std::string(50, 'n') + "\n", 1, 7, "there is no '" + std::string(40, 'n') + "…'"},
  });
}

TEST_CASE("a name is used only below its definition", "[parser]") {
  check_all({
      {"y = 2*x\n\nx = 3\n", 1, 7, "'x' is used before its definition in line 3; move that line up"},
      {"y = 2*x\n\u00A0 x\t= 3\n", 1, 7, "'x' is used before its definition in line 2; move that line up"},
      {"x = 2\ny = x + y\n", 2, 9, "'y' cannot stand in its own definition"},
      {"xx = 1\ny = 2*x\nx1 = 3\n# x = 3\nclaim x = 3\n", 2, 7, "there is no 'x'"},
  });
}

TEST_CASE("a name is defined once", "[parser]") {
  check_all({
      {"x = 2\ny = 3\nx = x + y\n", 3, 1,
       "'x' is defined already, in line 1; give one of the two another name"},
  });
}

TEST_CASE("functions are called by their names, with as many arguments as they take", "[parser]") {
  check_all({
      {"y = sigmod(2)\n", 1, 5, "there is no function 'sigmod'; did you mean `sigmoid`?"},
      {"y = ln(2)\n", 1, 5, "there is no function 'ln'; here it is called `log`"},
      {"y = integrate(2)\n", 1, 5, "there is no function 'integrate'"},
      {"w = 2\ny = w(3)\n", 2, 5, "there is no function 'w'; a product is written with *"},
      {"y = tanh\n", 1, 5, "'tanh' is a function; its argument stands in parentheses"},
      {"y = 1 + exp()\n", 1, 9, "exp takes 1 argument, found 0"},
      {"y = exp(1, 2)\n", 1, 5, "exp takes 1 argument, found 2"},
      {"y = max(1)\n", 1, 5, "max takes 2 arguments, found 1"},
      {"y = leaky_relu(1, 2, 3)\n", 1, 5, "leaky_relu takes 1 or 2 arguments, found 3"},
      {"y = sum()\n", 1, 5, "sum takes 1 or more arguments, found 0"},
      {"y = softmax_cross_entropy(1)\n", 1, 5, "softmax_cross_entropy takes 2 or more arguments, found 1"},
      {"y = exp(1,)\n", 1, 11, "expected a number, a name or (, found ')'"},
      {"y = max(1 2)\n", 1, 11, "expected an operator, a comma or ), found '2'" + product},
  });
}

TEST_CASE("the class of softmax_cross_entropy is a whole number that is written there", "[parser]") {
  const std::string number =
      "the first argument of softmax_cross_entropy is the number of the right class, a whole number from 0";
  check_all({
      {"y = softmax_cross_entropy(1.0, 2, 3)\n", 1, 27, number},
      {"y = softmax_cross_entropy(-1, 2, 3)\n", 1, 5, number},
      {"k = 1\ny = softmax_cross_entropy(k, 2, 3)\n", 2, 5, number},
      {"y = softmax_cross_entropy((1), 2, 3)\n", 1, 5, number},
      {"y = softmax_cross_entropy(1+0, 2, 3)\n", 1, 5, number},
      {"y = softmax_cross_entropy(2, 2, 3)\n", 1, 27,
       "there is no class 2 among 2; classes are counted from 0"},
  });
}

TEST_CASE("a parenthesis has its other half", "[parser]") {
  check_all({
      {"y = (1 + 2\n", 1, 5, "this ( is not closed; add ) where it should end"},
      {"y = 3*(1 + (2)  # (\n", 1, 7, "this ( is not closed; add ) where it should end"},
      {"y = exp(1\n", 1, 8, "this ( is not closed; add ) where it should end"},
      {"y = 1 + 2)\n", 1, 10, "this ) closes nothing; take it away, or open it with ("},
      {"y = (1))*2\n", 1, 8, "this ) closes nothing; take it away, or open it with ("},
      {"y = )\n", 1, 5, "expected a number, a name or (, found ')'"},
      {"y = ()\n", 1, 6, "expected a number, a name or (, found ')'"},
      {"y = (1 + )\n", 1, 10, "expected a number, a name or (, found ')'"},
  });
}

TEST_CASE("an expression that breaks off or goes astray is refused where it does", "[parser]") {
  check_all({
      {"y =\n", 1, 4, "expected an expression, found the end of the line"},
      {"y = 2 +\n", 1, 8, "expected a number, a name or (, found the end of the line"},
      {"y = 2 *  # two\n", 1, 8, "expected a number, a name or (, found the end of the line"},
      {"y = 2 **3\n", 1, 8, "expected a number, a name or (, found '*'; a power is written with ^"},
      {"y = 2 */3\n", 1, 8, "expected a number, a name or (, found '/'"},
      {"y = 2 == 3\n", 1, 7, "expected an operator, found '='; one line defines one name"},
      {"y = 2 3\n", 1, 7, "expected an operator, found '3'" + product},
      {"y = 2e\n", 1, 6, "expected an operator, found 'e'" + product},
      {"x = 2\ny = 2x\n", 2, 6, "expected an operator, found 'x'" + product},
      {"y = 2(3)\n", 1, 6, "expected an operator, found '('" + product},
      {"y = (2)(3)\n", 1, 8, "expected an operator, found '('" + product},
      {"x = 2\ny = (2 x)\n", 2, 8, "expected an operator or ), found 'x'" + product},
      {"y = 1.2.3\n", 1, 8, "expected an operator, found '.3'; a number has one point"},
      {"y = 0,5*2\n", 1, 6, "expected an operator, found ','; a decimal point is written ."},
      {"y = 0,5\n", 1, 6, "expected an operator, found ','; a decimal point is written ."},
      {"x = 1\ny = x'\n", 2, 6, "expected an operator, found a prime; after a step only claims can ask"},
      {"y = 1 : 2\n", 1, 7, "expected an operator, found ':'; a quotient is written with /"},
      {"y = ∂2\n", 1, 5, "expected a number, a name or (, found '∂'"},
  });
}

TEST_CASE("a number that no double holds is refused", "[parser]") {
  const std::string large = "this number is too large: a double holds up to about 1.8e308";
  const std::string tiny = "this number is too small: the least that a double holds is about 4.9e-324";
  const std::string longest = "a number has up to 1,000 characters";
  check_all({
      {"x = 1e309\n", 1, 5, large},
      {"x = -1e99999\n", 1, 6, large},
      {"y = 2*1e309\n", 1, 7, large},
      {"x = 1e-400\n", 1, 5, tiny},
      {"x = 1e-99999\n", 1, 5, tiny},
      {"y = 2*1e-99999\n", 1, 7, tiny},
      {"y = 2*3\nlearning_rate 1e309\n", 2, 15, large},
      {"y = 2*3\nlearning_rate 1e-309999\n", 2, 15, tiny},
      {"y = 2*3\nclaim y = -1e309\n", 2, 12, large},
      {"y = 2*3\nclaim y = 1e-309999\n", 2, 11, tiny},
  });
  const std::string digits(1001, '7');
  CHECK(refusal("x = " + digits).starts_with("sheet.bp:1:5: " + longest + "\n"));
  CHECK(refusal("y = 2*3\nclaim y = ." + digits).starts_with("sheet.bp:2:11: " + longest + "\n"));
  CHECK(refusal("y = 2*0." + std::string(998, '7')) == "it was read");
}

TEST_CASE("a line that is no statement is refused, with what a line may be", "[parser]") {
  check_all({
      {"2 = x\n", 1, 1, "expected a name, found '2'" + forms},
      {"= 2\n", 1, 1, "expected a name, found '='" + forms},
      {"(x) = 2\n", 1, 1, "expected a name, found '('" + forms},
      {"x\n", 1, 2, "expected '=' after 'x', found the end of the line" + forms},
      {"x 2\n", 1, 3, "expected '=' after 'x', found '2'" + forms},
      {"x + 1 = 2\n", 1, 3, "expected '=' after 'x', found '+'" + forms},
      {"f(x) = 2\n", 1, 2, "expected '=' after 'f', found '('" + forms},
      {"claims y = 2\n", 1, 1, "there is no statement 'claims'; did you mean `claim`?"},
      {"trian w\n", 1, 1, "there is no statement 'trian'; did you mean `train`?"},
      {"Loss E\n", 1, 1, "there is no statement 'Loss'; did you mean `loss`?"},
      {"lerning_rate 2\n", 1, 1, "there is no statement 'lerning_rate'; did you mean `learning_rate`?"},
      {small + "dy/dw = 3\n", 4, 1, "a derivative is claimed: claim dA/dB = ..."},
      {small + "∂y/∂w = 3\n", 4, 1, "a derivative is claimed: claim dA/dB = ..."},
      {small + "w' = 3\n", 4, 1, "a number after a step is claimed: claim w' = ..."},
  });
}

TEST_CASE("there is one loss, and it is computed", "[parser]") {
  check_all({
      {small + "loss y\nloss y\n", 5, 1, "there is a loss already, in line 4; keep one of the two"},
      {small + "loss w\n", 4, 6, "'w' is a leaf, and a loss is computed from others"},
      {small + "loss\n", 4, 5, "expected the name of the loss, found the end of the line"},
      {small + "loss 3\n", 4, 6, "expected the name of the loss, found '3'"},
      {small + "loss y w\n", 4, 8, "expected the end of the line, found 'w'"},
      {small + "loss y = 3\n", 4, 8, "expected the end of the line, found '='"},
  });
}

TEST_CASE("what is trained are leaves that there are", "[parser]") {
  check_all({
      {small + "train v*\n", 4, 7, "no leaf has a name that begins with 'v'"},
      {small + "train w* y*\n", 4, 10, "no leaf has a name that begins with 'y'"},
      {"y = 2*3\ntrain *\n", 2, 7, "there is no leaf to train"},
      {small + "train w y\n", 4, 9, "'y' is computed; only leaves are trained"},
      {small + "train\n", 4, 6,
       "expected the names of leaves, or w* for all that begin with w, found the end of the line"},
      {small + "train w, x\n", 4, 8, "expected the name of a leaf, found ','; names are parted by spaces"},
      {small + "train w *\n", 4, 9, "* stands only at the end of a pattern, with no space before it"},
      {small + "train w*x\n", 4, 8, "* stands only at the end of a pattern"},
      {small + "train w**\n", 4, 8, "* stands only at the end of a pattern"},
      {small + "train 3\n", 4, 7, "expected the name of a leaf, found '3'"},
  });
}

TEST_CASE("there is one learning rate, a number", "[parser]") {
  check_all({
      {small + "learning_rate 1\nlearning_rate 2\n", 5, 1,
       "there is a learning rate already, in line 4; keep one of the two"},
      {small + "learning_rate\n", 4, 14, "expected a number, found the end of the line"},
      {small + "learning_rate w\n", 4, 15, "expected a number, found 'w'"},
      {small + "learning_rate 0,5\n", 4, 16,
       "expected the end of the line, found ','; a decimal point is written ."},
      {small + "learning_rate 1/2\n", 4, 16,
       "expected the end of the line, found '/'; here stands one number"},
  });
}

TEST_CASE("a claim has a target that there is, and one number", "[parser]") {
  check_all({
      {small + "claim\n", 4, 6, "expected a name, or a derivative dA/dB, found the end of the line"},
      {small + "claim 3 = y\n", 4, 7, "expected a name, or a derivative dA/dB, found '3'"},
      {small + "claim y\n", 4, 8, "expected '=' and the number claimed, found the end of the line"},
      {small + "claim y 3\n", 4, 9, "expected '=' and the number claimed, found '3'"},
      {small + "claim y = w\n", 4, 11, "expected a number, found 'w'"},
      {small + "claim y = - w\n", 4, 13, "expected a number, found 'w'"},
      {small + "claim y = 1/2\n", 4, 12, "expected the end of the line, found '/'; here stands one number"},
      {small + "claim y = 0,5\n", 4, 12,
       "expected the end of the line, found ','; a decimal point is written ."},
      {small + "claim y = 1.2.3\n", 4, 14,
       "expected the end of the line, found '.3'; a number has one point"},
      {small + "claim dy/w = 3\n", 4, 10, "expected what it is derived by, dA/dB, found 'w'"},
      {small + "claim y/dw = 3\n", 4, 7, "expected a derivative, dA/dB, found 'y'"},
      {small + "claim dy/ = 3\n", 4, 11, "expected what it is derived by, dA/dB, found '='"},
      {small + "claim d y = 3\n", 4, 11, "expected '/' and what it is derived by, dA/dB, found '='"},
      {small + "claim d/dw = 3\n", 4, 8, "expected a derivative, dA/dB, found '/'"},
      {small + "claim dw/dx = 3\n", 4, 8, "'w' is a leaf, and a leaf has no derivative"},
      {small + "claim dw/dw = 1\n", 4, 8, "'w' is a leaf, and a leaf has no derivative"},
  });
}

TEST_CASE("a claim about a step has a number of steps and a learning rate", "[parser]") {
  const std::string sheet = small + "learning_rate 1\n";
  const std::string no_prime = "a derivative has no prime; write after 1: claim dA/dB = ...";
  check_all({
      {small + "claim w' = 3\n", 4, 7, "a number after a step needs a line such as learning_rate 0.5"},
      {small + "after 2: claim dy/dw = 3\n", 4, 17,
       "a number after a step needs a line such as learning_rate 0.5"},
      {sheet + "after 2: claim w' = 3\n", 5, 17, "no prime after `after`: the number of steps stands there"},
      {sheet + "claim dy/dw' = 3\n", 5, 12, no_prime},
      {sheet + "claim dy'/dw = 3\n", 5, 9, no_prime},
      {sheet + "after claim y = 3\n", 5, 7, "expected a whole number of steps, found 'claim'"},
      {sheet + "after 1.5: claim y = 3\n", 5, 7, "expected a whole number of steps, found '1.5'"},
      {sheet + "after -1: claim y = 3\n", 5, 7, "expected a whole number of steps, found '-'"},
      {sheet + "after 3 claim y = 3\n", 5, 9, "expected ':' after the number of steps, found 'claim'"},
      {sheet + "after 3: y = 3\n", 5, 10, "expected claim, found 'y'"},
      {sheet + "after 3:\n", 5, 9, "expected claim, found the end of the line"},
  });
}

TEST_CASE("a sign that has no place is refused, with what stands for it", "[parser]") {
  const auto no_place = [](const std::string& sign) { return "'" + sign + "' has no place in a worksheet"; };
  check_all({
      {"y = 2 % 3\n", 1, 7, no_place("%")},
      {"y = $2\n", 1, 5, no_place("$")},
      {"y = [2]\n", 1, 5, no_place("[") + "; parentheses are ( and )"},
      {"y = 2*{3}\n", 1, 7, no_place("{") + "; parentheses are ( and )"},
      {"y = 6÷3\n", 1, 6, no_place("÷") + "; a quotient is written with /"},
      {"y = 6 – 3\n", 1, 7, no_place("–") + "; a minus is written -"},
      {"y = 6²\n", 1, 6, no_place("²") + "; a power is written with ^"},
      {"y = √2\n", 1, 5, no_place("√") + "; a root is written sqrt(x)"},
      {"y = 6.\n z = .\n", 2, 6, no_place(".") + "; a number has a digit beside its point"},
      {"y = 2;\n", 1, 6, no_place(";")},
      {"x₁ = 2\n", 1, 2, no_place("₁")},
      {"y = “2”\n", 1, 5, no_place("“")},
      {"claim y; = 3\n", 1, 8, no_place(";")},
  });
}

TEST_CASE("what cannot be seen is named, and shown as a question mark", "[parser]") {
  const auto said = [](const std::string& hidden) { return refusal("y = 2 + " + hidden + "3\n"); };
  const auto wanted = [](const std::string& what) { return message(1, 9, what, "y = 2 + ?3"); };

  CHECK(said(std::string(1, '\0')) == wanted("a zero byte has no place in a worksheet"));
  CHECK(said("\r") == wanted("a control character has no place in a worksheet"));
  CHECK(said("\x1B") == wanted("a control character has no place in a worksheet"));
  CHECK(said("\u0085") == wanted("a control character has no place in a worksheet"));
  CHECK(said("\u200B") == wanted("the invisible character U+200B has no place in a worksheet"));
  CHECK(said("\u202E") == wanted("the invisible character U+202E has no place in a worksheet"));
  CHECK(said("\uFEFF") == wanted("the invisible character U+FEFF has no place in a worksheet"));
}

TEST_CASE("a worksheet computes something", "[parser]") {
  const std::string nothing = "nothing is defined here; begin with a line such as x = 2";
  check_all({
      {"", 1, 1, nothing},
      {"\n", 1, 1, nothing},
      {"# only\n  # words\n", 2, 1, nothing},
      {"learning_rate 1\n", 1, 1, nothing},
      {"x = 2\nz = 3\n\n", 3, 1, "nothing is computed here; add a line such as y = 2*x"},
  });
}

TEST_CASE("the first error is the one that is told", "[parser]") {
  CHECK(refusal("y = 2*a\nz = )\n").starts_with("sheet.bp:1:7:"));
  CHECK(refusal("loss nothing\nclaim no = 3\ny = 1/2\n").starts_with("sheet.bp:1:6:"));
}
