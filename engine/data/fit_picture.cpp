// What is ink, where it is, how large it becomes and where it goes: see fit_picture.h.
#include "engine/data/fit_picture.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "engine/data/picture_scaling.h"

namespace bp {
namespace {

// Closer to the background than this, 5 % of white, is background: the bound of Xiao et al.
constexpr int nothing_to_see = 13;

// ---- light and dark ---------------------------------------------------------------------------------------

struct Tones {
  int background = 0, darkest = 0, lightest = 0;

  bool is_dark_on_light() const { return 2 * background > darkest + lightest; }
  int extreme() const { return is_dark_on_light() ? darkest : lightest; }
  bool is_blank() const { return std::abs(background - extreme()) < nothing_to_see; }
};

Tones tones_of(const Picture& picture) {
  std::vector<std::uint8_t> border;
  for (std::size_t row = 0; row < picture.rows; ++row) {
    const auto first = picture.bytes.begin() + static_cast<std::ptrdiff_t>(row * picture.cols);
    if (row == 0 || row + 1 == picture.rows) {
      border.insert(border.end(), first, first + static_cast<std::ptrdiff_t>(picture.cols));
    } else {
      border.insert(border.end(), {*first, first[static_cast<std::ptrdiff_t>(picture.cols) - 1]});
    }
  }
  const auto middle = border.begin() + static_cast<std::ptrdiff_t>(border.size() / 2);
  std::nth_element(border.begin(), middle, border.end());
  const auto [darkest, lightest] = std::minmax_element(picture.bytes.begin(), picture.bytes.end());
  return {*middle, *darkest, *lightest};
}

// A straight line from the background, which becomes 0, to `full`, which becomes 255.
Tone_curve ink_curve(int background, int full) {
  Tone_curve curve{};
  for (int grey = 0; grey < 256; ++grey) {
    const double ink = 255.0 * (background - grey) / (background - full);
    curve[static_cast<std::size_t>(grey)] =
        static_cast<std::uint8_t>(std::lround(std::clamp(ink, 0.0, 255.0)));
  }
  return curve;
}

Tone_curve unchanged() {
  Tone_curve curve{};
  std::iota(curve.begin(), curve.end(), std::uint8_t{0});
  return curve;
}

// ---- where it is ------------------------------------------------------------------------------------------

// The smallest window that has all pixels of at least so much ink; there is one.
Window window_of_ink(const Picture& picture, const Tone_curve& curve, int least) {
  std::size_t left = picture.cols, right = 0, top = picture.rows, bottom = 0;
  for (std::size_t row = 0; row < picture.rows; ++row) {
    for (std::size_t col = 0; col < picture.cols; ++col) {
      if (curve[picture.bytes[row * picture.cols + col]] < least) continue;
      left = std::min(left, col);
      right = std::max(right, col);
      top = std::min(top, row);
      bottom = row;
    }
  }
  return {left, top, right - left + 1, bottom - top + 1};
}

// ---- where it goes ----------------------------------------------------------------------------------------

// The row (or column) in which the centre of mass is, counted from 0.
std::size_t middle_of_mass(const Scaled_picture& part, bool of_rows) {
  double mass = 0, moment = 0;
  for (std::size_t row = 0; row < part.rows; ++row) {
    for (std::size_t col = 0; col < part.cols; ++col) {
      const double ink = part.ink[row * part.cols + col];
      mass += ink;
      moment += ink * (static_cast<double>(of_rows ? row : col) + 0.5);
    }
  }
  return static_cast<std::size_t>(moment / mass);
}

// How far to shift so that `middle` comes to the middle of `room`, and yet nothing over its edge.
std::size_t shift(std::size_t middle, std::size_t size, std::size_t room) {
  return std::min(room / 2 - std::min(room / 2, middle), room - size);
}

void put(const Scaled_picture& part, std::size_t top, std::size_t left, std::size_t cols,
         std::vector<std::uint8_t>& pixels) {
  for (std::size_t row = 0; row < part.rows; ++row) {
    for (std::size_t col = 0; col < part.cols; ++col) {
      const float ink = std::clamp(part.ink[row * part.cols + col], 0.0F, 255.0F);
      pixels[(top + row) * cols + left + col] = static_cast<std::uint8_t>(std::lround(ink));
    }
  }
}

std::string inversion(const Tones& tones, int full) {
  std::string text = tones.is_dark_on_light() ? "inverted; " : "";
  if (tones.background != (tones.is_dark_on_light() ? 255 : 0)) {
    text += "background " + std::to_string(tones.background) + " made 0; ";
  }
  const int own = tones.is_dark_on_light() ? 0 : 255;
  if (full != own) text += "strongest ink " + std::to_string(full) + " made 255; ";
  return text;
}

// The scaled picture's brightest pixel becomes 255; says so where it was far from it.
std::string brighten(Scaled_picture& part) {
  const float brightest = *std::max_element(part.ink.begin(), part.ink.end());
  for (float& ink : part.ink) ink *= 255 / brightest;
  constexpr float unremarkable = 230;
  if (brightest >= unremarkable) return "";
  return "; brightened, " + std::to_string(std::lround(brightest)) + " to 255";
}

// ---- the three preparations -------------------------------------------------------------------------------

void prepare_digit(const Picture& picture, const Tones& tones, std::size_t rows, std::size_t cols,
                   Fitted_picture& fitted) {
  constexpr std::size_t box = 20, field = 28;
  constexpr int is_ink = 64;  // a quarter of full ink: fainter than this are a scan's shadows
  const Tone_curve curve = ink_curve(tones.background, tones.extreme());
  const Window from = window_of_ink(picture, curve, is_ink);
  const auto part_of = [](std::size_t side) { return std::max(std::size_t{1}, side * box / field); };
  const Window to = largest_within(from, part_of(cols), part_of(rows));
  Scaled_picture part = scaled(picture, curve, from, to);
  const std::string brightened = brighten(part);
  put(part, shift(middle_of_mass(part, true), part.rows, rows),
      shift(middle_of_mass(part, false), part.cols, cols), cols, fitted.pixels);
  fitted.how += inversion(tones, tones.extreme()) + "cropped to " + from.text() + "; scaled to " + to.size() +
                brightened + "; centred by its centre of mass";
}

void prepare_thing(const Picture& picture, const Tones& tones, std::size_t rows, std::size_t cols,
                   Fitted_picture& fitted) {
  const int full = tones.is_dark_on_light() ? 0 : 255;
  const Tone_curve curve = ink_curve(tones.background, full);
  const Window from = window_of_ink(picture, curve, nothing_to_see);
  const Window to = largest_within(from, cols, rows);
  Scaled_picture part = scaled(picture, curve, from, to);
  sharpen(part);
  put(part, (rows - to.height) / 2, (cols - to.width) / 2, cols, fitted.pixels);
  fitted.how += inversion(tones, full) + "trimmed to " + from.text() + "; scaled to " + to.size() +
                "; sharpened; centred";
}

void prepare_plainly(const Picture& picture, const Tones& tones, std::size_t rows, std::size_t cols,
                     Fitted_picture& fitted) {
  const Window from{0, 0, picture.cols, picture.rows}, to = largest_within(from, cols, rows);
  std::fill(fitted.pixels.begin(), fitted.pixels.end(), static_cast<std::uint8_t>(tones.background));
  put(scaled(picture, unchanged(), from, to), (rows - to.height) / 2, (cols - to.width) / 2, cols,
      fitted.pixels);
  fitted.how += "scaled from " + from.size() + " to " + to.size() + "; centred";
}

void check_sizes(const Picture& picture, std::size_t rows, std::size_t cols) {
  if (picture.bytes.empty() || picture.bytes.size() != picture.rows * picture.cols || rows == 0 ||
      cols == 0) {
    throw std::invalid_argument("fit_picture: a picture of " + std::to_string(picture.cols) + " x " +
                                std::to_string(picture.rows) + " with " +
                                std::to_string(picture.bytes.size()) + " pixels cannot be made " +
                                std::to_string(cols) + " x " + std::to_string(rows));
  }
}

std::string behind(const Picture& picture) {
  if (!picture.behind) return "";
  return *picture.behind == 0 ? "laid on black; " : "laid on white; ";
}

}  // namespace

Fitted_picture fit_picture(const Picture& picture, Preparation preparation, std::size_t rows,
                           std::size_t cols) {
  if (picture.rows != rows || picture.cols != cols) return prepare_picture(picture, preparation, rows, cols);
  check_sizes(picture, rows, cols);
  const Tones tones = tones_of(picture);
  Fitted_picture fitted{picture.bytes, behind(picture) + "taken as it is", tones.is_blank()};
  if (fitted.blank) {
    fitted.how += "; it is blank";
  } else if (preparation != Preparation::plain && tones.is_dark_on_light()) {
    fitted.inverted = true;
    fitted.how += ", which is dark on light, while the network has learnt from light on dark";
  }
  return fitted;
}

Fitted_picture prepare_picture(const Picture& picture, Preparation preparation, std::size_t rows,
                               std::size_t cols) {
  check_sizes(picture, rows, cols);
  const Tones tones = tones_of(picture);
  Fitted_picture fitted{std::vector<std::uint8_t>(rows * cols), behind(picture), tones.is_blank()};
  if (preparation == Preparation::plain) {
    prepare_plainly(picture, tones, rows, cols, fitted);
    if (fitted.blank) fitted.how += "; it is blank";
  } else if (fitted.blank) {
    fitted.how += "it is blank: nothing stands out from its background by 5 % or more";
  } else if (preparation == Preparation::mnist) {
    prepare_digit(picture, tones, rows, cols, fitted);
  } else {
    prepare_thing(picture, tones, rows, cols, fitted);
  }
  return fitted;
}

}  // namespace bp
