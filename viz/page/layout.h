// Where the boxes and arrows of a step-through page stand: laid out by Graphviz.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bp {

struct Page_layout {
  struct Size {
    double width = 0.0, height = 0.0;
  };
  struct Arrow {
    std::size_t from = 0, to = 0;  ///< boxes
    double label_width = 0.0;      ///< 0: no place for a number
  };
  struct Point {
    double x = 0.0, y = 0.0;
  };
  struct Drawn_arrow {
    std::string path;  ///< its line, as SVG's d
    std::string head;  ///< its end, as SVG's points
    Point label;       ///< the middle of the place for its number
  };

  double width = 0.0, height = 0.0;
  std::string translation;   ///< of everything in it, as SVG's transform
  std::vector<Point> boxes;  ///< their upper left corners
  std::vector<Drawn_arrow> arrows;
};

/// How many ranks the arrows between so many boxes lead across, in all. Time grows with its square: a
/// second at 1,000, half a minute at 5,000.
std::size_t arrow_length(std::size_t boxes, const std::vector<Page_layout::Arrow>& arrows);
inline constexpr std::size_t longest_arrows = 1000;

/// Lays boxes of these sizes (in points) out from left to right, with a place for a number on each arrow
/// that wants one.
///
/// Throws:    std::runtime_error when Graphviz cannot do it; Picture_too_large
///            beyond longest_arrows.
Page_layout lay_out(const std::vector<Page_layout::Size>& boxes,
                    const std::vector<Page_layout::Arrow>& arrows);

}  // namespace bp
