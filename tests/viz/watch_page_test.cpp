#include "viz/watch_page.h"

#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/data/toy.h"
#include "engine/scalar/loss.h"
#include "engine/scalar/optimizer.h"
#include "engine/vector/loss.h"
#include "engine/vector/network.h"
#include "tests/support/catch2.h"

using namespace bp;

namespace {

/// Five steps of gradient descent on noisy moons, by the scalar engine.
Watched_run five_steps() {
  Random random(7);
  Watched_run run;
  run.name = "moons";
  run.about = {{"", "20 points"}};
  run.points = two_moons(20, 0.1, random);
  run.layers = {2, 3, 4, 1};
  Graph graph;
  Mlp net(graph, run.layers, {Activation::tanh, Activation::tanh, Activation::identity}, random,
          Initializer::xavier_uniform(), Initializer::uniform(-1, 1));
  Sgd optimizer(net.parameters(), 0.5);
  const std::vector<double> targets(run.points.labels.begin(), run.points.labels.end());
  for (std::size_t epoch = 0; epoch <= 5; ++epoch) {
    Graph::Scope scope(graph);
    std::vector<Value> logits;
    std::size_t right = 0;
    for (std::size_t i = 0; i < run.points.size(); ++i) {
      logits.push_back(net(std::span<const double>(run.points.inputs[i]))[0]);
      if ((logits.back().data() > 0) == (run.points.labels[i] == 1)) ++right;
    }
    const Value loss = binary_cross_entropy_with_logits(logits, targets);
    optimizer.zero_grad();
    loss.backward();
    run.epochs.push_back(watched_epoch(net, epoch, loss.data(), right));
    optimizer.step();
  }
  return run;
}

/// The numbers that the page has under a name: one list, or each of a list of lists.
std::vector<std::vector<double>> lists(const std::string& page, const std::string& name) {
  const std::string begin = "\"" + name + "\":[";
  std::size_t at = page.find(begin);
  if (at == std::string::npos) throw std::runtime_error("the page has no " + name);
  at += begin.size();
  std::vector<std::vector<double>> found;
  if (page[at] != '[') found.emplace_back();
  for (int depth = 1; depth > 0;) {
    const char c = page[at];
    if (c == '[') found.emplace_back();
    depth += (c == '[' ? 1 : 0) - (c == ']' ? 1 : 0);
    std::size_t length = 1;
    if (c == '-' || (c >= '0' && c <= '9')) found.back().push_back(std::stod(page.substr(at, 40), &length));
    at += length;
  }
  return found;
}

/// The vector engine's network with the weights of the page, which stand neuron by neuron, the bias last.
batch::Network<double> network_of(const std::vector<double>& weights) {
  using batch::Dense, batch::Curve;
  Random random(1);
  batch::Network<double> net(
      2, {Dense{3}, batch::Activation{Curve::tanh}, Dense{4}, batch::Activation{Curve::tanh}, Dense{1}},
      random);
  std::vector<batch::Named_tensor<double>> tensors = net.parameters();
  std::size_t at = 0;
  for (std::size_t k = 0; k < tensors.size(); k += 2) {
    const std::size_t outputs = tensors[k].shape[0], inputs = tensors[k].shape[1];
    for (std::size_t j = 0; j < outputs; ++j) {
      for (std::size_t i = 0; i < inputs; ++i) tensors[k].data[j * inputs + i] = weights.at(at++);
      tensors[k + 1].data[j] = weights.at(at++);
    }
  }
  CHECK(at == weights.size());
  return net;
}

}  // namespace

// The page writes eight digits: a number is off by at most 5e-8 of itself, and what is computed from some
// thirty such weights by well under 1e-5.
TEST_CASE("from the page's weights the vector engine gets the page's loss, accuracy and gradient norms",
          "[watch_page]") {
  const Watched_run run = five_steps();

  const std::string page = watch_page(run);

  const auto points = lists(page, "points"), weights = lists(page, "weights"), norms = lists(page, "norms");
  const std::vector<double> losses = lists(page, "loss").at(0), rights = lists(page, "right").at(0);
  const std::vector<double> marks = lists(page, "labels").at(0);
  const std::vector<std::uint32_t> labels(marks.begin(), marks.end());
  REQUIRE(lists(page, "epochs").at(0) == std::vector<double>{0, 1, 2, 3, 4, 5});
  REQUIRE(points.size() == run.points.size());
  batch::Matrix<double> x(run.points.size(), 2), dy(run.points.size(), 1);
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t k = 0; k < 2; ++k) x(i, k) = points.at(i).at(k);
  }
  for (std::size_t epoch = 0; epoch <= 5; ++epoch) {
    batch::Network<double> net = network_of(weights.at(epoch));
    const batch::View<const double> y = net.forward(x, batch::Training{});
    double right = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) right += (y(i, 0) > 0) == (labels[i] == 1) ? 1 : 0;
    batch::Loss<double> loss(batch::Loss_kind::binary_cross_entropy_with_logits);
    const double found = loss(y, std::span<const std::uint32_t>(labels), dy);
    net.backward(dy);

    CHECK(std::abs(found - losses.at(epoch)) < 1e-5);
    CHECK(right == rights.at(epoch));
    std::vector<batch::Named_tensor<double>> tensors = net.parameters();
    for (std::size_t k = 0; k < 3; ++k) {
      double squares = 0;
      for (const std::size_t tensor : {2 * k, 2 * k + 1}) {
        for (const double g : tensors[tensor].grad) squares += g * g;
      }
      CHECK(squares > 1e-6);
      CHECK(std::abs(std::sqrt(squares) - norms.at(epoch).at(k)) < 1e-5);
    }
  }
}

