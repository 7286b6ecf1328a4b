// Lesson 16: from neurons to matrices, with the same gradients
//
// Before:  networks as graphs of single numbers; every example went through its own copy of the sums.
// Now:     the same sums as products of matrices: many examples at once, forward and backward.
// After:   you can say why W and dZ are transposed, why the bias gradient is a sum, and where the 1/B lives.
// Run:     lessons/run 16
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/scalar/loss.h"
#include "engine/scalar/nn.h"
#include "engine/vector/loss.h"
#include "engine/vector/network.h"
#include "lessons/picture.h"
#include "viz/picture.h"

namespace batch = bp::batch;
using bp::Graph, bp::Value, fmt::print;            // today's vocabulary: one number at a time,
using Matrix = batch::Matrix<double>;              // and a table of numbers, rows x columns
using Numbers = std::vector<std::vector<double>>;  // the same for the scalar engine

// 1. A layer of 3 neurons with 2 inputs each, and 4 examples with their targets. The numbers are such that
//    everything comes out exactly and can be checked by hand.
struct Task {
  Matrix X = {{1, 2}, {2, -1}, {-1, 1}, {3, 1}};
  Matrix W = {{0.5, -1}, {1, 0.5}, {-0.5, 1}};
  Matrix b = {{1, -1, 0.5}};
  Matrix T = {{-1.5, 2, 0}, {1, -0.5, -0.5}, {0.5, -3.5, 1}, {-0.5, 3.5, -3}};
};

// Mathematics' product: row m of a meets column n of b.
Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows(), b.cols());
  for (std::size_t m = 0; m < a.rows(); ++m) {
    for (std::size_t n = 0; n < b.cols(); ++n) {
      for (std::size_t k = 0; k < a.cols(); ++k) c(m, n) += a(m, k) * b(k, n);
    }
  }
  return c;
}

// Rows become columns.
Matrix transposed(const Matrix& a) {
  Matrix turned(a.cols(), a.rows());
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j < a.cols(); ++j) turned(j, i) = a(i, j);
  }
  return turned;
}

// What a layer's forward and backward pass leave behind.
struct Pass {
  Matrix Z{4, 3}, dZ{4, 3}, dW{3, 2}, db{1, 3}, dX{4, 2};
};

// The formulas of this lesson, as they are written.
Pass by_products(const Task& t) {
  Matrix Z = product(t.X, transposed(t.W)), dZ = Z;
  for (std::size_t n = 0; n < Z.rows(); ++n) {
    for (std::size_t o = 0; o < Z.cols(); ++o) {
      Z(n, o) += t.b(0, o);
      dZ(n, o) = (Z(n, o) - t.T(n, o)) / static_cast<double>(Z.rows());
    }
  }
  Matrix ones(1, Z.rows());
  ones.fill(1);
  return {
      .Z = Z, .dZ = dZ, .dW = product(transposed(dZ), t.X), .db = product(ones, dZ), .dX = product(dZ, t.W)};
}

void print_side_by_side(const std::vector<std::pair<std::string_view, const Matrix*>>& matrices) {
  std::vector<std::string> lines(5);  // a title, and up to four rows
  for (const auto& [name, m] : matrices) {
    const std::size_t begin = lines[0].size() + 3, indent = lines[0].empty() ? 6 : begin + 2;
    lines[0].resize(indent, ' ');
    lines[0] += fmt::format("{} ({} x {})", name, m->rows(), m->cols());
    for (std::size_t row = 0; row < m->rows(); ++row) {
      lines[row + 1].resize(indent - 2, ' ');
      for (const double number : m->row(row)) lines[row + 1] += fmt::format("{:>7g}", number);
    }
    lines[0].resize(std::max(lines[0].size(), lines[1].size()), ' ');
  }
  for (const std::string& line : lines) {
    const std::size_t end = line.find_last_not_of(' ');
    if (end != std::string::npos) print("{}\n", line.substr(0, end + 1));
  }
}

