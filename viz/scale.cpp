#include "viz/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace bp {

namespace {

// Points, by the kind of lines.
struct Widths {
  double thinnest, thickest;
};
constexpr Widths widths_of(Lines lines) {
  switch (lines) {
    case Lines::clear: return {1.8, 2.6};
    case Lines::fine: return {0.4, 1.6};
    case Lines::usual: break;
  }
  return {0.8, 2.4};
}

// Three strengths each. The strongest are light enough for black text.
constexpr std::array<std::string_view, 3> blues = {"#e6f0fa", "#c6def5", "#9ec8f0"};
constexpr std::array<std::string_view, 3> oranges = {"#fff1e3", "#ffdfc0", "#ffc890"};

}  // namespace

void Scale::add(double number) {
  const double size = std::abs(number);
  if (!std::isfinite(size) || size == 0.0) return;
  least_ = least_ == 0.0 ? size : std::min(least_, size);
  most_ = std::max(most_, size);
}

double Scale::share(double number) const {
  const double size = std::abs(number);
  if (size == 0.0) return 0.0;
  if (!std::isfinite(size)) return 1.0;
  if (most_ <= least_ * 1.001) return 1.0 / 3.0;
  return std::clamp(1.0 + (std::log10(size) - std::log10(most_)) / decades, 0.0, 1.0);
}

Scale scale_of_arrows(const Picture& picture) {
  Scale scale;
  for (const Picture::Arrow& arrow : picture.arrows) {
    if (arrow.local_derivative) scale.add(*arrow.local_derivative);
  }
  return scale;
}

Scale scale_of_gradients(const Picture& picture) {
  Scale scale;
  for (const Picture::Box& box : picture.boxes) {
    if (box.grad) scale.add(*box.grad);
  }
  return scale;
}

std::string_view colour_of_sign(double number) {
  if (number > 0.0) return "#1d5fa6";
  if (number < 0.0) return "#b85000";
  return {};
}

std::string sign_attributes(double number, const Scale& scale, Lines lines) {
  const auto [thinnest, thickest] = widths_of(lines);
  const double width = thinnest + (thickest - thinnest) * scale.share(number);
  std::string attributes = fmt::format("penwidth={:.2g}", width);
  if (number < 0.0) attributes += ", arrowhead=empty, arrowsize=0.9";
  const std::string_view colour = colour_of_sign(number);
  if (!colour.empty()) attributes += fmt::format(R"(, color="{}", fontcolor="{}")", colour, colour);
  return attributes;
}

std::string_view tint_of(double gradient, const Scale& scale) {
  if (gradient == 0.0 || !std::isfinite(gradient)) return {};
  const auto strength = static_cast<std::size_t>(std::min(2.0, scale.share(gradient) * 3.0));
  return gradient > 0.0 ? blues[strength] : oranges[strength];
}

}  // namespace bp
