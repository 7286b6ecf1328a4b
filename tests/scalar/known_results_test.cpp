// Calculations whose results are known: micrograd's README and tests, Zero to Hero, CS231n, Rosenbrock,
// Speelpenning and textbook functions. The figures are from 60-digit arithmetic, each confirmed by a 60-digit
// central difference, at the doubles nearest to the inputs.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/scalar/math.h"
#include "tests/support/catch2.h"

using namespace bp;

namespace {

using In = const std::vector<Value>&;

struct Case {
  std::string name;
  std::vector<double> inputs;
  double value;
  std::vector<double> gradients;
  Value (*calculate)(In);
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"micrograd_readme",
       {-4.0, 2.0},
       24.704081632653061224,
       {138.83381924198250729, 645.57725947521865889},
       [](In v) {
         Value a = v[0], b = v[1];
         Value c = a + b, d = a * b + pow(b, 3.0);
         c += c + 1.0;
         c += 1.0 + c + (-a);
         d += d * 2.0 + relu(b + a);
         d += 3.0 * d + relu(b - a);
         Value e = c - d, f = pow(e, 2.0), g = f / 2.0;
         g += 10.0 / f;
         return g;
       }},
      {"micrograd_sanity",
       {-4.0},
       -20.000000000000000000,
       {46.000000000000000000},
       [](In v) {
         Value x = v[0], z = 2.0 * x + 2.0 + x, q = relu(z) + z * x, h = relu(z * z);
         return h + q + q * x;
       }},
      {"micrograd_unary_tanh_0.123",
       {0.123},
       0.12238344189440876118,
       {0.98502229315007787449},
       [](In v) { return tanh(v[0]); }},
      {"micrograd_unary_tanh_2",
       {2.0},
       0.96402758007581688395,
       {0.070650824853164465686},
       [](In v) { return tanh(v[0]); }},
      {"micrograd_unary_exp_0.123",
       {0.123},
       1.1308844209474893220,
       {1.1308844209474893220},
       [](In v) { return exp(v[0]); }},
      {"micrograd_unary_exp_2",
       {2.0},
       7.3890560989306502272,
       {7.3890560989306502272},
       [](In v) { return exp(v[0]); }},
      {"zero_to_hero_neuron_exp_form",
       {2.0, 0.0, -3.0, 1.0, 6.8813735870195432},
       0.70710678118654759116,
       {-1.4999999999999997167, 0.49999999999999990558, 0.99999999999999981116, 0.0, 0.49999999999999990558},
       [](In v) {
         Value e = exp(2.0 * (v[0] * v[2] + v[1] * v[3] + v[4]));
         return (e - 1.0) / (e + 1.0);
       }},
      {"zero_to_hero_expr",
       {2.0, -3.0, 10.0, -2.0},
       -8.0000000000000000000,
       {6.0000000000000000000, -4.0000000000000000000, -2.0000000000000000000, 4.0000000000000000000},
       [](In v) { return (v[0] * v[1] + v[2]) * v[3]; }},
      {"reuse_diamond",
       {-2.0, 3.0},
       -6.0000000000000000000,
       {-3.0000000000000000000, -8.0000000000000000000},
       [](In v) { return (v[0] * v[1]) * (v[0] + v[1]); }},
      {"cs231n_add_mul",
       {-2.0, 5.0, -4.0},
       -12.000000000000000000,
       {-4.0000000000000000000, -4.0000000000000000000, 3.0000000000000000000},
       [](In v) { return (v[0] + v[1]) * v[2]; }},
      {"cs231n_staged",
       {3.0, -4.0},
       1.5456448841066440826,
       {2.0595697955721649106, 1.5922327514838093139},
       [](In v) { return (v[0] + sigmoid(v[1])) / (sigmoid(v[0]) + square(v[0] + v[1])); }},
      {"cs231n_pattern_max",
       {3.0, -4.0, 2.0, -1.0},
       -20.000000000000000000,
       {-8.0000000000000000000, 6.0000000000000000000, 2.0000000000000000000, 0.0},
       [](In v) { return 2.0 * (v[0] * v[1] + max(v[2], v[3])); }},
      {"softmax_ce_123_target2",
       {1.0, 2.0, 3.0},
       0.40760596444438030448,
       {0.090030573170380457998, 0.24472847105479765247, -0.33475904422517811047},
       [](In v) { return -log(softmax(v)[2]); }},
      {"softmax_ce_123_target0",
       {1.0, 2.0, 3.0},
       2.4076059644443803045,
       {-0.90996942682961954200, 0.24472847105479765247, 0.66524095577482188953},
       [](In v) { return -log(softmax(v)[0]); }},
      {"softmax_ce_1001_1002_1003_target2",
       {1001.0, 1002.0, 1003.0},
       0.40760596444438030448,
       {0.090030573170380457998, 0.24472847105479765247, -0.33475904422517811047},
       [](In v) { return softmax_cross_entropy(v, 2); }},
      {"softmax_ce_123_target0_one_node",
       {1.0, 2.0, 3.0},
       2.4076059644443803045,
       {-0.90996942682961954200, 0.24472847105479765247, 0.66524095577482188953},
       [](In v) { return softmax_cross_entropy(0, v); }},
      {"softmax_ce_1001_1002_1003_target2_one_node",
       {1001.0, 1002.0, 1003.0},
       0.40760596444438030448,
       {0.090030573170380457998, 0.24472847105479765247, -0.33475904422517811047},
       [](In v) { return softmax_cross_entropy(2, v); }},
      {"mean_of_three",
       {1.0, 2.0, 6.0},
       3.0000000000000000000,
       {0.33333333333333333333, 0.33333333333333333333, 0.33333333333333333333},
       [](In v) { return mean(v); }},
      {"logsumexp_1000_1001_1002",
       {1000.0, 1001.0, 1002.0},
       1002.4076059644443803,
       {0.090030573170380457998, 0.24472847105479765247, 0.66524095577482188953},
       [](In v) { return logsumexp(v); }},
      {"wikipedia_ad",
       {2.0, 3.0},
       6.9092974268256816954,
       {2.5838531634528576130, 2.0000000000000000000},
       [](In v) { return v[0] * v[1] + sin(v[0]); }},
      {"logistic_0",
       {0.0},
       0.50000000000000000000,
       {0.25000000000000000000},
       [](In v) { return 1.0 / (1.0 + exp(-v[0])); }},
      {"logistic_-1",
       {-1.0},
       0.26894142136999512075,
       {0.19661193324148185254},
       [](In v) { return 1.0 / (1.0 + exp(-v[0])); }},
      {"logistic_0.5",
       {0.5},
       0.62245933120185456464,
       {0.23500371220159448907},
       [](In v) { return 1.0 / (1.0 + exp(-v[0])); }},
      {"logistic_2",
       {2.0},
       0.88079707797788244406,
       {0.10499358540350651735},
       [](In v) { return 1.0 / (1.0 + exp(-v[0])); }},
      {"logistic_5",
       {5.0},
       0.99330714907571514444,
       {0.0066480566707901549140},
       [](In v) { return 1.0 / (1.0 + exp(-v[0])); }},
      {"logistic_10",
       {10.0},
       0.99995460213129756561,
       {0.000045395807735951671032},
       [](In v) { return 1.0 / (1.0 + exp(-v[0])); }},
      {"logistic_-10",
       {-10.0},
       0.000045397868702434394505,
       {0.000045395807735951671032},
       [](In v) { return 1.0 / (1.0 + exp(-v[0])); }},
      {"logistic_-20",
       {-20.0},
       2.0611536181902035814e-9,
       {2.0611536139418493437e-9},
       [](In v) { return 1.0 / (1.0 + exp(-v[0])); }},
      {"logistic_40",
       {40.0},
       0.99999999999999999575,
       {4.2483542552915889592e-18},
       [](In v) { return 1.0 / (1.0 + exp(-v[0])); }},
      {"logistic_-700",
       {-700.0},
       9.8596765437597708567e-305,
       {9.8596765437597708567e-305},
       [](In v) { return 1.0 / (1.0 + exp(-v[0])); }},
      {"tanh_0.5", {0.5}, 0.46211715726000975850, {0.78644773296592741015}, [](In v) { return tanh(v[0]); }},
      {"tanh_2", {2.0}, 0.96402758007581688395, {0.070650824853164465686}, [](In v) { return tanh(v[0]); }},
      {"bce_logits_0.5_y1",
       {0.5},
       0.47407698418010668087,
       {-0.37754066879814543536},
       [](In v) { return softplus(v[0]) - v[0] * 1.0; }},
      {"bce_logits_100_y0",
       {100.0},
       100.00000000000000000,
       {1.0000000000000000000},
       [](In v) { return softplus(v[0]) - v[0] * 0.0; }},
      {"bce_logits_-100_y1",
       {-100.0},
       100.00000000000000000,
       {-1.0000000000000000000},
       [](In v) { return softplus(v[0]) - v[0] * 1.0; }},
      {"relu_-2", {-2.0}, 0.0, {0.0}, [](In v) { return relu(v[0]); }},
      {"leaky_relu(0.01)_2",
       {2.0},
       2.0000000000000000000,
       {1.0000000000000000000},
       [](In v) { return leaky_relu(v[0], 0.01); }},
      {"elu_2", {2.0}, 2.0000000000000000000, {1.0000000000000000000}, [](In v) { return elu(v[0]); }},
      {"elu_-1", {-1.0}, -0.63212055882855767840, {0.36787944117144232160}, [](In v) { return elu(v[0]); }},
      {"softplus_1",
       {1.0},
       1.3132616875182228340,
       {0.73105857863000487925},
       [](In v) { return softplus(v[0]); }},
      {"softplus_-30",
       {-30.0},
       9.3576229688397367794e-14,
       {9.3576229688392989538e-14},
       [](In v) { return softplus(v[0]); }},
      {"gelu_exact(erf)_1",
       {1.0},
       0.84134474606854294859,
       {1.0833154705876862984},
       [](In v) { return gelu(v[0]); }},
      {"gelu_exact(erf)_-1",
       {-1.0},
       -0.15865525393145705141,
       {-0.083315470587686298383},
       [](In v) { return gelu(v[0]); }},
      {"abs_-3", {-3.0}, 3.0000000000000000000, {-1.0000000000000000000}, [](In v) { return abs(v[0]); }},
      {"abs_3", {3.0}, 3.0000000000000000000, {1.0000000000000000000}, [](In v) { return abs(v[0]); }},
      {"log_3", {3.0}, 1.0986122886681096914, {0.33333333333333333333}, [](In v) { return log(v[0]); }},
      {"sin_1", {1.0}, 0.84147098480789650665, {0.54030230586813971740}, [](In v) { return sin(v[0]); }},
      {"atan_1", {1.0}, 0.78539816339744830962, {0.50000000000000000000}, [](In v) { return atan(v[0]); }},
      {"exp_1", {1.0}, 2.7182818284590452354, {2.7182818284590452354}, [](In v) { return exp(v[0]); }},
      {"silu_1", {1.0}, 0.73105857863000487925, {0.92767051187148673179}, [](In v) { return silu(v[0]); }},
      {"silu_-2",
       {-2.0},
       -0.23840584404423511188,
       {-0.090784248784895478757},
       [](In v) { return silu(v[0]); }},
      {"pow_const_-2",
       {4.0},
       0.062500000000000000000,
       {-0.031250000000000000000},
       [](In v) { return pow(v[0], -2.0); }},
      {"div",
       {3.0, 7.0},
       0.42857142857142857143,
       {0.14285714285714285714, -0.061224489795918367347},
       [](In v) { return v[0] / v[1]; }},
      {"rosenbrock",
       {-1.2, 1.0},
       24.199999999999990425,
       {-215.59999999999994094, -87.999999999999978684},
       [](In v) { return square(1.0 - v[0]) + 100.0 * square(v[1] - square(v[0])); }},
      {"speelpenning_5",
       {1.0, 2.0, 3.0, 4.0, 5.0},
       120.00000000000000000,
       {120.00000000000000000, 60.000000000000000000, 40.000000000000000000, 30.000000000000000000,
        24.000000000000000000},
       [](In v) { return v[0] * v[1] * v[2] * v[3] * v[4]; }},
      {"squaring_10",
       {1.001},
       2.7828855056544567634,
       {2846.8279298603037355},
       [](In v) {
         Value y = v[0];
         for (int i = 0; i < 10; ++i) y = y * y;
         return y;
       }},
      {"sin_chain_8",
       {1.0},
       0.50217067626855534868,
       {0.10205714274416799696},
       [](In v) {
         Value y = v[0];
         for (int i = 0; i < 8; ++i) y = sin(y);
         return y;
       }},
      {"l2_reg",
       {0.5},
       0.27500000000000000000,
       {3.1000000000000000000},
       [](In v) { return square(v[0] * 3.0 - 1.0) + 0.1 * square(v[0]); }},
      {"dead_relu",
       {-1.0, -0.5},
       0.50000000000000000000,
       {0.0, 0.0},
       [](In v) { return 0.5 * square(relu(v[0] * 1.0 + v[1]) - 1.0); }},
  };
  return all;
}