TEST_CASE("the recorded loss falls from epoch to epoch of gradient descent", "[watch_page]") {
  const Watched_run run = five_steps();

  for (std::size_t i = 1; i < run.epochs.size(); ++i) CHECK(run.epochs[i].loss < run.epochs[i - 1].loss);
}

TEST_CASE("an epoch cannot be recorded before a backward pass", "[watch_page]") {
  Graph graph;
  Random random(1);
  const Mlp net(graph, {2, 1}, {Activation::identity}, random);

  CHECK_THROWS_AS(watched_epoch(net, 0, 0.5, 1), std::logic_error);
}

TEST_CASE("names of strangers are text on the page, and it loads nothing", "[watch_page]") {
  Watched_run run = five_steps();
  run.name = run.axes[0] = run.classes[0] = "</script><script>alert(1)</script>";

  const std::string page = watch_page(run);

  CHECK(page.find("<script>alert") == std::string::npos);
  CHECK(page.find(R"("axes":["\u003c/script>\u003cscript>alert(1)\u003c/script>")") != std::string::npos);
  CHECK(page.find("default-src 'none'") != std::string::npos);
  for (const std::string bad : {"http://", "https://", "innerHTML", "insertAdjacent", "document.write"}) {
    // The namespace of SVG is a name, and no address that anything is loaded from.
    std::string without = page;
    const std::string name = "http://www.w3.org/2000/svg";
    without.erase(without.find(name), name.size());
    CAPTURE(bad);
    CHECK(without.find(bad) == std::string::npos);
  }
}

TEST_CASE("the page has a function for every activation that there is", "[watch_page]") {
  std::vector<Activation> all = {Activation::leaky_relu()};
#define UNARY(name, ...) all.push_back(Activation::name);
#include "engine/scalar/op_table.def"
#undef UNARY
  Watched_run run = five_steps();
  for (const Activation& each : all) {
    run.activation = each;
    const std::string name(each.name());

    const std::string page = watch_page(run);

    CAPTURE(name);
    CHECK(page.find("\"activation\":\"" + name + "\"") != std::string::npos);
    CHECK(page.find("\n  " + name + ": { value: (x") != std::string::npos);
  }
}

TEST_CASE("the page is told the slope of leaky_relu", "[watch_page]") {
  Watched_run run = five_steps();
  run.activation = Activation::leaky_relu(0.25);

  CHECK(watch_page(run).find("\"activation\":\"leaky_relu\",\"slope\":0.25,") != std::string::npos);
}

TEST_CASE("what is no run is refused", "[watch_page]") {
  const Watched_run good = five_steps();
  const auto refuses = [&](auto spoil) {
    Watched_run run = good;
    spoil(run);
    CHECK_THROWS_AS(watch_page(run), std::invalid_argument);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = HUGE_VAL;

  refuses([&](Watched_run& run) { run.activation = Activation::leaky_relu(nan); });
  refuses([](Watched_run& run) { run.layers = {2}; });
  refuses([](Watched_run& run) { run.layers = {3, 3, 4, 1}; });
  refuses([](Watched_run& run) { run.layers = {2, 3, 4, 2}; });
  refuses([](Watched_run& run) { run.layers = {2, 0, 4, 1}; });
  refuses([](Watched_run& run) { run.points = {}; });
  refuses([](Watched_run& run) { run.points.labels.pop_back(); });
  refuses([](Watched_run& run) { run.points.labels[3] = 2; });
  refuses([](Watched_run& run) { run.points.inputs[3] = {1}; });
  refuses([&](Watched_run& run) { run.points.inputs[3][1] = nan; });
  refuses([](Watched_run& run) { run.epochs.clear(); });
  refuses([](Watched_run& run) { std::swap(run.epochs[0], run.epochs[1]); });
  refuses([](Watched_run& run) { run.epochs[2].parameters.pop_back(); });
  refuses([](Watched_run& run) { run.epochs[2].norms.pop_back(); });
  refuses([&](Watched_run& run) { run.epochs[2].parameters[5] = infinity; });
  refuses([&](Watched_run& run) { run.epochs[2].loss = nan; });
}