void show_forward(const Task& t, const Pass& p) {
  print(R"(1. The sums of a layer are a product of matrices

   Take a layer of 3 neurons with 2 inputs, without an activation for now, and 4 examples.
   Lay the numbers out in tables, matrices. Rows x columns, counted from 0:

      X   4 x 2   an example in each row, its inputs side by side         B x I
      W   3 x 2   a neuron in each row, its weights side by side          O x I
      b   1 x 3   a bias for each neuron                                  1 x O
      Z   4 x 3   the sums: examples down, neurons across                 B x O

   B is the size of the batch, I the number of inputs, O that of outputs.

)");
  print_side_by_side({{"X", &t.X}, {"W", &t.W}, {"b", &t.b}, {"Z", &p.Z}});
  print(R"(
   One of the sums by hand, example 1 and neuron 0:

      Z[1][0] = X[1][0]*W[0][0] + X[1][1]*W[0][1] + b[0] = {}*{} + {}*{} + {} = {}

   So every row of X meets every row of W. But the product of two matrices, as mathematics
   has it, lets rows meet columns. Therefore W is turned over, its rows into columns. That
   is its transpose W^T, 2 x 3, and the whole layer for the whole batch is

      Z = X W^T + b           (4 x 2)(2 x 3) = 4 x 3, and b is added to each row

   The inner two numbers must be equal; the outer two are the shape of what comes out.

)",
        t.X(1, 0), t.W(0, 0), t.X(1, 1), t.W(0, 1), t.b(0, 0), p.Z(1, 0));
}

// 2. Backward. Multiply along a path, add over all paths: the paths of a weight lead through all examples.
void show_backward(const Task& t, const Pass& p) {
  print(R"(2. Backward: three more products

   The loss is the mean over the examples of 1/2 (Z - T)^2, summed over the neurons, for
   targets T. So dZ = (Z - T) / 4, where a d in front stands for the gradient of the loss.
   It has the shape of what it is the gradient of. From dZ on, multiply along each path and
   add over all paths:

      W[o][i] is in Z[n][o] of every example n, times X[n][i]
      b[o]    is in Z[n][o] of every example n, times 1
      X[n][i] is in Z[n][o] of every neuron o,  times W[o][i]

      dW[o][i] = sum over n of dZ[n][o] * X[n][i]     dW = dZ^T X   (3 x 4)(4 x 2) = 3 x 2
      db[o]    = sum over n of dZ[n][o]               db = 1 dZ     (1 x 4)(4 x 3) = 1 x 3
      dX[n][i] = sum over o of dZ[n][o] * W[o][i]     dX = dZ W     (4 x 3)(3 x 2) = 4 x 2

   (The 1 in the middle line is a row of ones.)

)");
  print_side_by_side({{"T", &t.T}, {"dZ", &p.dZ}});
  print("\n");
  print_side_by_side({{"dW", &p.dW}, {"db", &p.db}, {"dX", &p.dX}});
  print("\n   By hand:\n\n      dW[0][0] = ");
  for (std::size_t n = 0; n < 4; ++n) print("{}{}*{}", n == 0 ? "" : " + ", p.dZ(n, 0), t.X(n, 0));
  print(" = {}\n      db[0]    = ", p.dW(0, 0));
  for (std::size_t n = 0; n < 4; ++n) print("{}{}", n == 0 ? "" : " + ", p.dZ(n, 0));
  print(R"( = {}

   Why the transposes? A product adds over the columns of its left and the rows of its right
   factor. dW adds over the examples, which are rows of dZ: dZ must be turned. dX adds over
   the neurons, the columns of dZ and the rows of W: both stand right as they are. And the
   gradient of a bias is a sum because one bias serves all examples: it is like a weight whose
   input is always 1, hence the row of ones.

   Nobody has to learn these by heart. Where B, I and O differ, the shapes tell: of X, W and
   dZ, turned or not, no other two make a product of the shape of W, or of X.

)",
        p.db(0, 0));
}

// 3. The scalar engine computes the same: one graph, all weights used by all examples.
Numbers rows_of(const Matrix& m) {
  Numbers rows;
  for (std::size_t i = 0; i < m.rows(); ++i) rows.emplace_back(m.row(i).begin(), m.row(i).end());
  return rows;
}

