#include "viz/dot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/worksheet/digits.h"
#include "viz/dot_box.h"
#include "viz/dot_caption.h"
#include "viz/order.h"
#include "viz/scale.h"

namespace bp {

namespace {

constexpr std::string_view font = "Helvetica,Arial,sans-serif";

// The number stands on white, so that no arrow runs through it.
std::string number_label(const std::string& text) {
  return fmt::format(R"(label=<<table border="0" cellspacing="2" cellpadding="0"><tr>)"
                     R"(<td bgcolor="white">{}</td></tr></table>>)",
                     text);
}

std::string arrow_attributes(const Picture::Arrow& arrow, const Picture_options& options, const Scale& scale,
                             bool numbers) {
  std::string attributes;
  const auto add = [&](const std::string& more) { attributes += (attributes.empty() ? "" : ", ") + more; };
  const bool faded = arrow.stress == Picture::Stress::faded,
             waiting = arrow.stress == Picture::Stress::waiting;
  const bool strong = arrow.stress == Picture::Stress::strong || arrow.stress == Picture::Stress::lit;
  if (faded) add(R"(color="#d8d8d8", fontcolor="#b8b8b8")");
  if (options.signs && arrow.local_derivative && !faded && !waiting) {
    add(sign_attributes(*arrow.local_derivative, scale,
                        strong    ? Lines::clear
                        : numbers ? Lines::usual
                                  : Lines::fine));
  } else if (strong) {
    add(R"(color="#222222", penwidth=2)");
  }
  if (!arrow.local_derivative && arrow.connections == 0) add("style=dashed");
  if (!numbers)
    add(options.direction == Rank_direction::left_right ? "tailport=e, headport=w"
                                                        : "tailport=s, headport=n");
  if (numbers && arrow.local_derivative && options.local_derivatives) {
    add(number_label(shown_number(*arrow.local_derivative, options.digits)));
  } else if (numbers && arrow.connections > 1) {
    add(number_label(fmt::format("{} \u00d7", arrow.connections)));
  }
  return attributes.empty() ? "" : " [" + attributes + "]";
}

// Inches between the ranks. Without numbers on them, arrows between full layers need room to be told apart.
double distance_of_ranks(const Picture& picture) {
  constexpr double usual = 0.45, arrows_an_inch = 100.0, most = 2.5;
  if (shows_numbers(picture)) return usual;
  return std::min(most, usual + static_cast<double>(picture.arrows.size()) / arrows_an_inch);
}

}  // namespace

std::string to_dot(const Picture& picture, const Picture_options& options) {
  std::string dot = fmt::format(
      "digraph backstep {{\n"
      "  graph [rankdir={}, nodesep=0.2, ranksep={:.3g}, pad=0.2, nslimit=10, bgcolor=white, "
      "fontname=\"{}\", "
      "fontsize=11{}];\n"
      "  node [shape=plain, fontname=\"{}\", fontsize=12];\n"
      "  edge [fontname=\"{}\", fontsize=10, color=\"#777777\", fontcolor=\"#5a3200\", arrowsize=0.6];\n",
      options.direction == Rank_direction::left_right ? "LR" : "TB", distance_of_ranks(picture), font,
      dot_caption(picture, options), font, font);
  const Scale arrows = scale_of_arrows(picture), gradients = scale_of_gradients(picture);
  const bool numbers = shows_numbers(picture);
  const std::vector<std::string_view> in_order = orders_to_keep(picture);
  for (std::size_t i : drawing_order(picture)) {
    const Picture::Box& box = picture.boxes[i];
    dot += fmt::format("  {} [label=<{}>{}];\n", box.id, box_label(box, options, gradients), in_order[i]);
  }
  for (const Picture::Arrow& arrow : picture.arrows) {
    dot += fmt::format("  {} -> {}{};\n", picture.boxes[arrow.from].id, picture.boxes[arrow.to].id,
                       arrow_attributes(arrow, options, arrows, numbers));
  }
  return dot + "}\n";
}

std::string to_dot(Value root, const Picture_options& options) {
  return to_dot(picture_of(root, options), options);
}

std::string to_dot(Graph& graph, const Picture_options& options) {
  return to_dot(picture_of(graph, options), options);
}

}  // namespace bp
