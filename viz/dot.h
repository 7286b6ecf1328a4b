// A graph as DOT, the language of Graphviz. render.h makes pictures of it.
//
// Each value is a small table: its name and how it is calculated in the head, then data and grad. Leaves are
// rounded and tinted all over, computed values have corners, the root a heavy frame: they differ in black and
// white too. A constant is drawn small, once for each use. A gradient that was not computed is a dash; nan
// and inf stand out. An arrow carries the local derivative of the value it points to by the value it comes
// from. So a gradient can be checked with a pencil: multiply along each path to the root, and add the paths.
#pragma once

#include <string>

#include "viz/picture.h"

namespace bp {

/// The part of a graph that leads to `root`, as DOT.
///
/// The same graph gives the same bytes on every machine and in every locale.
/// Throws:    what picture_of() throws.
std::string to_dot(Value root, const Picture_options& options = {});

/// The whole tape as DOT.
///
/// Throws:    what picture_of() throws.
std::string to_dot(Graph& graph, const Picture_options& options = {});

/// Boxes and arrows as DOT, of which `options` says how they look.
std::string to_dot(const Picture& picture, const Picture_options& options = {});

}  // namespace bp