// A handful of roundings: 4e-15 relative or 1e-15 absolute. Logits around 1000 are known to 1e-13 only; ten
// squarings double the first rounding ten times, to 2^10 * 2^-53.
bool near(double got, double want, const std::string& name = "") {
  const double absolute = name.find("_1001") != std::string::npos ? 3e-13 : 1e-15;
  const double relative = name == "squaring_10" ? 2.5e-13 : 4e-15;
  return std::abs(got - want) <= std::max(absolute, relative * std::abs(want));
}

}  // namespace

TEST_CASE("calculations that are worked out elsewhere give the same values and gradients here", "[gold]") {
  REQUIRE(cases().size() == 59);
  for (const Case& known : cases()) {
    Graph graph;
    std::vector<Value> inputs;
    for (double input : known.inputs) inputs.push_back(graph.leaf(input));

    const Value result = known.calculate(inputs);
    result.backward(-2.0);

    INFO(known.name << " = " << result.data());
    CHECK(near(result.data(), known.value, known.name));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      INFO("d/d input " << i << " is " << inputs[i].grad() / -2.0 << ", expected " << known.gradients[i]);
      CHECK(near(inputs[i].grad() / -2.0, known.gradients[i], known.name));
    }
  }
}

TEST_CASE("micrograd's README expression has the gradients of its exact fractions, inside too", "[gold]") {
  Graph graph;
  const Value a = graph.leaf(-4.0), b = graph.leaf(2.0);
  Value c = a + b, d = a * b + pow(b, 3.0);
  c += c + 1.0;
  c += 1.0 + c + (-a);
  d += d * 2.0 + relu(b + a);
  d += 3.0 * d + relu(b - a);
  const Value e = c - d, f = pow(e, 2.0);
  const Value g = f / 2.0 + 10.0 / f;

  g.backward();

  CHECK(near(g.data(), 2421.0 / 98.0));
  CHECK(near(a.grad(), 47620.0 / 343.0));
  CHECK(near(b.grad(), 221433.0 / 343.0));
  CHECK(near(e.grad(), -2381.0 / 343.0));
  CHECK(near(f.grad(), 0.49583506872136609746));
}

