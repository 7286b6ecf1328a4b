// `backstep draw`: a worksheet as a picture, or as a tree in the terminal, with its claims marked.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "engine/data/file_error.h"
#include "engine/worksheet/check.h"
#include "engine/worksheet/worksheet.h"
#include "lessons/backstep/command.h"
#include "lessons/backstep/draw_compared.h"
#include "lessons/backstep/draw_fold.h"
#include "lessons/backstep/drawn.h"
#include "lessons/backstep/terminal.h"
#include "viz/animate.h"
#include "viz/claim.h"
#include "viz/text.h"
#include "viz/tree.h"

namespace backstep {
namespace {

struct Options {
  std::string file, out, path, diff;
  Folding folding;
  bool animate = false;
  int digits = 6;
};

/// A derivative stands beside what it is taken by, so that d(loss)/dw is next to the gradient of w.
std::vector<bp::Value_mark> marks_of(const bp::Worksheet& worksheet, const bp::Check& check) {
  std::vector<bp::Value_mark> marks;
  for (std::size_t i = 0; i < check.claims.size(); ++i) {
    const bp::Claim& claim = worksheet.claims[i];
    marks.push_back(
        {claim.by.value_or(claim.of), {bp::shown_target(claim, 30), claim.written, check.claims[i].verdict}});
  }
  return marks;
}

/// The loss, and then whatever else nothing comes of.
std::vector<bp::Value> ends_of(const bp::Worksheet& worksheet) {
  std::vector<std::uint8_t> used(worksheet.graph->size());
  for (const bp::Value value : *worksheet.graph) {
    for (std::size_t k = 0; k < value.input_count(); ++k) used[value.input(k).index()] = 1;
  }
  std::vector<bp::Value> ends = {worksheet.loss};
  for (const bp::Value value : *worksheet.graph) {
    if (used[value.index()] == 0 && !value.is_constant() && value.index() != worksheet.loss.index()) {
      ends.push_back(value);
    }
  }
  return ends;
}

void print_tree(const bp::Worksheet& worksheet, const Options& options,
                const std::vector<bp::Value_mark>& marks) {
  bp::Tree_options tree;
  tree.digits = options.digits;
  tree.colour = wants_colour();
  tree.marks = marks;
  std::vector<bp::Value> ends = ends_of(worksheet);
  if (!options.path.empty()) {
    tree.from = worksheet.at(options.path);
    ends.resize(1);
  }
  fmt::print("{}", bp::to_tree(ends, tree));
}

void draw_picture(const bp::Worksheet& worksheet, const Options& options,
                  const std::vector<bp::Value_mark>& marks) {
  bp::Picture_options look;
  look.digits = options.digits;
  try {
    bp::Picture picture = picture_of(worksheet, look);
    for (const bp::Value_mark& mark : marks) bp::add_mark(picture, mark.of, mark.mark);
    if (!options.path.empty()) bp::keep_paths(picture, worksheet.at(options.path), worksheet.loss);
    draw_to(options.out, picture, look);
  } catch (const bp::Picture_too_large&) {
    throw Failure(bad_input, fmt::format("{}: this calculation is too large for a picture; without -o its "
                                         "beginning is shown as a tree",
                                         worksheet.file));
  }
}

void animate(const bp::Worksheet& worksheet, const Options& options) {
  if (options.out.empty()) throw Failure(bad_input, "--animate wants a file: -o OUT.svg or OUT.gif");
  bp::Picture_options look;
  look.digits = options.digits;
  try {
    bp::animate(picture_of(worksheet, look), options.out, look);
  } catch (const bp::Picture_too_large&) {
    throw Failure(bad_input,
                  fmt::format("{}: this calculation is too large for a moving picture", worksheet.file));
  }
  fmt::print("Drawn: {}\n", options.out);
}

bp::Worksheet with_gradients(const std::string& file) {
  bp::Worksheet worksheet = bp::read_worksheet(file);
  worksheet.graph->zero_grad();
  worksheet.graph->backward(worksheet.loss);
  return worksheet;
}

void draw(const Options& options) {
  const bp::Worksheet worksheet = with_gradients(options.file);
  if (!options.diff.empty()) {
    return draw_compared(worksheet, with_gradients(options.diff), options.out, options.digits);
  }
  if (options.animate) return animate(worksheet, options);
  const bp::Check check = bp::compare_claims(worksheet);
  const std::vector<bp::Value_mark> marks = marks_of(worksheet, check);
  if (options.folding.is_asked_for()) {
    draw_folded(worksheet, options.folding, options.out, options.digits);
  } else if (options.out.empty()) {
    print_tree(worksheet, options, marks);
  } else {
    draw_picture(worksheet, options, marks);
  }
  if (check.claims.empty()) return;
  fmt::print("{}Claims: {} right, {} truncated, {} wrong\n", options.out.empty() ? "\n" : "", check.right,
             check.truncated, check.wrong);
}

}  // namespace

void add_draw_command(CLI::App& app) {
  Command command(app, "draw",
                  "Draw a worksheet with all values, gradients and claims, as a picture or tree");
  const auto options = std::make_shared<Options>();
  command.worksheet(options->file);
  command.option("-o", options->out, "The picture: .png, .svg, .pdf or .dot. Without it, a tree of text")
      .called("OUT");
  const Option path =
      command.option("--path", options->path, "Show the paths from NAME to the loss, and let the rest fade")
          .called("NAME");
  const Option diff = command
                          .option("--diff", options->diff,
                                  "Show the numbers of another worksheet beside these, and what differs")
                          .called("FILE2")
                          .not_with(path);
  const Option fold =
      command.option("--fold", options->folding.fold, "Show each neuron or each layer as one box")
          .called("WHAT")
          .one_of({"neuron", "layer"})
          .not_with(path)
          .not_with(diff);
  const Option open =
      command
          .option("--open", options->folding.open, "Fold layers, but open these: 'layer 2,layer 3/neuron 1'")
          .called("GROUPS")
          .with_commas()
          .not_with(path)
          .not_with(diff);
  command.option("--animate", options->animate, "Show the backward sweep, as a moving picture: .svg or .gif")
      .not_with(path)
      .not_with(diff)
      .not_with(fold)
      .not_with(open);
  command.digits(options->digits);
  command.runs([options] { draw(*options); });
}

}  // namespace backstep
