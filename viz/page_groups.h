// The groups of a step-through page's boxes, where there are too many for one drawing.
#pragma once

#include "engine/scalar/graph.h"
#include "viz/page_model.h"

namespace bp {

/// Puts the boxes of a large model into groups: neurons and layers where the graph has them, else stretches of
/// the tape. A small one stays as it is.
void group_boxes(Page_model& model, Graph& graph, std::span<const Value> trained);

}  // namespace bp