std::vector<Value> leaves(Graph& graph, const std::vector<double>& numbers) {
  std::vector<Value> made;
  made.reserve(numbers.size());
  for (const double number : numbers) made.push_back(graph.leaf(number));
  return made;
}

Pass by_values(const Task& t, Graph& graph) {
  const bp::Layer layer(graph, rows_of(t.W), rows_of(t.b)[0], bp::Activation::identity);
  std::vector<std::vector<Value>> x, z;
  std::vector<Value> losses;
  for (std::size_t n = 0; n < t.X.rows(); ++n) {
    x.push_back(leaves(graph, rows_of(t.X)[n]));
    z.push_back(layer(x[n]));
    losses.push_back(bp::half_squared_error(z[n], rows_of(t.T)[n]));
  }
  mean(losses).backward();

  Pass p;
  for (std::size_t n = 0; n < 4; ++n) {
    for (std::size_t o = 0; o < 3; ++o) p.Z(n, o) = z[n][o].data(), p.dZ(n, o) = z[n][o].grad();
    for (std::size_t i = 0; i < 2; ++i) p.dX(n, i) = x[n][i].grad();
  }
  for (std::size_t o = 0; o < 3; ++o) {
    for (std::size_t i = 0; i < 2; ++i) p.dW(o, i) = layer.neurons()[o].weights()[i].grad();
    p.db(0, o) = layer.biases()[o].grad();
  }
  return p;
}

// The vector engine has a kernel, a loop that is made fast, for each of the three products.
Pass by_kernels(const Task& t) {
  const batch::Kernels<double>& kernels = batch::best_kernels<double>();
  Pass p;
  Matrix packed(1, kernels.packed_size(3, 2));  // lesson 17 says what this is for
  kernels.pack(t.W, packed.data());
  kernels.dense_forward(t.X, {t.W, packed.data()}, t.b.data(), {}, {}, p.Z);
  batch::Loss<double> loss(batch::Loss_kind::half_squared_error);
  loss(p.Z, t.T.view(), p.dZ);
  kernels.dense_backward_weights(p.dZ, t.X, p.dW, p.db.data());
  kernels.dense_backward_input(p.dZ, t.W, {}, {}, p.dX);
  return p;
}

double difference(const Matrix& a, const Matrix& b) {
  double greatest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    greatest = std::max(greatest, std::abs(a.span()[i] - b.span()[i]));
  }
  return greatest;
}

void compare_engines(const Task& t, const Pass& products) {
  Graph graph;
  const Pass values = by_values(t, graph), kernels = by_kernels(t);
  print(R"(3. Two engines, the same numbers

   The scalar engine makes a graph of {} values of this layer, batch and loss. The vector
   engine calls a kernel, a loop made fast, for each product. By how much they differ from
   the products above, at most:

           engine/scalar   engine/vector
)",
        graph.size());
  const auto row = [&](std::string_view name, Matrix Pass::*m) {
    print("      {:<2} {:>14g} {:>15g}\n", name, difference(values.*m, products.*m),
          difference(kernels.*m, products.*m));
  };
  row("Z", &Pass::Z);
  row("dZ", &Pass::dZ);
  row("dW", &Pass::dW);
  row("db", &Pass::db);
  row("dX", &Pass::dX);
  print(R"(
   (Exactly 0, since all these numbers are whole eighths, and a double holds those exactly.)

)");
}

