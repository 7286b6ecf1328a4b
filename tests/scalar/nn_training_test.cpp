// Whole networks: published worked examples built from layers, gradients through many layers, and learning.
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/scalar/loss.h"
#include "engine/scalar/nn.h"
#include "engine/scalar/optimizer.h"
#include "tests/support/catch2.h"

using namespace bp;
using Rows = std::vector<std::vector<double>>;

namespace {

void check_close(double got, double want, double relative) {
  INFO("got " << got << ", want " << want);
  CHECK(std::abs(got - want) <= relative * std::abs(want));
}

// A forward and backward pass is a few dozen roundings of 1.1e-16 each.
constexpr double one_pass = 4e-15;

// --- The 2-2-2 example of Mazur, "A Step by Step Backpropagation Example" (2015) ---------------------------
//
// Figures: 60-digit arithmetic (mpmath), the method as the article describes it.

enum class Biases { own, shared };

struct Mazur {
  explicit Mazur(Biases biases) {
    const auto layer = [&](std::array<double, 4> w, double b) {
      const Value first = graph.leaf(b), second = biases == Biases::shared ? first : graph.leaf(b);
      return Layer({Neuron({graph.leaf(w[0]), graph.leaf(w[1])}, first, Activation::sigmoid),
                    Neuron({graph.leaf(w[2]), graph.leaf(w[3])}, second, Activation::sigmoid)});
    };
    const Layer hidden = layer({0.15, 0.20, 0.25, 0.30}, 0.35);
    net.emplace(std::vector{hidden, layer({0.40, 0.45, 0.50, 0.55}, 0.60)});
  }

  Value loss() { return half_squared_error((*net)(std::array{0.05, 0.10}), std::array{0.01, 0.99}); }

  void train(Optimizer& optimizer, int steps) {
    for (int step = 0; step < steps; ++step) {
      Graph::Scope scope(graph);
      const Value error = loss();
      optimizer.zero_grad();
      error.backward();
      optimizer.step();
    }
  }

  Graph graph;
  std::optional<Mlp> net;
};

}  // namespace

TEST_CASE("Mazur's example has the true loss, gradients and weights after one step", "[nn]") {
  Mazur mazur(Biases::own);
  const std::vector<Value> weights = mazur.net->weights(), biases = mazur.net->biases();
  Sgd optimizer(weights, 0.5);
  const double want_grad[8] = {0.00043856773447434672705, 0.00087713546894869345410,
                               0.00049771273526086007156, 0.00099542547052172014312,
                               0.082167040564230778846,   0.082667627847533255320,
                               -0.022602540477475059848,  -0.022740242215978210753};
  const double want_after[8] = {0.14978071613276282664, 0.19956143226552565327, 0.24975114363236956996,
                                0.29950228726473913993, 0.35891647971788461058, 0.40866618607623337234,
                                0.51130127023873752992, 0.56137012110798910538};
  const double want_bias_grad[4] = {0.0087713546894869345410, 0.0099542547052172014312,
                                    0.13849856162855696598, -0.038098236516556216532};

  const double before = mazur.loss().data();
  mazur.train(optimizer, 1);

  CHECK(before == 0.2983711087600027);
  for (std::size_t i = 0; i < 8; ++i) check_close(weights[i].grad(), want_grad[i], one_pass);
  for (std::size_t i = 0; i < 4; ++i) check_close(biases[i].grad(), want_bias_grad[i], one_pass);
  for (std::size_t i = 0; i < 8; ++i) check_close(weights[i].data(), want_after[i], one_pass);
  check_close(mazur.loss().data(), 0.29102777369359935087, one_pass);
}

