// The network of the worked example with 0.05 and 0.10: two inputs, two hidden and two output neurons.
#pragma once

#include "engine/scalar/math.h"

namespace bp::test {

/// Matt Mazur, "A Step by Step Backpropagation Example" (2015); the biases are shared by a layer.
struct Worked_example {
  Graph graph;
  Value w1 = graph.leaf(0.15, "w1"), w2 = graph.leaf(0.20, "w2"), w3 = graph.leaf(0.25, "w3");
  Value w4 = graph.leaf(0.30, "w4"), w5 = graph.leaf(0.40, "w5"), w6 = graph.leaf(0.45, "w6");
  Value w7 = graph.leaf(0.50, "w7"), w8 = graph.leaf(0.55, "w8");
  Value i1 = graph.leaf(0.05, "i1"), i2 = graph.leaf(0.10, "i2");
  Value b1 = graph.leaf(0.35, "b1"), b2 = graph.leaf(0.60, "b2");
  Value t1 = graph.leaf(0.01, "t1"), t2 = graph.leaf(0.99, "t2");
  Value net_h1 = (w1 * i1 + w2 * i2 + b1).named("net_h1"), out_h1 = sigmoid(net_h1).named("out_h1");
  Value net_h2 = (w3 * i1 + w4 * i2 + b1).named("net_h2"), out_h2 = sigmoid(net_h2).named("out_h2");
  Value net_o1 = (w5 * out_h1 + w6 * out_h2 + b2).named("net_o1"), out_o1 = sigmoid(net_o1).named("out_o1");
  Value net_o2 = (w7 * out_h1 + w8 * out_h2 + b2).named("net_o2"), out_o2 = sigmoid(net_o2).named("out_o2");
  Value E_o1 = (0.5 * square(t1 - out_o1)).named("E_o1"), E_o2 = (0.5 * square(t2 - out_o2)).named("E_o2");
  Value E_total = (E_o1 + E_o2).named("E_total");
};

}  // namespace bp::test
