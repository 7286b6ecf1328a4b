// Prints one gradient of the worked example to 14 digits, and draws its graph into the file it is given.
#include <engine/scalar/math.h>
#include <viz/dot.h>
#include <viz/render.h>

#include <cstdio>

#include "engine/scalar/graph.h"  // quotes do as well as brackets

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  bp::Graph graph;
  const bp::Value x = graph.leaf(0.05, "x"), w = graph.leaf(0.15, "w"), b = graph.leaf(0.35, "b");
  const bp::Value y = sigmoid(w * x + b).named("y");
  const bp::Value loss = (0.5 * square(0.01 - y)).named("loss");
  loss.backward();
  bp::draw(loss, argv[1]);
  std::printf("%.14g\n%s\n", w.grad(), bp::to_dot(loss).substr(0, 7).c_str());
}
