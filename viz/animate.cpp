#include "viz/animate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "engine/data/file.h"
#include "viz/dot.h"
#include "viz/render.h"
#include "viz/svg_parts.h"

namespace bp {

namespace {

using Stress = Picture::Stress;

// ---- SVG, put together from three drawings ----------------------------------------------------------------
//
// The same layout is drawn three times: with every box waiting, with every box lit, and finished. Of each box
// and arrow the three are put on top of each other, and the style sheet shows one at a time.

constexpr double longest_sweep = 40.0, usual_step = 0.8, before = 1.0, after = 3.0;  // seconds

std::string draw_with(Picture picture, Stress stress, Picture_options options) {
  options.steady = true;
  for (Picture::Box& box : picture.boxes) {
    if (box.grad) box.stress = stress;
  }
  for (Picture::Arrow& arrow : picture.arrows) {
    if (picture.boxes[arrow.to].grad && arrow.local_derivative) arrow.stress = stress;
  }
  return render(to_dot(picture, options), Picture_format::svg).bytes;
}

// Of what happens at each step, when: three keyframes, for what waits, what is lit and what is done.
std::string style_sheet(std::size_t steps) {
  const double step = std::min(usual_step, longest_sweep / static_cast<double>(steps));
  const double whole = before + step * static_cast<double>(steps) + after;
  std::string css = fmt::format(
      ".wait,.lit{{visibility:hidden}}\n.wait,.lit,.done{{animation:{:.3g}s step-end infinite}}\n", whole);
  for (std::size_t i = 0; i < steps; ++i) {
    const double begin = 100.0 * (before + step * static_cast<double>(i)) / whole;
    const double end = i + 1 == steps ? 100.0 * (whole - after / 2) / whole : begin + 100.0 * step / whole;
    css += fmt::format(
        "@keyframes w{0}{{0%{{visibility:visible}}{1:.4f}%,100%{{visibility:hidden}}}}\n"
        "@keyframes "
        "l{0}{{0%{{visibility:hidden}}{1:.4f}%{{visibility:visible}}{2:.4f}%,100%{{visibility:hidden}}}}\n"
        "@keyframes d{0}{{0%{{visibility:hidden}}{2:.4f}%,100%{{visibility:visible}}}}\n",
        i, begin, end);
  }
  return css + "@media (prefers-reduced-motion:reduce){.wait,.lit,.done{animation:none}}\n";
}

// The step of each box that has one, by the box's id.
using Steps = std::map<std::string, std::size_t, std::less<>>;
Steps steps_of(const Picture& picture) {
  Steps steps;
  const std::vector<std::size_t> order = sweep_order(picture);
  for (std::size_t i = 0; i < order.size(); ++i) steps[picture.boxes[order[i]].id] = i;
  return steps;
}

// An arrow has the step of the box that it leads to, for then a gradient goes back along it: but not to a
// constant.
std::optional<std::size_t> step_of(std::string_view title, const Steps& steps) {
  constexpr std::string_view arrow = "&#45;&gt;";
  const std::size_t place = title.find(arrow);
  if (place != std::string_view::npos && steps.find(title.substr(0, place)) == steps.end())
    return std::nullopt;
  const auto found = steps.find(place == std::string_view::npos ? title : title.substr(place + arrow.size()));
  return found == steps.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::vector<std::size_t> sweep_order(const Picture& picture) {
  std::vector<std::size_t> order;
  for (std::size_t i = picture.boxes.size(); i-- > 0;) {
    if (picture.boxes[i].grad) order.push_back(i);
  }
  return order;
}

Picture at_step(const Picture& picture, std::size_t step) {
  Picture moved = picture;
  const std::vector<std::size_t> order = sweep_order(picture);
  for (std::size_t i = 0; i < order.size(); ++i) {
    moved.boxes[order[i]].stress = i >= step ? Stress::waiting : i + 1 == step ? Stress::lit : Stress::plain;
  }
  for (Picture::Arrow& arrow : moved.arrows) {
    if (picture.boxes[arrow.to].grad && arrow.local_derivative) arrow.stress = moved.boxes[arrow.to].stress;
  }
  return moved;
}

std::string animated_svg(const Picture& picture, const Picture_options& options) {
  const std::array<std::string, 3> svgs = {draw_with(picture, Stress::waiting, options),
                                           draw_with(picture, Stress::lit, options),
                                           draw_with(picture, Stress::plain, options)};
  const std::array<Svg_parts, 3> drawings = {parts_of_svg(svgs[0]), parts_of_svg(svgs[1]),
                                             parts_of_svg(svgs[2])};
  constexpr std::array<std::string_view, 3> classes = {"wait", "lit", "done"};
  const Steps steps = steps_of(picture);
  const Svg_parts& finished = drawings[2];
  std::string svg(finished.opening);
  svg.insert(svg.find("<svg ") + 5, "style=\"max-width:100%;max-height:100%\" ");  // all in one window
  svg += "<style>\n" + style_sheet(steps.size()) + "</style>\n";
  for (std::size_t i = 0; i < finished.groups.size(); ++i) {
    const std::optional<std::size_t> step = step_of(finished.groups[i].title, steps);
    for (std::size_t k = 0; k < drawings.size(); ++k) {
      const Svg_parts::Group& group = drawings[k].groups.at(i);
      if (group.title != finished.groups[i].title) throw std::logic_error("backstep: two layouts of a sweep");
      if (!step && k != 2) continue;  // a constant: nothing happens to it
      std::string how;
      if (step) {
        how = fmt::format(" class=\"{}\" style=\"animation-name:{}{}\"{}", classes[k], classes[k][0], *step,
                          k == 2 ? "" : " visibility=\"hidden\"");
      }
      svg += fmt::format("<g{}>\n{}</g>\n", how, group.content);
    }
  }
  svg += finished.closing;
  return svg;
}

void animate(const Picture& picture, const std::filesystem::path& file, const Picture_options& options) {
  const std::string ending = file.extension().string();
  if (ending != ".svg" && ending != ".gif") {
    throw std::invalid_argument("backstep: " + file.string() +
                                ": a moving picture's file ends in .svg or .gif");
  }
  if (sweep_order(picture).empty()) {
    throw std::invalid_argument("backstep: a picture without gradients has no backward sweep to show");
  }
  write_file_whole(file, ending == ".svg" ? animated_svg(picture, options) : animated_gif(picture, options));
}

}  // namespace bp
