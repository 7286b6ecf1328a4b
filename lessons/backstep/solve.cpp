// `backstep solve`: the whole calculation of a worksheet as a person would write it, or its numbers as
// JSON.
#include <fmt/core.h>

#include <memory>
#include <string>

#include "engine/model/json_text.h"
#include "engine/worksheet/solution.h"
#include "engine/worksheet/solution_markup.h"
#include "engine/worksheet/solution_text.h"
#include "engine/worksheet/worksheet.h"
#include "lessons/backstep/command.h"
#include "viz/json.h"

namespace backstep {
namespace {

struct Options {
  std::string file, format = "text";
  bp::Solve_options solve;
  bool json = false;
};

std::string json_value(const bp::Worksheet& worksheet, const bp::Node_names& names, bp::Value value) {
  std::string inputs;
  for (std::size_t i = 0; i < value.input_count(); ++i) {
    const bp::Value input = value.input(i);
    if (i > 0) inputs += ',';
    inputs += input.is_constant() ? fmt::format("{{\"constant\":{}}}", bp::json_number(input.data()))
                                  : bp::json_text(names(input));
  }
  return fmt::format("{}:{{\"data\":{},\"grad\":{},\"op\":{},\"inputs\":[{}]}}", bp::json_text(names(value)),
                     bp::json_number(value.data()), value.has_grad() ? bp::json_number(value.grad()) : "null",
                     bp::json_text(worksheet.operation(value)), inputs);
}

void print_json(const bp::Worksheet& worksheet) {
  const bp::Node_names names(worksheet);
  worksheet.graph->zero_grad();
  worksheet.graph->backward(worksheet.loss);
  fmt::print("{{\"loss\":{},\"train\":[", bp::json_text(names(worksheet.loss)));
  const char* comma = "";
  for (const bp::Value leaf : worksheet.train) {
    fmt::print("{}{}", comma, bp::json_text(names(leaf)));
    comma = ",";
  }
  fmt::print("],\"values\":{{");
  comma = "";
  for (const bp::Value value : *worksheet.graph) {
    if (value.is_constant()) continue;
    fmt::print("{}{}", comma, json_value(worksheet, names, value));
    comma = ",";
  }
  fmt::print("}}}}\n");
}

void run_solve(const Options& options) {
  const bp::Worksheet worksheet = bp::read_worksheet(options.file);
  if (options.json) return print_json(worksheet);
  const bp::Solution solution = bp::solve(worksheet, options.solve);
  fmt::print("{}", options.format == "markdown" ? bp::solution_as_markdown(solution)
                   : options.format == "latex"  ? bp::solution_as_latex(solution)
                                                : bp::solution_as_text(solution));
}

}  // namespace

void add_solve_command(CLI::App& app) {
  Command command(app, "solve", "Work out a worksheet step by step");
  auto options = std::make_shared<Options>();
  command.worksheet(options->file);
  const Option format = command.option("--format", options->format, "How it is written")
                            .called("FORM")
                            .shows_default()
                            .one_of({"text", "markdown", "latex"});
  command.digits(options->solve.digits, "Show N significant digits of a number, at most");
  command.option("--all", options->solve.every_leaf,
                 "Show the derivatives by leaves that are not trained, too");
  command.option("--json", options->json, "All values and gradients, with all their digits").not_with(format);
  command.runs([options] { run_solve(*options); });
}

}  // namespace backstep
