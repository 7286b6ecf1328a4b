// The table of operations as JavaScript, so that a page can work a graph out by itself.
#pragma once

#include <string>

namespace bp {

/// `const operations = { tanh: { value: (x) => tanh(x), dx: (x, out) => 1.0 / square(cosh(x)) }, ... };`
///
/// The formulas are those of op_table.def, character by character: what C++ computes from, JavaScript can
/// read. Their functions stand in viz/web/elementary.js, and so do the operations of any number of inputs.
std::string operations_as_javascript();

}  // namespace bp
