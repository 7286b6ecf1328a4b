// One weight opened as a scalar graph: its gradient must be that of the whole network, whatever is folded.
#include "viz/zoom.h"

#include <algorithm>
#include <cmath>

#include "engine/data/random.h"
#include "engine/scalar/gradcheck.h"
#include "tests/support/catch2.h"
#include "tests/support/every_curve.h"

using namespace bp::batch;
using bp::place_of, bp::Random, bp::Weight_place, bp::Zoom, bp::Zoom_example, bp::zoom_into;
using bp::test::contains_text, bp::test::every_curve;

namespace {

/// A network with weights of a usual size, biases that are not 0, and running statistics that differ.
Network<double> network(std::size_t inputs, std::vector<Layer_description> layers, std::uint64_t seed) {
  Random random(seed);
  Network<double> net(inputs, std::move(layers), random);
  for (auto& tensor : net.state()) {
    if (tensor.shape.size() > 1) continue;
    const bool is_variance = tensor.name.find("running_var") != std::string::npos;
    for (double& number : tensor.data) number = (is_variance ? 0.5 : 0.1) + random.uniform();
  }
  return net;
}

std::vector<double> example(std::size_t inputs, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> x(inputs);
  for (double& number : x) number = random.uniform();
  return x;
}

/// The loss of the example as the network is used, without penalties: by predict() alone.
double loss_of(Network<double>& net, const Zoom_example& of) {
  Matrix<double> x(1, of.x.size());
  std::copy(of.x.begin(), of.x.end(), x.data());
  const Matrix<double> y = net.predict(x);
  const std::vector<std::uint32_t> label = {of.label};
  return Loss<double>(of.loss)(y, std::span<const std::uint32_t>(label), View<double>());
}

/// Its slope by the weight, measured by a nudge.
double measured(Network<double>& net, const Weight_place& place, const Zoom_example& of) {
  constexpr double h = 1e-5;
  const auto tensors = net.layer(place.layer).parameters();
  double& w =
      tensors[place.is_bias ? 1 : 0]
          .data[place.is_bias ? place.unit : place.unit * net.layer(place.layer).inputs() + place.input];
  const double before = w;
  w = before + h;
  const double above = loss_of(net, of);
  w = before - h;
  const double below = loss_of(net, of);
  w = before;
  return (above - below) / (2.0 * h);
}

// The engines add the same terms in other orders: some 100 roundings of 2^-53.
constexpr double parity = 1e-12;
// A central difference of h = 1e-5: h^2 of the third derivative, and 2^-53 / h of the loss.
constexpr double nudge = 1e-7;

void check(Network<double>& net, const std::string& weight, const Zoom_example& of,
           const bp::Zoom_options& options = {}) {
  const Weight_place place = place_of(weight, net);
  const Zoom zoom = zoom_into(net, place, of, options);
  const double slope = measured(net, place, of);

  INFO(weight << ": scalar " << zoom.weight.grad() << ", vector " << zoom.by_vector_engine << ", measured "
              << slope);
  CHECK(zoom.difference() <= parity);
  CHECK(std::abs(zoom.weight.grad() - slope) <= nudge);
  CHECK(std::abs(zoom.loss.data() - loss_of(net, of)) <= parity);
  CHECK(std::abs(zoom.loss_by_vector_engine - loss_of(net, of)) <= parity);
  CHECK(zoom.weight.grad() != 0.0);
}

}  // namespace

TEST_CASE("the gradient of an opened weight is that of the whole network, through every curve", "[zoom]") {
  const std::vector<double> x = example(9, 5);
  for (const Curve curve : every_curve()) {
    const Activation f{curve};
    // Weights that keep hard_tanh, relu6 and their like off their flat parts.
    Network<double> net = network(9, {Dense{7}, f, Dense{6}, f, Dense{8}, f, Dense{5}}, 1);
    for (const char* weight : {"0.weight[3,4]", "0.bias[3]", "2.weight[5,3]", "4.weight[7,2]",
                               "6.weight[1,0]", "6.weight[2,7]", "6.bias[4]"}) {
      INFO(name_of(f.curve));
      const Weight_place place = place_of(weight, net);
      const Zoom zoom = zoom_into(net, place, {.x = x, .label = 2});

      CHECK(zoom.difference() <= parity);
      CHECK(std::abs(zoom.weight.grad() - measured(net, place, {.x = x, .label = 2})) <= nudge);
    }
  }
}

