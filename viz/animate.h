// The backward sweep as a moving picture: the numbers of the forward pass are there, and box after box gets
// its gradient, from the root back to the leaves, in the order of the engine.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "viz/picture.h"

namespace bp {

/// ImageMagick, which puts the pictures of a GIF together, is not here; the message says what to install.
struct Imagemagick_missing : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The places of the boxes that have a gradient, in the order in which a sweep comes to them.
std::vector<std::size_t> sweep_order(const Picture& picture);

/// The picture when the sweep has come to so many boxes: the last of them lit, and the arrows along which its
/// gradient goes on; the others waiting.
Picture at_step(const Picture& picture, std::size_t step);

/// An SVG that plays by itself again and again, with a pause at its end, and needs no script. Where motion is
/// not wanted (prefers-reduced-motion), and in programs that know no animation, it is the finished picture.
///
/// Throws:    as render().
std::string animated_svg(const Picture& picture, const Picture_options& options = {});

/// A GIF of the same, at most 1600 pixels broad and high.
///
/// Time:      that of a PNG for each box, and ImageMagick's.
/// Throws:    Picture_too_large when it would have more than 150 pictures; Imagemagick_missing;
///            std::runtime_error when ImageMagick fails.
std::string animated_gif(const Picture& picture, const Picture_options& options = {});

/// Writes one or the other, by the file's ending: .svg or .gif.
///
/// Throws:    also std::invalid_argument for another ending and for a picture without gradients;
///            std::runtime_error with the path when it cannot be written. The file is then as it was before.
void animate(const Picture& picture, const std::filesystem::path& file, const Picture_options& options = {});

/// Those of these programs that say of themselves that they are ImageMagick.
///
/// Throws:    Imagemagick_missing when none does.
std::vector<std::string> imagemagick_among(const std::vector<std::string>& programs);

/// How many pictures a GIF has; 0: it is none, or it is cut off.
std::size_t pictures_in_gif(const std::string& bytes);

}  // namespace bp
