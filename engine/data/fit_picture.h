// Somebody's picture made into one that a network has learnt to read: of its size, and prepared as the
// pictures of its data set were.
//
// A network knows only pictures like those that it was shown. MNIST's digits are bright on dark, 20 pixels
// in their longer side, and stand with their centre of mass in the middle; a scan of a digit is none of this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/png.h"

namespace bp {

/// As which data set's pictures a picture is prepared.
enum class Preparation : std::uint8_t {
  /// Turned to bright ink on dark, cropped to the ink, scaled with its aspect kept until the longer side has
  /// 20 of 28 pixels, brightened until the brightest pixel has 255, and shifted by whole pixels until the
  /// centre of mass is in the middle one.
  ///
  /// Source:  LeCun, Cortes and Burges, "The MNIST database of handwritten digits", opening section. It
  ///          leaves open what "middle" and how bright: in all 60,000 training images the centre of mass is
  ///          in row 14 and column 14, from 0, and the brightest pixel has 254 or 255.
  mnist,
  /// Turned to a bright thing on dark, trimmed of what is within 5 % of the background, scaled with its
  /// aspect kept until the longer side fills the picture, sharpened, centred.
  ///
  /// Source:  Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
  ///          learning algorithms", arXiv:1708.07747, section 2. They scale by skipping rows and columns;
  ///          here what is between is averaged in.
  fashion_mnist,
  /// Scaled with its aspect kept until one side fills the picture, centred on what its border is.
  plain,
};

/// A picture as a network takes it.
struct Fitted_picture {
  std::vector<std::uint8_t> pixels;  ///< rows x cols, row by row
  /// What was done, in words; sizes are width x height, places (column, row) from the upper left corner.
  std::string how;
  bool blank = false;     ///< nothing stands out from the background; `how` says so, too
  bool inverted = false;  ///< taken as it is, and dark on light, unlike the data set; `how` says so, too
};

/// A picture of exactly this size as it is, any other as prepare_picture.
///
/// Shapes:  rows x cols is what the network takes.
/// Throws:  std::invalid_argument where the picture or what is asked for has no pixels.
Fitted_picture fit_picture(const Picture& picture, Preparation preparation, std::size_t rows,
                           std::size_t cols);

/// A picture of any size, prepared.
///
/// Whether it is dark on light, or light on dark, is told by its border: the median of the outermost pixels
/// is the background, and what is to be seen lies on the side where there is more room between it and the
/// picture's darkest or lightest pixel.
///
/// Shapes, throws:  as fit_picture.
Fitted_picture prepare_picture(const Picture& picture, Preparation preparation, std::size_t rows,
                               std::size_t cols);

}  // namespace bp
