// Evaluates the formulas that the table of operations prints, such as "1 - tanh(x)^2", so that a test can
// hold what we say to what we compute. Written for those formulas only: a mistake in one throws.
#pragma once

#include <cctype>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bp::test {

class Formula {
 public:
  /// The number that `text` stands for at (x, y).
  static double evaluate(std::string_view text, double x, double y) {
    Formula formula(text, x, y);
    const double value = formula.expression();
    if (formula.at_ != text.size()) formula.fail("something is left over");
    return value;
  }

 private:
  Formula(std::string_view text, double x, double y) : text_(text), x_(x), y_(y) {}

  double expression() {
    double value = term();
    while (true) {
      if (take('+')) {
        value += term();
      } else if (take('-')) {
        value -= term();
      } else {
        return value;
      }
    }
  }

  double term() {
    double value = unary();
    while (true) {
      if (take('*')) {
        value *= unary();
      } else if (take('/')) {
        value /= unary();
      } else {
        return value;
      }
    }
  }

  double unary() { return take('-') ? -unary() : power(); }

  double power() {
    const double base = atom();
    return take('^') ? std::pow(base, unary()) : base;
  }

  double atom() {
    if (take('(')) {
      const double value = expression();
      expect(')');
      return value;
    }
    if (take('[')) return comparison();
    const std::string word = take_word();
    if (word.empty()) fail("a number or a name is missing");
    if (std::isdigit(static_cast<unsigned char>(word[0])) != 0) return std::stod(word);
    if (word == "x") return x_;
    if (word == "y") return y_;
    if (word == "pi") return std::numbers::pi;
    if (word == "selu_scale") return 1.0507009873554804934193349852946;
    if (word == "selu_alpha") return 1.6732632423543772848170429916717;
    expect('(');
    std::vector<double> arguments{expression()};
    while (take(',')) arguments.push_back(expression());
    expect(')');
    return call(word, arguments);
  }

  // [a > b]: 1, 0, or 1/2 where both are equal; but 0 at equality where it compares with a number.
  double comparison() {
    const double left = expression();
    const bool greater = take('>');
    if (!greater) expect('<');
    const std::size_t before = at_;
    const double right = expression();
    const bool with_number = text_.substr(before, at_ - before).find_first_of("xy") == std::string_view::npos;
    expect(']');
    if (left == right) return with_number ? 0.0 : 0.5;
    return (left > right) == greater ? 1.0 : 0.0;
  }

  double call(const std::string& name, const std::vector<double>& a) {
    if (name == "sum" || name == "mean" || name == "logsumexp" || name == "softmax_cross_entropy") {
      return call_of_many(name, a);
    }
    if (a.size() == 2) {
      if (name == "min") return std::min(a[0], a[1]);
      if (name == "max") return std::max(a[0], a[1]);
      if (name == "atan2") return std::atan2(a[0], a[1]);
      if (name == "leaky_relu") return a[0] > 0 ? a[0] : a[1] * a[0];
    } else if (a.size() == 1) {
      using Function = double (*)(double);
      static const std::vector<std::pair<std::string, Function>> functions = {
          {"exp", std::exp},
          {"log", std::log},
          {"sqrt", std::sqrt},
          {"abs", std::fabs},
          {"sin", std::sin},
          {"cos", std::cos},
          {"tan", std::tan},
          {"asin", std::asin},
          {"acos", std::acos},
          {"atan", std::atan},
          {"sinh", std::sinh},
          {"cosh", std::cosh},
          {"tanh", std::tanh},
          {"erf", std::erf},
          {"sigmoid", [](double x) { return 1.0 / (1.0 + std::exp(-x)); }},
          {"softplus", [](double x) { return std::log(1.0 + std::exp(x)); }},
          {"silu", [](double x) { return x / (1.0 + std::exp(-x)); }},
          {"gelu", [](double x) { return x / 2.0 * (1.0 + std::erf(x / std::numbers::sqrt2)); }},
          {"sign", [](double x) { return double((x > 0) - (x < 0)); }},
          {"step", [](double x) { return double(x > 0); }},
          {"relu", [](double x) { return x > 0 ? x : 0.0; }},
          {"elu", [](double x) { return x > 0 ? x : std::exp(x) - 1.0; }},
          {"selu", [](double x) {
             return 1.0507009873554804934193349852946 *
                    (x > 0 ? x : 1.6732632423543772848170429916717 * (std::exp(x) - 1.0));
           }}};
      for (const auto& [known, function] : functions) {
        if (known == name) return function(a[0]);
      }
    }
    fail("unknown function " + name);
  }

  // Of a cross-entropy the first argument is the label.
  static double call_of_many(const std::string& name, const std::vector<double>& a) {
    const bool entropy = name == "softmax_cross_entropy";
    double sum = 0.0, sum_of_exp = 0.0;
    for (std::size_t i = entropy ? 1 : 0; i < a.size(); ++i) {
      sum += a[i];
      sum_of_exp += std::exp(a[i]);
    }
    if (name == "sum") return sum;
    if (name == "mean") return sum / static_cast<double>(a.size());
    return std::log(sum_of_exp) - (entropy ? a.at(1 + static_cast<std::size_t>(a[0])) : 0.0);
  }

  std::string take_word() {
    skip_spaces();
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '_' || text_[at_] == '.')) {
      ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  bool take(char wanted) {
    skip_spaces();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) fail(std::string("expected ") + wanted);
  }

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(std::string(text_) + ": " + why + " at " + std::to_string(at_));
  }

  std::string_view text_;
  double x_, y_;
  std::size_t at_ = 0;
};

}  // namespace bp::test
