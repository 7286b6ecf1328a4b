// Pictures as files: DOT laid out and drawn by Graphviz, as a library, in this process.
//
//     draw(loss, "loss.svg");                                       // what leads to loss, with all gradients
//     draw(loss, "loss.png", {.title = "One step", .digits = 6});
//
// Graphviz keeps global state, so one picture is made at a time: from several threads the calls wait for each
// other. While it works it changes LC_NUMERIC for the whole process and takes over Graphviz's messages: other
// threads should use neither Graphviz nor setlocale() meanwhile.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "viz/picture.h"

namespace bp {

enum class Picture_format { png, svg, pdf };

struct Rendered {
  std::string bytes;  ///< the file
  /// What whoever looks at the picture should know, in one line: that the resolution had to be lowered, or
  /// what Graphviz warned of. Mostly empty.
  std::string note;
};

/// Lays out the graph of a DOT text with Graphviz's dot and draws it.
///
/// Size:      a PNG has 144 pixels an inch (2 a point). It has fewer, and the note says so, where it would
///            be more than `longest_side` pixels broad or high, or more than 2^26 in all. SVG and PDF have no
///            limit.
/// Time:      0.3 s for a chain of 1,000 boxes, 1.6 s for 941 in layers. It grows with the ranks that arrows
///            cross: 9 s at 10,000 of them. Far above, Graphviz exhausts the stack, and the program ends.
/// Memory:    Graphviz 2.42 leaks about 100 bytes for each piece of text in an HTML-like label: some 33 KB
///            for a picture of 26 boxes.
/// Throws:    std::invalid_argument when the text has a NUL; std::runtime_error with what Graphviz said when
///            that is not one graph in DOT, or when a plugin of Graphviz is missing. Nothing is printed.
Rendered render(std::string_view dot, Picture_format format, double longest_side = 16384.0);

/// Draws what leads to `root` into a file; its ending says how: .png, .svg, .pdf, or .dot (also .gv) for DOT.
/// Returns the note of render(), or nothing.
///
/// Throws:    std::invalid_argument for another ending; Picture_too_large when arrows lead across more than
///            10,000 ranks in all (a weight that each of 100 steps uses); what picture_of() throws;
///            std::runtime_error with the path when it cannot be drawn or written. The file is then as it was
///            before.
std::string draw(Value root, const std::filesystem::path& file, const Picture_options& options = {});

/// Draws the whole tape.
std::string draw(Graph& graph, const std::filesystem::path& file, const Picture_options& options = {});

/// Draws boxes and arrows that were put together before; `options` says how they look.
std::string draw(const Picture& picture, const std::filesystem::path& file,
                 const Picture_options& options = {});

}  // namespace bp