TEST_CASE("Mazur's example arrives where its method leads in 10 and in 10,000 steps", "[nn]") {
  Mazur mazur(Biases::own);
  Sgd optimizer(mazur.net->weights(), 0.5);
  // Errors of 1e-16 in each of 10,000 steps, which the descent to a minimum damps.
  const double many_steps = 1e-12;

  mazur.train(optimizer, 10);
  check_close(mazur.loss().data(), 0.22091859205390406322, many_steps);
  mazur.train(optimizer, 9990);

  check_close(mazur.loss().data(), 3.5101877829788458742e-05, many_steps);
  const std::vector<Value> out = (*mazur.net)(std::array{0.05, 0.10});
  check_close(out[0].data(), 0.015913620443550626595, many_steps);
  check_close(out[1].data(), 0.98406427351462375687, many_steps);
  check_close(mazur.net->weights()[4].data(), -3.8929771988657292156, many_steps);
  CHECK(mazur.net->biases()[0].data() == 0.35);
  CHECK(optimizer.steps() == 10'000);
}

TEST_CASE("Mazur's example with its biases trained, own or shared, is another method", "[nn]") {
  Mazur own(Biases::own), shared(Biases::shared);
  Sgd own_sgd(own.net->parameters(), 0.5), shared_sgd(shared.net->parameters(), 0.5);
  REQUIRE(shared.net->parameters().size() == 10);

  own.train(own_sgd, 1);
  shared.train(shared_sgd, 1);

  check_close(own.net->biases()[0].data(), 0.34561432265525653273, one_pass);
  check_close(own.net->biases()[3].data(), 0.61904911825827810827, one_pass);
  check_close(own.loss().data(), 0.28047144679143015800, one_pass);
  check_close(shared.net->biases()[0].data(), 0.34063719530264793201, one_pass);
  check_close(shared.net->biases()[1].data(), 0.54979983744399962527, one_pass);
  check_close(shared.loss().data(), 0.28575088669929649738, one_pass);

  own.train(own_sgd, 9);
  shared.train(shared_sgd, 9);
  check_close(own.loss().data(), 0.12552703804413207504, 1e-13);
  check_close(shared.loss().data(), 0.17523801077512839285, 1e-13);
}

TEST_CASE("a 2-3-1 network with a linear output has the true gradients of four examples", "[nn]") {
  // A tutorial's network on XOR; figures: 60-digit arithmetic, half squared error summed over the examples.
  // Its matrices are inputs x outputs, so they stand transposed here.
  Graph graph;
  const Layer hidden(graph, {{0.5, -0.4}, {-0.3, 0.9}, {0.8, 0.2}}, {0.1, -0.2, 0.05}, Activation::sigmoid);
  const Layer output(graph, {{1.2, -0.7, 0.4}}, {0.3}, Activation::identity);
  const Mlp net({hidden, output});
  const Rows x = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
  const std::vector<double> targets = {0, 1, 1, 0};
  const double want[13] = {0.27352512455754409124,  0.12183090533852112035,   0.39208511809423450101,
                           -0.15570001514185962806, -0.073697965130586025902, -0.23067413748739776676,
                           0.071906622396057881778, 0.021742188530850546459,  0.11129032195200133964,
                           0.76529725190046612815,  0.61566246723273477554,   0.86082386569849451646,
                           1.3154312720207194455};

  std::vector<Value> predictions;
  for (const auto& row : x) predictions.push_back(net(row)[0]);
  const Value loss = half_squared_error(predictions, targets);
  loss.backward();

  check_close(predictions[2].data(), 1.0907359563018419188, one_pass);
  check_close(loss.data(), 0.78390390356940227495, one_pass);
  const std::vector<Value> parameters = net.parameters();
  REQUIRE(parameters.size() == 13);
  for (std::size_t i = 0; i < 13; ++i) check_close(parameters[i].grad(), want[i], 10 * one_pass);
}

// --- Gradients through many layers ----------------------------------------------------------------------

namespace {

// A number in [0, 1) for every k.
double u(std::uint64_t k) { return static_cast<double>(splitmix64(k) >> 11) * 0x1p-53; }

Rows hashed_weights(std::size_t layer, std::size_t rows, double limit) {
  Rows weights(rows, std::vector<double>(32));
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < 32; ++j) weights[i][j] = limit * (2.0 * u((layer << 20) + 32 * i + j) - 1.0);
  }
  return weights;
}

struct Column {
  const char* name;
  Activation activation;
  double limit;
};

struct Row {
  std::size_t depth;
  double norm[5], loss[5];  // sigmoid, tanh, relu, relu with He weights, sigmoid with 4 times Xavier's
};

}  // namespace

