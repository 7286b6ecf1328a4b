// Scaling along one side and then the other: see picture_scaling.h.
#include "engine/data/picture_scaling.h"

#include <algorithm>
#include <cmath>

namespace bp {
namespace {

// out[i] = sum_k weights[k] in[first + k], along one side.
struct Taps {
  std::size_t first = 0;
  std::vector<float> weights;
};

// How much pixel k of the larger or smaller picture counts for a pixel whose middle is at `centre`, and which
// is `scale` wide.
double weight_of(double k, double centre, double scale) {
  if (scale < 1) return std::max(0.0, 1 - std::abs(k + 0.5 - centre));
  return std::max(0.0, std::min(centre + scale / 2, k + 1) - std::max(centre - scale / 2, k));
}

std::vector<Taps> taps_of(std::size_t in, std::size_t out) {
  const double scale = static_cast<double>(in) / static_cast<double>(out), half = std::max(scale, 1.0);
  std::vector<Taps> all(out);
  for (std::size_t i = 0; i < out; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    all[i].first = static_cast<std::size_t>(std::max(0.0, std::floor(centre - half)));
    const auto end = std::min(in, static_cast<std::size_t>(std::ceil(centre + half)));
    double sum = 0;
    for (std::size_t k = all[i].first; k < end; ++k) {
      const double weight = weight_of(static_cast<double>(k), centre, scale);
      all[i].weights.push_back(static_cast<float>(weight));
      sum += weight;
    }
    for (float& weight : all[i].weights) weight = static_cast<float>(weight / sum);
  }
  return all;
}

}  // namespace

Window largest_within(const Window& window, std::size_t width, std::size_t height) {
  const auto w = static_cast<double>(window.width), h = static_cast<double>(window.height);
  const double factor = std::min(static_cast<double>(width) / w, static_cast<double>(height) / h);
  const auto side = [factor](double length, std::size_t most) {
    const auto rounded = static_cast<std::size_t>(std::lround(length * factor));
    return std::clamp(rounded, std::size_t{1}, most);
  };
  return {0, 0, side(w, width), side(h, height)};
}

Scaled_picture scaled(const Picture& picture, const Tone_curve& curve, const Window& from, const Window& to) {
  const std::vector<Taps> across = taps_of(from.width, to.width), down = taps_of(from.height, to.height);
  std::vector<float> narrow(from.height * to.width);
  for (std::size_t row = 0; row < from.height; ++row) {
    const std::uint8_t* in = picture.bytes.data() + (from.top + row) * picture.cols + from.left;
    for (std::size_t col = 0; col < to.width; ++col) {
      const Taps& taps = across[col];
      float sum = 0;
      for (std::size_t k = 0; k < taps.weights.size(); ++k) {
        sum += taps.weights[k] * static_cast<float>(curve[in[taps.first + k]]);
      }
      narrow[row * to.width + col] = sum;
    }
  }
  Scaled_picture result{to.height, to.width, std::vector<float>(to.height * to.width)};
  for (std::size_t row = 0; row < to.height; ++row) {
    const Taps& taps = down[row];
    for (std::size_t k = 0; k < taps.weights.size(); ++k) {
      for (std::size_t col = 0; col < to.width; ++col) {
        result.ink[row * to.width + col] += taps.weights[k] * narrow[(taps.first + k) * to.width + col];
      }
    }
  }
  return result;
}

void sharpen(Scaled_picture& picture) {
  // exp(-d^2 / 2) at the distances 1 and sqrt(2), taken away, and in the middle twice the sum s of all nine;
  // then divided by what that comes to, 2 s - (s - 1).
  const double beside = std::exp(-0.5), across = std::exp(-1.0), s = 1 + 4 * (beside + across);
  const auto rows = static_cast<std::ptrdiff_t>(picture.rows),
             cols = static_cast<std::ptrdiff_t>(picture.cols);
  const auto at = [&](std::ptrdiff_t row, std::ptrdiff_t col) {
    const std::ptrdiff_t near_row = std::clamp(row, std::ptrdiff_t{0}, rows - 1);
    const std::ptrdiff_t near_col = std::clamp(col, std::ptrdiff_t{0}, cols - 1);
    return double{picture.ink[static_cast<std::size_t>(near_row * cols + near_col)]};
  };
  std::vector<float> sharp;
  for (std::ptrdiff_t r = 0; r < rows; ++r) {
    for (std::ptrdiff_t c = 0; c < cols; ++c) {
      const double sides = at(r - 1, c) + at(r + 1, c) + at(r, c - 1) + at(r, c + 1);
      const double corners = at(r - 1, c - 1) + at(r - 1, c + 1) + at(r + 1, c - 1) + at(r + 1, c + 1);
      sharp.push_back(static_cast<float>((2 * s * at(r, c) - beside * sides - across * corners) / (s + 1)));
    }
  }
  picture.ink = std::move(sharp);
}

}  // namespace bp