// 4. The mean over the batch divides by B in one place, the gradient of the loss.
void show_mean(const Task& t) {
  print(R"(4. Where the 1/B lives

   In dZ = (Z - T) / B and nowhere else: dW, db and dX are sums of terms that each have a
   dZ in them, so the factor comes along. Why divide at all? Let each example come several
   times. A mean does not care how often, a sum does:

                                 with the mean           with the sum
                               loss   dW[0][0]         loss   dW[0][0]
)");
  for (const auto& [often, times] : {std::pair("once", std::size_t{1}), std::pair("twice", std::size_t{2}),
                                     std::pair("100 times", std::size_t{100})}) {
    Task many = t;
    many.X.resize(4 * times, 2);
    many.T.resize(4 * times, 3);
    for (std::size_t n = 0; n < 4 * times; ++n) {
      std::ranges::copy(t.X.row(n % 4), many.X.row(n).begin());
      std::ranges::copy(t.T.row(n % 4), many.T.row(n).begin());
    }
    const Pass p = by_products(many);
    const double examples = static_cast<double>(4 * times);
    double sum = 0;
    for (std::size_t i = 0; i < p.Z.size(); ++i) {
      const double error = p.Z.span()[i] - many.T.span()[i];
      sum += 0.5 * error * error;
    }
    print("      {:9}   B = {:3} {:11g} {:10g} {:12g} {:10g}\n", often, 4 * times, sum / examples, p.dW(0, 0),
          sum, p.dW(0, 0) * examples);
  }
  print(R"(
   With the mean, the length of a step does not depend on how many examples there are. And if
   the division is forgotten, or done twice? No shape is wrong and nothing crashes: the steps
   are just B times too long, or too short. Comparing gradients finds such a slip.

)");
}

// 5. A whole network, 2-3-1 with tanh, in both engines from the same 13 numbers.
struct Whole_network {
  Task first;  // X, W and b of its first layer
  Matrix W2 = {{0.5, -1, 0.25}}, b2 = {{0.125}}, T = {{1}, {-1}, {0.5}, {-0.5}};
};

template <class T>
batch::Matrix<T> as(const Matrix& numbers) {
  batch::Matrix<T> result(numbers.rows(), numbers.cols());
  std::ranges::transform(numbers.span(), result.span().begin(), [](double x) { return static_cast<T>(x); });
  return result;
}

// All gradients in the order of the network's parameters: 0.weight, 0.bias, 2.weight, 2.bias (1 is tanh).
template <class T>
std::vector<double> gradients_of_batch(const Whole_network& task) {
  bp::Random random(1);
  batch::Network<T> net(2, {batch::Dense{3}, batch::Activation{batch::Curve::tanh}, batch::Dense{1}}, random);
  const std::array<const Matrix*, 4> given = {&task.first.W, &task.first.b, &task.W2, &task.b2};
  std::vector<batch::Named_tensor<T>> parameters = net.parameters();
  for (std::size_t i = 0; i < 4; ++i) std::ranges::copy(as<T>(*given[i]).span(), parameters[i].data.begin());

  const batch::Matrix<T> x = as<T>(task.first.X), t = as<T>(task.T);
  batch::Matrix<T> dy(4, 1);
  const batch::View<const T> y = net.forward(x, batch::Training());
  batch::Loss<T> loss(batch::Loss_kind::half_squared_error);
  loss(y, t.view(), dy);
  net.backward(dy);

  std::vector<double> gradients;
  for (const auto& p : parameters) gradients.insert(gradients.end(), p.grad.begin(), p.grad.end());
  return gradients;
}

// The same of one example, in Values.
std::vector<double> gradients_of_example(const Whole_network& task, std::size_t n) {
  Graph graph;
  const bp::Mlp net({bp::Layer(graph, rows_of(task.first.W), rows_of(task.first.b)[0], bp::Activation::tanh),
                     bp::Layer(graph, rows_of(task.W2), rows_of(task.b2)[0], bp::Activation::identity)});
  bp::half_squared_error(net(rows_of(task.first.X)[n]), rows_of(task.T)[n]).backward();

  std::vector<double> gradients;
  for (const bp::Layer& layer : net.layers()) {
    for (Value w : layer.weights()) gradients.push_back(w.grad());
    for (Value b : layer.biases()) gradients.push_back(b.grad());
  }
  return gradients;
}