TEST_CASE("through normalisation, dropout and softmax, for each loss, however much is folded", "[zoom]") {
  const Activation tanh_curve{Curve::tanh};
  const std::vector<double> x = example(6, 3);
  for (const Loss_kind loss :
       {Loss_kind::softmax_cross_entropy, Loss_kind::half_squared_error, Loss_kind::mean_squared_error}) {
    std::vector<Layer_description> layers = {Dense{8},   Batch_norm{}, tanh_curve, Dropout_rate{0.4},
                                             Dense{9},   tanh_curve,   Dense{7},   Batch_norm{},
                                             tanh_curve, Dense{6}};
    if (loss != Loss_kind::softmax_cross_entropy) layers.push_back(Softmax{});
    Network<double> net = network(6, layers, 2);
    for (const std::size_t units : {1, 2, 3, 100}) {
      for (const std::size_t products : {1, 3, 100}) {
        for (const char* weight :
             {"0.weight[2,1]", "4.weight[3,2]", "6.bias[6]", "9.weight[1,1]", "9.bias[4]"}) {
          INFO(name_of(loss) << ", " << units << " units, " << products << " products");
          check(net, weight, {.x = x, .label = 4, .loss = loss}, {.products = products, .units = units});
        }
      }
    }
  }
}

TEST_CASE("of one output the label is the target", "[zoom]") {
  const std::vector<double> x = example(4, 3);
  Network<double> net = network(4, {Dense{5}, Activation{Curve::sigmoid}, Dense{1}}, 2);

  for (const std::uint32_t label : {0u, 1u}) {
    check(net, "0.weight[1,1]", {.x = x, .label = label, .loss = Loss_kind::half_squared_error});
    check(net, "2.weight[0,3]", {.x = x, .label = label, .loss = Loss_kind::mean_squared_error});
  }
}

TEST_CASE("a penalty on the opened weight is in its gradient in both engines", "[zoom]") {
  const std::vector<double> x = example(4, 3);
  Network<double> net =
      network(4, {Dense{.outputs = 5, .l1 = 0.25, .l2 = 0.5}, Activation{Curve::tanh}, Dense{3}}, 2);
  const Weight_place place = place_of("0.weight[1,2]", net);
  const double w = net.parameters()[0].data[1 * 4 + 2];

  const Zoom zoom = zoom_into(net, place, {.x = x, .label = 1});

  const double of_penalty = 0.25 * (w > 0 ? 1.0 : -1.0) + 2.0 * 0.5 * w;
  CHECK(zoom.difference() <= parity);
  CHECK(std::abs(zoom.weight.grad() - of_penalty - measured(net, place, {.x = x, .label = 1})) <= nudge);
}

TEST_CASE("the graph stays small, says what is folded, and passes a gradient check of its own", "[zoom]") {
  const std::vector<double> x = example(784, 3);
  Network<double> net =
      network(784, {Dense{100}, Activation{Curve::tanh}, Dense{90}, Activation{Curve::tanh}, Dense{10}}, 1);
  const std::vector<std::string> classes = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};

  const Zoom zoom =
      zoom_into(net, place_of("0.weight[37,405]", net),
                {.x = x, .label = 7, .columns = 28, .classes = classes}, {.products = 6, .units = 2});

  CHECK(zoom.folded == std::vector<std::string>{"778 other products of unit 37 of layer 0",
                                                "88 of the 90 units of layer 2", "8 of the 10 outputs"});
  CHECK(zoom.graph->size() < 100);
  CHECK(zoom.graph->find("pixel 14,13")->data() == x[405]);
  CHECK(zoom.graph->find("0.weight[37,405]")->index() == zoom.weight.index());
  CHECK(zoom.graph->find("z4[7] h").has_value());  // the right class stands alone
  CHECK(gradcheck(zoom.loss, {zoom.weight}).passed());
}

