// The groups of a step-through page's boxes, where there are too many for one drawing.
#pragma once

#include <span>

#include "engine/scalar/graph.h"
#include "viz/page/model.h"

namespace bp {

/// Puts the boxes of a large model into groups: neurons and layers where the graph has them, else stretches
/// of the tape. A small one stays as it is.
void group_boxes(Page_model& model, Graph& graph, std::span<const Value> trained);

/// Puts all boxes into stretches of the tape, where nothing else can be drawn.
void cut_into_stretches(Page_model& model);

}  // namespace bp
