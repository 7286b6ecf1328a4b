// The boxes of a picture as HTML-like labels of DOT.
#pragma once

#include <string>

#include "viz/picture.h"
#include "viz/scale.h"

namespace bp {

/// The box as a table: its name and how it is calculated in the head, then data, grad and marks.
/// Gradients are tinted by their sign and size, `gradients` being those of the whole picture.
std::string box_label(const Picture::Box& box, const Picture_options& options, const Scale& gradients);

/// Of what a legend shows a sample.
enum class Swatch { leaf, computed, root, group };

/// A sample with its word in it, as a cell of a table.
std::string swatch(Swatch which);

}  // namespace bp