TEST_CASE("of the products the largest stand alone, with the weight's own", "[zoom]") {
  Network<double> net = network(5, {Dense{2}}, 1);
  const std::vector<double> weights = {0.1, -3.0, 2.0, 0.5, -0.2};
  std::copy(weights.begin(), weights.end(), net.parameters()[0].data.begin());
  const std::vector<double> x = {1.0, 1.0, 0.5, 4.0, 1.0};  // products 0.1, -3, 1, 2, -0.2

  const Zoom zoom = zoom_into(net, place_of("0.weight[0,4]", net), {.x = x, .label = 0}, {.products = 3});

  for (const char* alone : {"product 1", "product 3", "product 4"})
    CHECK(zoom.graph->find(alone).has_value());
  CHECK_FALSE(zoom.graph->find("product 2").has_value());
  CHECK(std::abs(zoom.graph->find("2 other products")->data() - 1.1) < 1e-15);
}

TEST_CASE("where no gradient passes both engines say 0", "[zoom]") {
  Network<double> net = network(3, {Dense{4}, Activation{Curve::relu}, Dense{3}}, 1);
  net.parameters()[1].data[2] = -100.0;  // the unit is shut
  const std::vector<double> x = {0.5, 0.0, 0.25};

  const Zoom shut = zoom_into(net, place_of("0.weight[2,0]", net), {.x = x, .label = 1});
  const Zoom dark = zoom_into(net, place_of("0.weight[1,1]", net), {.x = x, .label = 1});

  CHECK((shut.weight.grad() == 0.0 && shut.by_vector_engine == 0.0 && shut.difference() == 0.0));
  CHECK((dark.weight.grad() == 0.0 && dark.by_vector_engine == 0.0));
}

TEST_CASE("places that the network does not have are refused, with those it has", "[zoom]") {
  Network<double> net = network(3, {Dense{4}, Batch_norm{}, Activation{Curve::relu}, Dense{2}}, 1);
  const auto refusal = [&](const char* text) -> std::string {
    try {
      place_of(text, net);
    } catch (const std::invalid_argument& error) { return error.what(); }
    return "accepted";
  };

  const Weight_place weight = place_of("3.weight[1,2]", net), bias = place_of("0.bias[3]", net);

  CHECK((weight.layer == 3 && weight.unit == 1 && weight.input == 2 && !weight.is_bias));
  CHECK((bias.layer == 0 && bias.unit == 3 && bias.is_bias));
  CHECK(refusal("0.weight[3, 2]") == "accepted");
  for (const char* text :
       {"", "0.weight", "0.weight[", "0.weight[]", "0.weight[1,]", "0.weight[1;2]", "0.weight[-1,0]",
        "0.weight[1,2", "0.weight[1,2]x", "0.weight[99999999999999999999,1]"}) {
    CHECK_THAT(refusal(text), contains_text("expected a weight such as 0.weight[37,405], found"));
  }
  CHECK_THAT(refusal("1.weight[0]"), contains_text("it has 0.weight (4 x 3), 0.bias (4), 3.weight (2 x 4)"));
  for (const char* text : {"0.weight[4,0]", "0.weight[0,3]", "0.weight[0]", "0.weight[0,0,0]"}) {
    CHECK_THAT(refusal(text), contains_text("0.weight is 4 x 3, and places are counted from 0"));
  }
}

TEST_CASE("examples that do not suit the network are refused", "[zoom]") {
  Network<double> net = network(3, {Dense{4}}, 1);
  const Weight_place place = place_of("0.weight[1,2]", net);
  const std::vector<double> x = {1, 2, 3}, more = {1, 2, 3, 4};

  CHECK_THROWS_WITH(zoom_into(net, place, {.x = more}), contains_text("3 inputs was given an image of 4"));
  CHECK_THROWS_WITH(zoom_into(net, place, {.x = x, .label = 4}), contains_text("label 4 is no class"));
  CHECK_THROWS_WITH(zoom_into(net, place, {.x = x, .loss = Loss_kind::hinge_loss}),
                    contains_text("hinge_loss"));
  net.parameters()[1].data[0] = std::nan("");
  CHECK_THROWS_WITH(zoom_into(net, place, {.x = x}), contains_text("0.bias of the network has a number"));
}
