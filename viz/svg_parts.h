// Graphviz's SVG in parts: what stands before its nodes and edges, each of these, and what stands behind.
#pragma once

#include <string_view>
#include <vector>

namespace bp {

/// All of it points into the SVG.
struct Svg_parts {
  /// One <g> of a node or an edge.
  struct Group {
    std::string_view id;       ///< DOT's id, or what Graphviz gave it
    std::string_view title;    ///< "n5", "n0&#45;&gt;n2"
    std::string_view content;  ///< what is between <g ...> and </g>
  };
  std::string_view opening, closing;
  std::vector<Group> groups;  ///< in the order of drawing
};

/// Throws:    std::runtime_error when it is not as Graphviz writes it.
Svg_parts parts_of_svg(std::string_view svg);

}  // namespace bp
