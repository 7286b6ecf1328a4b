// What the commands that draw do alike.
#pragma once

#include <string>

#include "engine/worksheet/worksheet.h"
#include "viz/picture.h"

namespace backstep {

/// A worksheet as it is drawn: a line of it is a box, and its loss is where all leads to.
///
/// Throws:    Picture_too_large.
bp::Picture picture_of(const bp::Worksheet& worksheet, const bp::Picture_options& look);

/// Draws into a file, says so, and passes on to standard error what is to be known of it.
///
/// Throws:    what bp::draw() throws.
void draw_to(const std::string& out, const bp::Picture& picture, const bp::Picture_options& look);

}  // namespace backstep