TEST_CASE("integers stay exact: micrograd's sanity check, Zero to Hero, CS231n", "[gold]") {
  Graph graph;
  const Value x = graph.leaf(-4.0);
  const Value z = 2.0 * x + 2.0 + x, q = relu(z) + z * x, h = relu(z * z), y = h + q + q * x;

  y.backward();

  CHECK(y.data() == -20.0);
  CHECK(x.grad() == 46.0);
  CHECK(z.grad() == -8.0);
  CHECK(q.grad() == -3.0);
  CHECK(h.grad() == 1.0);
}

TEST_CASE("CS231n's staged expression has the published gradient at every stage", "[gold]") {
  Graph graph;
  const Value x = graph.leaf(3.0), y = graph.leaf(-4.0);
  const Value sigy = sigmoid(y), numerator = x + sigy, sigx = sigmoid(x), xpy = x + y,
              square_of_sum = square(xpy);
  const Value denominator = sigx + square_of_sum, inverse = 1.0 / denominator;

  (numerator * inverse).backward();

  CHECK(near(sigy.grad(), 0.51214444883963160346));
  CHECK(near(sigx.grad(), -0.79159344727259349924));
  CHECK(near(xpy.grad(), 1.5831868945451869985));
  CHECK(near(square_of_sum.grad(), -0.79159344727259349924));
  CHECK(near(inverse.grad(), 3.0179862099620915580));
}

TEST_CASE("the sigmoid and its gradient keep their digits from -700 to 40", "[gold]") {
  const std::vector<std::pair<double, double>> known = {{10.0, 0.000045395807735951671032},
                                                        {-20.0, 2.0611536139418493437e-9},
                                                        {40.0, 4.2483542552915889592e-18},
                                                        {-700.0, 9.8596765437597708567e-305}};
  for (const auto& [at, gradient] : known) {
    Graph graph;
    const Value x = graph.leaf(at);

    sigmoid(x).backward(4.0);

    CHECK(std::abs(x.grad() - 4.0 * gradient) <= 4e-15 * 4.0 * gradient);
  }
}
