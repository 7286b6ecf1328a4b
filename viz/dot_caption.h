// What stands below a picture: its title, and how to read it.
#pragma once

#include <string>

#include "viz/picture.h"

namespace bp {

/// Attributes of a graph in DOT that put the caption below it, with a comma before them; or nothing.
std::string dot_caption(const Picture& picture, const Picture_options& options);

/// Whether arrows carry numbers: not where a folded picture has too many of them.
bool shows_numbers(const Picture& picture);

}  // namespace bp
