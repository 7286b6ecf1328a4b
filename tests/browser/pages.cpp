// Pages that the tests in the browser want and no worksheet can make: every operation at the points where its
// values are known to 20 digits, sums of many inputs, and names that no language would allow.
//
//     browser_pages FOLDER    writes the pages, and beside them what they must show, as JSON
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/data/file.h"
#include "engine/data/random.h"
#include "engine/model/json_text.h"
#include "engine/scalar/math.h"
#include "engine/worksheet/worksheet.h"
#include "tests/support/operations.h"
#include "viz/json.h"
#include "viz/page.h"

namespace {

using bp::Op, bp::Value;

/// A worksheet whose names need not be words.
class Sheet {
 public:
  explicit Sheet(std::string file) {
    sheet_.file = std::move(file);
    sheet_.graph = std::make_unique<bp::Graph>();
  }
  bp::Graph& graph() { return *sheet_.graph; }
  Value leaf(double number, const std::string& name) { return define(graph().leaf(number, name), name); }
  Value define(Value value, const std::string& name) {
    value.named(name);
    sheet_.define(name, value, ++line_);
    return sheet_.loss = value;
  }
  void train(Value leaf, double learning_rate) {
    sheet_.train.push_back(leaf);
    sheet_.learning_rate = learning_rate;
  }
  /// The page of what leads to the value that was defined last.
  void write(const std::filesystem::path& file) const { bp::write_file_whole(file, bp::page_of(sheet_)); }

 private:
  bp::Worksheet sheet_;
  std::size_t line_ = 0;
};

/// What is known of a number: its value, and within how many units in the last place a page must give it.
class Truths {
 public:
  void add(std::string_view name, const char* kind, double number, double ulps, std::string_view of) {
    json_ += fmt::format("{}[{},\"{}\",{},{},{}]", json_.empty() ? "" : ",\n", bp::json_text(name), kind,
                         bp::json_number(number), bp::json_number(ulps), bp::json_text(of));
  }
  void write(const std::filesystem::path& file) const { bp::write_file_whole(file, "[" + json_ + "]\n"); }

 private:
  std::string json_;
};

/// E = sum of c_k * f_k: with such factors the upstream gradients are not all 1.
double factor_of(std::size_t k) { return 0.5 + 0.25 * static_cast<double>(k % 5); }
Value weighted(const std::vector<Value>& values) {
  std::vector<Value> terms;
  for (std::size_t k = 0; k < values.size(); ++k) terms.push_back(factor_of(k) * values[k]);
  return sum(terms);
}

// A browser's exp, pow or sin is another than the C library's; each is within a few units of the true value.
// 400-digit arithmetic is the judge of both, as in tests/scalar/op_test.cpp.
void write_operations(const std::filesystem::path& folder) {
  const auto& rows = bp::test::references();
  constexpr std::size_t rows_a_page = 60;
  for (std::size_t begin = 0; begin < rows.size(); begin += rows_a_page) {
    Sheet sheet("operations.bp");
    Truths truths;
    std::vector<Value> values;
    for (std::size_t i = begin; i < std::min(begin + rows_a_page, rows.size()); ++i) {
      const auto& row = rows[i];
      const std::string_view name = bp::info(row.op).name;
      const bool binary = bp::info(row.op).arity == 2;
      // The tail of gelu is exp(-x^2 / 2), which makes x^2 roundings of one in x; gelu_tanh's is like it.
      const bool tail = row.op == Op::gelu || row.op == Op::gelu_tanh;
      const double ulps = tail ? 16.0 + 2.0 * row.x * row.x : 16.0, factor = factor_of(values.size());
      const Value x = sheet.leaf(row.x, fmt::format("x{}", i));
      const Value y = binary ? sheet.leaf(row.y, fmt::format("y{}", i)) : x;
      values.push_back(sheet.define(bp::test::apply(row.op, x, y), fmt::format("f{}", i)));
      const std::string what = fmt::format("{} at {}, {}", name, row.x, row.y);
      truths.add(values.back().name(), "data", row.value, ulps, what);
      truths.add(x.name(), "grad", factor * row.dx, ulps + 1, what);
      if (binary) truths.add(y.name(), "grad", factor * row.dy, ulps + 1, what);
    }
    sheet.define(weighted(values), "E");
    const std::size_t number = begin / rows_a_page;
    sheet.write(folder / fmt::format("operations_{}.html", number));
    truths.write(folder / fmt::format("operations_{}.json", number));
  }
}

// Operations of any number of inputs, by the engine's own numbers. From 8 terms on a dot adds in another
// order.
void write_sums(const std::filesystem::path& folder) {
  Sheet sheet("sums.bp");
  Truths truths;
  bp::Random random(7);
  std::vector<Value> leaves, values;
  for (int i = 0; i < 24; ++i) leaves.push_back(sheet.leaf(random.uniform(-3.0, 3.0), fmt::format("x{}", i)));
  const std::span<const Value> all(leaves);
  for (const std::size_t count : {1, 2, 7, 8, 11, 12}) {
    const auto some = all.first(count), others = all.last(count);
    const auto add = [&](Value value, const char* name) {
      values.push_back(sheet.define(value, fmt::format("{}{}", name, count)));
    };
    add(bp::sum(some), "sum");
    add(bp::mean(some), "mean");
    add(bp::dot(some, others), "dot");
    add(bp::logsumexp(some), "logsumexp");
    add(bp::softmax_cross_entropy(count / 2, some), "entropy");
  }
  Value loss = sheet.define(weighted(values), "E");
  loss.backward();
  // Each is a sum of up to 24 terms of about 1, whose own errors are a few units in the last place.
  for (const Value value : values) truths.add(value.name(), "data", value.data(), 64.0, value.name());
  for (const Value value : leaves) truths.add(value.name(), "grad", value.grad(), 64.0, value.name());
  sheet.write(folder / "sums.html");
  truths.write(folder / "sums.json");
}

// Whatever a browser might take for something else than a name.
void write_hostile(const std::filesystem::path& folder) {
  const std::vector<std::string> names = {
      "</script><script>alert(1)</script>",
      "<img src=x onerror=alert(2)>",
      "\"quoted' & \\slashed\\",
      "</title></style><svg onload=alert(3)>",
      "\U0001F600 \u202Edrawkcab",
      "<!-- {{constructor}} ${alert(4)} -->",
      "javascript:alert(5)",
      "__proto__",
      "constructor",
  };
  Sheet sheet("</script><script>alert(6)</script> & \".bp");
  std::vector<Value> leaves;
  for (const std::string& name : names)
    leaves.push_back(sheet.leaf(0.25 * static_cast<double>(leaves.size() + 1), name));
  sheet.train(leaves.front(), 0.5);
  sheet.define(tanh(sum(leaves)), "E<img src=x onerror=alert(7)>");
  sheet.write(folder / "hostile.html");
  std::string json;
  for (const std::string& name : names) json += (json.empty() ? "" : ",") + bp::json_text(name);
  bp::write_file_whole(folder / "hostile.json", "[" + json + "]\n");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw std::invalid_argument("one folder, please");
    const std::filesystem::path folder = argv[1];
    write_operations(folder);
    write_sums(folder);
    write_hostile(folder);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "browser_pages: {}\n", error.what());
    return 1;
  }
}
