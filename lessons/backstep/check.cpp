// `backstep check`: each claim of a worksheet beside the truth, and the mistake behind a wrong one.
#include "engine/worksheet/check.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/worksheet/digits.h"
#include "engine/worksheet/worksheet.h"
#include "lessons/backstep/command.h"
#include "viz/claim.h"
#include "viz/json.h"
#include "viz/text.h"

namespace backstep {
namespace {

struct Options {
  std::string file;
  int digits = 12;
  bool json = false, no_answers = false;
};

constexpr std::size_t width = 100;        // columns
constexpr std::size_t longest_name = 40;  // characters of a claim in the table

// ---- JSON -----------------------------------------------------------------------------------------------

std::string json_mistake(const bp::Mistake& mistake, const Options& options) {
  std::string text = fmt::format("{{\"id\":{},\"says\":{}", bp::json_text(mistake.id),
                                 bp::json_text(options.no_answers ? mistake.hint : mistake.says));
  if (!options.no_answers) text += ",\"predicted\":" + bp::json_number(mistake.predicted);
  return text + "}";
}

std::string json_claim(const bp::Claim& claim, const bp::Checked_claim& checked, const Options& options) {
  std::string text = fmt::format("{{\"line\":{},\"claim\":{},\"after\":{},\"written\":{},\"claimed\":{}",
                                 claim.line, bp::json_text(claim.target), claim.after,
                                 bp::json_text(claim.written), bp::json_number(claim.number.value()));
  if (!options.no_answers) text += ",\"true\":" + bp::json_number(checked.truth);
  text += fmt::format(",\"verdict\":\"{}\"", bp::word_of(checked.verdict));
  if (checked.verdict == bp::Verdict::wrong) {
    text += ",\"diagnosis\":[";
    for (const bp::Mistake& mistake : checked.diagnosis.mistakes) {
      if (text.back() != '[') text += ',';
      text += json_mistake(mistake, options);
    }
    text += ']';
    if (!checked.diagnosis.ask.empty()) text += ",\"ask\":" + bp::json_text(checked.diagnosis.ask);
    if (checked.diagnosis.method_right) text += ",\"method\":\"right\"";
  }
  return text + "}";
}

void print_json(const bp::Worksheet& worksheet, const bp::Check& check, const Options& options) {
  fmt::print("{{\"loss\":{},\"right\":{},\"truncated\":{},\"wrong\":{},\"claims\":[",
             bp::json_text(bp::Node_names(worksheet)(worksheet.loss)), check.right, check.truncated,
             check.wrong);
  for (std::size_t i = 0; i < check.claims.size(); ++i) {
    fmt::print("{}{}", i > 0 ? "," : "", json_claim(worksheet.claims[i], check.claims[i], options));
  }
  fmt::print("]}}\n");
}

// ---- text -----------------------------------------------------------------------------------------------

void print_wrapped(std::string_view first, std::string_view indent, std::string_view text) {
  fmt::print("{}", bp::wrapped(text, width, first, indent));
}

std::string padded(std::string text, std::size_t columns) {
  text.append(columns - std::min(columns, bp::character_count(text)), ' ');
  return text;
}

std::string target(const bp::Claim& claim) { return bp::shown_target(claim, longest_name); }

void print_table(const bp::Worksheet& worksheet, const bp::Check& check, const Options& options) {
  std::size_t name_columns = 5, written_columns = 9, true_columns = 4;
  for (std::size_t i = 0; i < check.claims.size(); ++i) {
    name_columns = std::max(name_columns, bp::character_count(target(worksheet.claims[i])));
    written_columns =
        std::max(written_columns, bp::character_count(bp::shown_name(worksheet.claims[i].written, 24)));
    true_columns = std::max(true_columns, bp::shown_number(check.claims[i].truth, options.digits).size());
  }
  const auto row = [&](const std::string& line, const std::string& name, const std::string& written,
                       const std::string& truth, const std::string& verdict) {
    fmt::print("{:>5}  {}  {}  {}{}\n", line, padded(name, name_columns), padded(written, written_columns),
               options.no_answers ? "" : padded(truth, true_columns) + "  ", verdict);
  };
  row("line", "claim", "you wrote", "true", "");
  for (std::size_t i = 0; i < check.claims.size(); ++i) {
    const bp::Claim& claim = worksheet.claims[i];
    const bp::Checked_claim& checked = check.claims[i];
    const std::string verdict = checked.verdict == bp::Verdict::wrong       ? "WRONG"
                                : checked.verdict == bp::Verdict::truncated ? "truncated, not rounded"
                                                                            : "right";
    row(std::to_string(claim.line), target(claim), bp::shown_name(claim.written, 24),
        bp::shown_number(checked.truth, options.digits), verdict);
  }
}

void print_diagnosis(const bp::Claim& claim, const bp::Checked_claim& checked, const Options& options) {
  const bp::Diagnosis& diagnosis = checked.diagnosis;
  fmt::print("\nLine {}: {} = {}{}\n", claim.line, target(claim), bp::shown_name(claim.written, 40),
             diagnosis.method_right ? " (the method is right)" : "");
  if (diagnosis.mistakes.empty()) {
    print_wrapped("  ", "  ", bp::no_mistake_makes(claim, checked, !options.no_answers));
    return;
  }
  for (const bp::Mistake& mistake : diagnosis.mistakes) {
    print_wrapped("  " + mistake.id + ": ", "    ", options.no_answers ? mistake.hint : mistake.says);
  }
  const std::size_t count = diagnosis.mistakes.size() - (diagnosis.method_right ? 1 : 0);
  if (count < 2) return;
  const std::string many = fmt::format("{} mistakes make this number. ", count);
  print_wrapped("  ", "  ",
                many + (diagnosis.ask.empty() ? "No other value of this calculation would tell them apart."
                                              : bp::question_of(diagnosis)));
}

void print_text(const bp::Worksheet& worksheet, const bp::Check& check, const Options& options) {
  std::string trained;
  for (const bp::Value leaf : worksheet.train)
    trained += (trained.empty() ? "" : ", ") + bp::shown_name(leaf.name(), longest_name);
  print_wrapped("", "  ",
                fmt::format("Loss: {}. Trained: {}.",
                            bp::shown_name(bp::Node_names(worksheet)(worksheet.loss), longest_name),
                            trained.empty() ? "nothing" : trained));
  if (check.claims.empty()) {
    fmt::print("There are no claims to check. A line such as `claim E = 0.5` makes one.\n");
    return;
  }
  fmt::print("\n");
  print_table(worksheet, check, options);
  for (std::size_t i = 0; i < check.claims.size(); ++i) {
    if (check.claims[i].verdict == bp::Verdict::wrong)
      print_diagnosis(worksheet.claims[i], check.claims[i], options);
  }
  fmt::print("\n{} right, {} truncated, {} wrong\n", check.right, check.truncated, check.wrong);
}

}  // namespace

void add_check_command(CLI::App& app, int& status) {
  Command command(app, "check", "Check the claims of a worksheet, and name the mistake behind a wrong one");
  auto options = std::make_shared<Options>();
  command.worksheet(options->file);
  command.digits(options->digits, "Show N significant digits of the true numbers");
  command.option("--no-answers", options->no_answers, "Verdicts and hints only, without the true numbers");
  command.option("--json", options->json, "Everything, as JSON");
  command.runs([options, &status] {
    const bp::Worksheet worksheet = bp::read_worksheet(options->file);
    const bp::Check check = bp::check_worksheet(worksheet);
    options->json ? print_json(worksheet, check, *options) : print_text(worksheet, check, *options);
    if (check.wrong > 0) status = check_found_wrong;
  });
}

}  // namespace backstep