TEST_CASE("gradients fade through sigmoid layers, and by how much, as PyTorch has it", "[nn]") {
  // Layers of 32 without biases, a linear readout, 16 examples, mean of half squared errors. The norm is the
  // Frobenius norm of the gradient by the first layer's weights. Figures: PyTorch 1.13, float64.
  const double xavier = std::sqrt(6.0 / 64.0);
  const Column columns[5] = {{"sigmoid", Activation::sigmoid, xavier},
                             {"tanh", Activation::tanh, xavier},
                             {"relu", Activation::relu, xavier},
                             {"relu, He", Activation::relu, std::sqrt(6.0 / 32.0)},
                             {"sigmoid, 4x", Activation::sigmoid, 4.0 * xavier}};
  const Row rows[4] = {
      {1,
       {0.19104108204274634, 1.0583411193206416, 0.70767216467576255, 0.82599729369210284,
        0.15139199141909734},
       {0.17568329161679355, 0.42049696196220021, 0.32975041907668912, 0.45678264149526038,
        0.25356691144026}},
      {2,
       {0.048073514659121214, 0.83388083613785935, 0.38670968739324679, 0.56458306781249579,
        0.10148732098702253},
       {0.19241206711768105, 0.42023090075007785, 0.25766940135120492, 0.31410384573285821,
        0.30043700757436426}},
      {5,
       {0.0003577635449569289, 0.3437465219464278, 0.10315507441212302, 0.44987311056045193,
        0.010912256857933253},
       {0.13379184163414395, 0.22864158558526931, 0.19678362642569852, 0.2981412532852456,
        0.13113665930839163}},
      {8,
       {2.7639918604055634e-06, 0.22545829329498068, 0.039930954264377816, 0.38433679635264412,
        0.0024832187507017084},
       {0.12710893874516641, 0.26998454465770116, 0.24135294922833112, 0.16469789062859916,
        0.22410938197196462}},
  };

  for (const Row& row : rows) {
    for (std::size_t c = 0; c < 5; ++c) {
      Graph graph;
      std::vector<Layer> layers;
      for (std::size_t l = 1; l <= row.depth; ++l) {
        layers.emplace_back(graph, hashed_weights(l, 32, columns[c].limit), std::vector<double>{},
                            columns[c].activation);
      }
      layers.emplace_back(graph, hashed_weights(1000, 1, std::sqrt(6.0 / 33.0)), std::vector<double>{},
                          Activation::identity);
      const Mlp net(layers);
      std::vector<Value> predictions;
      std::vector<double> targets, x(32);
      for (std::size_t n = 0; n < 16; ++n) {
        for (std::size_t i = 0; i < 32; ++i) x[i] = 2.0 * u(32 * n + i) - 1.0;
        predictions.push_back(net(x)[0]);
        targets.push_back(n % 2 == 0 ? 1.0 : 0.0);
      }

      const Value loss = half_squared_error(predictions, targets) / 16.0;
      loss.backward();

      double squares = 0.0;
      for (const Value& w : net.layers()[0].weights()) squares += w.grad_or_zero() * w.grad_or_zero();
      INFO(columns[c].name << ", depth " << row.depth);
      // Eight layers of sums of 32 products, in another order than PyTorch's.
      check_close(std::sqrt(squares), row.norm[c], 1e-12);
      check_close(loss.data(), row.loss[c], 1e-12);
    }
  }
}

// --- Learning -------------------------------------------------------------------------------------------

TEST_CASE("a small network learns XOR from any of ten seeds, and a single neuron from none", "[nn]") {
  const Rows x = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
  const std::vector<double> targets = {0, 1, 1, 0};
  const auto right_after_training = [&](const std::vector<std::size_t>& sizes,
                                        const std::vector<Activation>& activations, std::uint64_t seed) {
    Graph graph;
    Random random(seed);
    const Mlp net(graph, sizes, activations, random);
    Adam optimizer(net.parameters(), {.learning_rate = 0.05});
    std::vector<Value> logits;
    for (const auto& row : x) logits.push_back(net(row)[0]);
    const Value loss = binary_cross_entropy_with_logits(logits, targets);
    for (int step = 0; step < 500; ++step) {
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      graph.recompute();
    }
    int right = 0;
    for (std::size_t i = 0; i < 4; ++i) right += (logits[i].data() > 0.0) == (targets[i] > 0.5);
    return right;
  };

  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    INFO("seed " << seed);
    CHECK(right_after_training({2, 8, 1}, {Activation::tanh, Activation::identity}, seed) == 4);
    CHECK(right_after_training({2, 1}, {Activation::identity}, seed) < 4);
  }
}
