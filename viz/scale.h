// The signs and sizes of a picture's numbers as colours, arrow heads and widths.
//
// Blue for positive and orange for negative are told apart by the colour-blind. In black and white a negative
// arrow has an open head, and a thick line is still thick.
#pragma once

#include <string>
#include <string_view>

#include "viz/picture.h"

namespace bp {

/// How large numbers are beside the largest of them, by their logarithms.
class Scale {
 public:
  static constexpr double decades = 2.0;

  void add(double number);
  /// 1 for the largest, 0 for 0 and for what is a hundred times smaller or more, and 1/3 for all when there
  /// is one size alone: then none stands out. NaN and infinity have 1.
  double share(double number) const;

 private:
  double least_ = 0.0, most_ = 0.0;  // of those that are finite and not 0
};

/// The scale of the numbers on arrows, and that of the gradients in boxes.
Scale scale_of_arrows(const Picture& picture);
Scale scale_of_gradients(const Picture& picture);

/// Colours of a sign: for lines and words on white; empty for 0 and NaN.
std::string_view colour_of_sign(double number);

/// How thick the lines are: clear where one stands out, fine where there are hundreds.
enum class Lines { usual, clear, fine };

/// DOT attributes of an arrow that carries this number.
std::string sign_attributes(double number, const Scale& scale, Lines lines = Lines::usual);

/// The colour behind a gradient, the stronger the larger; empty: none.
std::string_view tint_of(double gradient, const Scale& scale);

}  // namespace bp
