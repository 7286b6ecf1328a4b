// The step-through page: one file of HTML in which a calculation runs forward, backward and through a step of
// training, number by number.
//
//     write_page(loss, "loss.html");                                        // what leads to loss
//     write_page(loss, "step.html", {.learning_rate = 0.1, .train = {w, b}});
//
// The page loads nothing and needs no server. It evaluates the graph itself, with the engine's own table of
// operations, so a leaf can be given another number in it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/scalar/graph.h"
#include "engine/worksheet/worksheet.h"

namespace bp {

struct Page_options {
  std::string title = {};  ///< up to 100 characters; without one, the worksheet's file or the root's name
  int digits = 6;          ///< significant digits of every number: 1 to 17
  /// Of a graph: the step of gradient descent, and the leaves that it changes. A worksheet says it itself.
  std::optional<double> learning_rate = {};
  std::vector<Value> train = {};
};

/// The page of a worksheet, with its claims and what is wrong with them.
///
/// The worksheet's graph is left with the gradients of the loss.
/// Size:      100 KB for the worked example. A large graph is folded into neurons and layers, or stretches of
///            the tape, which open on a click; what cannot be drawn is left out, and the page says so.
/// Throws:    std::invalid_argument when options.digits is not 1 to 17; what render() throws.
std::string page_of(const Worksheet& worksheet, const Page_options& options = {});

/// The page of what leads to `root`, backward from there. Where most computed values have names, those
/// without one are parts of the line that uses them, as in a worksheet. Else each is called v12 by its
/// place on the tape, but for the products and sums within a weighted sum.
///
/// The graph is only read.
/// Throws:    also std::invalid_argument when root is not computed, or a leaf to train is none or of another
///            graph; what Graph::check() throws.
std::string page_of(Value root, const Page_options& options = {});

/// Writes the page into a file.
///
/// Throws:    also std::runtime_error with the path when it cannot be written. The file is then as it was
///            before.
void write_page(const Worksheet& worksheet, const std::filesystem::path& file,
                const Page_options& options = {});
void write_page(Value root, const std::filesystem::path& file, const Page_options& options = {});

}  // namespace bp
