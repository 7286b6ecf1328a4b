#include "viz/page/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <string_view>

#include "viz/order.h"
#include "viz/picture.h"
#include "viz/render.h"
#include "viz/svg_parts.h"

namespace bp {
namespace {

constexpr double points_per_inch = 72.0;

// The order in which dot is given the boxes: order.h finds it for pictures.
Picture as_picture(std::size_t boxes, const std::vector<Page_layout::Arrow>& arrows) {
  Picture picture;
  picture.boxes.resize(boxes);
  for (const Page_layout::Arrow& arrow : arrows) {
    Picture::Arrow drawn;
    drawn.from = arrow.from;
    drawn.to = arrow.to;
    picture.arrows.push_back(drawn);
  }
  return picture;
}

// An empty table that takes the place, and whose background tells where it is.
std::string label(double width) {
  if (width <= 0) return "";
  return fmt::format(
      ", label=<<table border=\"0\" bgcolor=\"white\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"0\" "
      "fixedsize=\"true\" width=\"{:.0f}\" height=\"15\"><tr><td></td></tr></table>>",
      width);
}

std::string to_dot(const std::vector<Page_layout::Size>& boxes, const std::vector<Page_layout::Arrow>& arrows,
                   const Picture& picture) {
  std::string dot =
      "digraph page {\n"
      "  graph [rankdir=LR, nodesep=0.12, ranksep=0.12, pad=0.15, nslimit=10, bgcolor=transparent];\n"
      "  node [shape=box, fixedsize=true, label=\"\"];\n"
      "  edge [arrowsize=0.65];\n";
  const std::vector<std::string_view> in_order = orders_to_keep(picture);
  for (const std::size_t i : drawing_order(picture)) {
    dot += fmt::format("  n{} [id=n{}, width={:.4f}, height={:.4f}{}];\n", i, i,
                       boxes[i].width / points_per_inch, boxes[i].height / points_per_inch, in_order[i]);
  }
  for (std::size_t i = 0; i < arrows.size(); ++i) {
    dot += fmt::format("  n{} -> n{} [id=e{}{}];\n", arrows[i].from, arrows[i].to, i,
                       label(arrows[i].label_width));
  }
  return dot + "}\n";
}

// ---- reading Graphviz's SVG back ------------------------------------------------------------------------

[[noreturn]] void fail_without(std::string_view what) {
  throw std::runtime_error(fmt::format("backstep: Graphviz's drawing has no {}", what));
}

// The text between `name="` and the next quote, from `at` on, which is moved behind it; empty when there is
// none.
std::string_view attribute(std::string_view text, std::string_view name, std::size_t& at) {
  const std::string start = fmt::format(" {}=\"", name);
  const std::size_t begin = text.find(start, at);
  if (begin == std::string_view::npos) return {};
  const std::size_t end = text.find('"', begin + start.size());
  at = end;
  return text.substr(begin + start.size(), end - begin - start.size());
}

std::vector<double> numbers_in(std::string_view text) {
  std::vector<double> numbers;
  const char *at = text.data(), *const end = text.data() + text.size();
  while (at < end) {
    double number = 0.0;
    const auto read = std::from_chars(at, end, number);
    at = read.ptr == at ? at + 1 : read.ptr;
    if (read.ec == std::errc()) numbers.push_back(number);
  }
  return numbers;
}

struct Frame {
  double left, right, top, bottom;
};

Frame frame_of(std::string_view points) {
  const std::vector<double> numbers = numbers_in(points);
  if (numbers.size() < 4) fail_without("place for a box");
  Frame frame{numbers[0], numbers[0], numbers[1], numbers[1]};
  for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
    frame = {std::min(frame.left, numbers[i]), std::max(frame.right, numbers[i]),
             std::min(frame.top, numbers[i + 1]), std::max(frame.bottom, numbers[i + 1])};
  }
  return frame;
}

// The point of a line, which is SVG's "M point C point point point ...", that is nearest to `wanted` in x.
Page_layout::Point nearest_on(std::string_view path, const Page_layout::Point& wanted) {
  const std::vector<double> numbers = numbers_in(path);
  constexpr int samples = 32;  // of each piece: a few points apart
  Page_layout::Point nearest = wanted;
  double distance = std::numeric_limits<double>::infinity();
  for (std::size_t piece = 0; piece + 8 <= numbers.size(); piece += 6) {
    const double* const p = numbers.data() + piece;  // x and y in turn, of four points
    for (int i = 0; i <= samples; ++i) {
      const double t = 1.0 * i / samples, u = 1.0 - t;
      const auto at = [&](int axis) {
        return u * u * u * p[axis] + 3 * u * u * t * p[axis + 2] + 3 * u * t * t * p[axis + 4] +
               t * t * t * p[axis + 6];
      };
      if (std::abs(at(0) - wanted.x) >= distance) continue;
      distance = std::abs(at(0) - wanted.x);
      nearest = {wanted.x, at(1)};
    }
  }
  return nearest;
}

Page_layout::Drawn_arrow arrow_from(std::string_view group, bool has_label) {
  std::size_t at = 0;
  Page_layout::Drawn_arrow arrow;
  arrow.path = attribute(group, "d", at);
  arrow.head = attribute(group, "points", at);
  const std::string_view label = attribute(group, "points", at);
  if (arrow.path.empty()) fail_without("arrow");
  if (!has_label) return arrow;
  if (label.empty()) fail_without("place for the number on an arrow");
  const Frame frame = frame_of(label);
  arrow.label = {(frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2};
  return arrow;
}

// Whether a number at `place` on arrow i would touch that of another arrow.
bool touches_another(const Page_layout& layout, const std::vector<Page_layout::Arrow>& arrows, std::size_t i,
                     const Page_layout::Point& place) {
  constexpr double height = 15.0;
  for (std::size_t k = 0; k < arrows.size(); ++k) {
    if (k == i || arrows[k].label_width <= 0) continue;
    const Page_layout::Point& other = layout.arrows[k].label;
    const double room = (arrows[i].label_width + arrows[k].label_width) / 2;
    if (std::abs(other.y - place.y) < height && std::abs(other.x - place.x) < room) return true;
  }
  return false;
}

// Graphviz keeps a place for a number beside its line, where a reader may take it for another line's. So each
// moves onto its own line, unless it would touch another number there; when that has moved, it may try again.
void move_onto_lines(Page_layout& layout, const std::vector<Page_layout::Arrow>& arrows) {
  constexpr double farthest = 40.0;
  constexpr int tries = 3;
  std::vector<Page_layout::Point> wanted;
  for (const Page_layout::Drawn_arrow& arrow : layout.arrows) {
    wanted.push_back(nearest_on(arrow.path, arrow.label));
  }
  for (int k = 0; k < tries; ++k) {
    for (std::size_t i = 0; i < arrows.size(); ++i) {
      if (arrows[i].label_width <= 0) continue;
      Page_layout::Point& label = layout.arrows[i].label;
      const bool near = std::abs(wanted[i].y - label.y) < farthest;
      if (near && !touches_another(layout, arrows, i, wanted[i])) label = wanted[i];
    }
  }
}

Page_layout read_back(std::string_view svg, std::size_t boxes,
                      const std::vector<Page_layout::Arrow>& arrows) {
  Page_layout layout;
  std::size_t at = 0;
  const std::vector<double> view = numbers_in(attribute(svg, "viewBox", at));
  if (view.size() != 4) fail_without("size");
  layout.width = view[2];
  layout.height = view[3];
  const std::string_view transform = attribute(svg, "transform", at);
  layout.translation = transform.substr(std::min(transform.find("translate"), transform.size()));
  std::map<std::string_view, std::string_view> groups;
  for (const Svg_parts::Group& group : parts_of_svg(svg).groups) groups.emplace(group.id, group.content);
  const auto group = [&](char kind, std::size_t i) {
    const auto found = groups.find(fmt::format("{}{}", kind, i));
    if (found == groups.end()) fail_without("group for a box or arrow");
    return found->second;
  };
  for (std::size_t i = 0; i < boxes; ++i) {
    std::size_t start = 0;
    const Frame frame = frame_of(attribute(group('n', i), "points", start));
    layout.boxes.push_back({frame.left, frame.top});
  }
  for (std::size_t i = 0; i < arrows.size(); ++i) {
    layout.arrows.push_back(arrow_from(group('e', i), arrows[i].label_width > 0));
  }
  move_onto_lines(layout, arrows);
  return layout;
}

}  // namespace

std::size_t arrow_length(std::size_t boxes, const std::vector<Page_layout::Arrow>& arrows) {
  return total_arrow_length(as_picture(boxes, arrows));
}

Page_layout lay_out(const std::vector<Page_layout::Size>& boxes,
                    const std::vector<Page_layout::Arrow>& arrows) {
  const Picture picture = as_picture(boxes.size(), arrows);
  const std::size_t length = total_arrow_length(picture);
  if (length > longest_arrows) {
    throw Picture_too_large(
        fmt::format("backstep: the arrows of this drawing lead across {} ranks in all, and "
                    "a page has room for {}",
                    length, longest_arrows));
  }
  return read_back(render(to_dot(boxes, arrows, picture), Picture_format::svg).bytes, boxes.size(), arrows);
}

}  // namespace bp