void show_whole_network() {
  const Whole_network task;
  std::vector<std::vector<double>> one;
  for (std::size_t n = 0; n < 4; ++n) one.push_back(gradients_of_example(task, n));
  const std::vector<double> all = gradients_of_batch<double>(task),
                            in_float = gradients_of_batch<float>(task);
  constexpr std::array names = {"W1[0][0]", "W1[0][1]", "W1[1][0]", "W1[1][1]", "W1[2][0]",
                                "W1[2][1]", "b1[0]",    "b1[1]",    "b1[2]",    "W2[0][0]",
                                "W2[0][1]", "W2[0][2]", "b2[0]"};
  print(R"(5. A whole network

   2 inputs, 3 neurons with tanh, 1 output, the same 4 examples. The scalar engine takes the
   examples one by one, each in a graph of its own, and we take the mean of the gradients.
   The vector engine takes all four examples at once:

                 engine/scalar: example                                        engine/vector:
                          0           1           2           3        mean         the batch
)");
  double off = 0, off_in_float = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double mean = (one[0][i] + one[1][i] + one[2][i] + one[3][i]) / 4;
    print("      {:8} {:12.7f}{:12.7f}{:12.7f}{:12.7f}{:12.7f}{:18.7f}\n", names[i], one[0][i], one[1][i],
          one[2][i], one[3][i], mean, all[i]);
    off = std::max(off, std::abs(all[i] - mean));
    off_in_float = std::max(off_in_float, std::abs(in_float[i] - mean));
  }
  bp::Random random(1);
  const batch::Network<float> large(
      784, {batch::Dense{128}, batch::Activation{batch::Curve::relu}, batch::Dense{10}}, random);
  const auto operations = static_cast<long>(large.operations_per_example());
  print(R"(
   All 13 agree within 1e-12: {}. And when the vector engine computes in float, numbers of
   7 digits in place of 16 that take half the room, within 1e-5: {}.

   The activation goes through each number by itself: dZ = dY * tanh'(Z), no product there.
   So a step of this network takes five products: two forward, two for the weights, one to take
   dZ back to the first layer. (Nobody asks for the gradient of its inputs.)

   What is it good for? A network with 784 inputs, the pixels of a small picture, 128 neurons
   and 10 outputs takes {},{:03} multiplications and additions for each example, forward and
   backward. They are the same in both engines, but in a matrix their numbers lie side by
   side in memory, ready to be taken by the dozen. How fast that can be is lesson 17.

)",
        off <= 1e-12 ? "yes" : "no", off_in_float <= 1e-5 ? "yes" : "no", operations / 1000,
        operations % 1000);
}

// The picture: neuron 0 of section 1 over the batch. Its three parameters have an arrow to each example.
void draw_neuron_over_batch(const Task& t) {
  Graph graph;
  const Value w0 = graph.leaf(t.W(0, 0), "w0"), w1 = graph.leaf(t.W(0, 1), "w1"),
              b = graph.leaf(t.b(0, 0), "b");
  std::vector<Value> losses;
  for (std::size_t n = 0; n < 4; ++n) {
    const Value z = (w0 * t.X(n, 0) + w1 * t.X(n, 1) + b).named(fmt::format("z{}", n));
    losses.push_back((0.5 * square(z - t.T(n, 0))).named(fmt::format("E{}", n)));
  }
  const Value L = mean(losses).named("L");
  L.backward();
  bp::Picture_options options;
  options.title = "One neuron, a batch of four: its gradients are sums over the four arrows";
  options.weighted_sums = bp::Weighted_sums::folded;
  options.direction = bp::Rank_direction::top_down;
  bp::show_graph(L, "16_batches.png", options);
  print(R"(Picture: 16_batches.png
   Neuron 0 of section 1 and its four sums, z0 to z3. Along the four arrows that leave w0 stand
   the inputs X[n][0]. Times the grad of the box they lead to, and added: {}, as dW[0][0] above.
)",
        w0.grad());
}

void lesson() {
  print("Lesson 16: from neurons to matrices, with the same gradients\n{:=<60}\n\n", "");
  const Task task;
  const Pass pass = by_products(task);
  show_forward(task, pass);
  show_backward(task, pass);
  compare_engines(task, pass);
  show_mean(task);
  show_whole_network();
  draw_neuron_over_batch(task);
}

int main() { return bp::run(lesson); }
