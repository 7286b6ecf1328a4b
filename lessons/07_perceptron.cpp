// Lesson 7: a perceptron, and a published listing reproduced to the last bit
//
// Before:  lesson 6 checked figures of nine digits, and found another program behind three of them.
// Now:     one neuron and a table of seven rows, as a widely read tutorial programs them. We repeat its
//          listing to the last of seventeen digits, and find that it is not what the text says it is.
// After:   you know a double sigmoid when you see one, you can say why a sum of errors is not a loss, and
//          you know how far a calculation can be repeated.
// Run:     lessons/run 7
#include <fmt/core.h>

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/random.h"
#include "engine/data/toy.h"
#include "engine/scalar/loss.h"
#include "engine/scalar/math.h"
#include "engine/worksheet/digits.h"
#include "lessons/picture.h"
#include "viz/picture.h"

using bp::Graph, bp::Value, bp::Numpy_random;  // today's vocabulary
using fmt::print;

// 1. The tutorial's program, in its own order of operations: floating-point sums depend on it.
constexpr double learning_rate = 0.05;
const bp::Labelled_points table = bp::perceptron_table();  // seven rows of three inputs, and their labels

struct Perceptron {
  double w[3], b;
};

double squash(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double squash_slope(double x) { return squash(x) * (1.0 - squash(x)); }
double predict(const Perceptron& p, double x1, double x2, double x3) {
  return squash(x1 * p.w[0] + x2 * p.w[1] + x3 * p.w[2] + p.b);
}

// One epoch's look at the table, and the direction against which the program steps.
struct Look {
  std::array<double, 7> delta{};  // for each row
  double sum = 0, mse = 0;        // of the errors z - y: their sum, and the mean of their squares
};

Look look(const Perceptron& p) {
  Look seen;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::vector<double>& x = table.inputs[i];
    const double z = predict(p, x[0], x[1], x[2]), error = z - table.labels[i];
    seen.sum += error;
    seen.mse += error * error / 7.0;
    seen.delta[i] = error * squash_slope(z);  // the slope at z: but z is squashed already
  }
  return seen;
}

double down(const Look& seen, std::size_t weight) {
  double total = 0;
  for (std::size_t i = 0; i < table.size(); ++i) total += table.inputs[i][weight] * seen.delta[i];
  return total;
}

void step(Perceptron& p, const Look& seen) {
  for (std::size_t k = 0; k < 3; ++k) p.w[k] = p.w[k] - learning_rate * down(seen, k);
  for (const double delta : seen.delta) p.b = p.b - learning_rate * delta;  // row by row, as there
}

// np.random.seed(42); rand(3, 1) for the weights, rand(1) for the bias.
Perceptron start() {
  Numpy_random random(42);
  Perceptron p{};
  for (double& w : p.w) w = random.uniform();
  p.b = random.uniform();
  return p;
}

// All that we keep of 55,000 epochs.
struct History {
  std::vector<Look> epochs;  // the first is epoch 0, as in the program's loop
  Perceptron at_25000{}, at_55000{};
};

History run_the_program() {
  History history;
  Perceptron p = start();
  for (int epoch = 0; epoch < 55000; ++epoch) {
    if (epoch == 25000) history.at_25000 = p;
    history.epochs.push_back(look(p));
    step(p, history.epochs.back());
  }
  history.at_55000 = p;
  return history;
}

void show_program(const Perceptron& p) {
  print(R"(Lesson 7: a perceptron, and a published listing reproduced to the last bit
==========================================================================

1. The neuron, the table, the start

   z = sigmoid(w1*x1 + w2*x2 + w3*x3 + b), and z should become y.

      x1 x2 x3    y
)");
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::vector<double>& x = table.inputs[i];
    print("   {:5} {:2} {:2} {:4}\n", x[0], x[1], x[2], table.labels[i]);
  }
  print(R"(
   The weights and the bias start at the first four numbers of NumPy's generator, seed 42.
   (The text says normal; rand() is uniform between 0 and 1.)

      w1 = {}   w2 = {}
      w3 = {}   b  = {}

   In each epoch the program works out all z, prints the sum of z - y, and takes a step with
   learning rate {}. Epochs count from 0, as in its loop.

)",
        p.w[0], p.w[1], p.w[2], p.b, learning_rate);
}

// 2. The listing, as it was published: shortest decimal forms of doubles, one for each of the last epochs.
// clang-format off
constexpr std::string_view listing[] = {
    "-0.001415035616137969", "-0.0014150128584959256", "-0.0014149901015685952", "-0.0014149673453557714",
    "-0.0014149445898578358", "-0.00141492183507419", "-0.0014148990810050437", "-0.0014148763276499686",
    "-0.0014148535750089977", "-0.0014148308230825385", "-0.0014148080718707524", "-0.0014147853213728624",
    "-0.0014147625715897338", "-0.0014147398225201734", "-0.0014147170741648386", "-0.001414694326523502",
    "-0.001414671579597255", "-0.0014146488333842064", "-0.0014146260878853782", "-0.0014146033431002465",
    "-0.001414580599029179", "-0.0014145578556723406", "-0.0014145351130293877", "-0.0014145123710998",
    "-0.0014144896298846701", "-0.0014144668893831067", "-0.001414444149595611", "-0.0014144214105213174",
    "-0.0014143986721605849", "-0.0014143759345140276", "-0.0014143531975805163", "-0.001414330461361444",
    "-0.0014143077258557749", "-0.0014142849910631708", "-0.00141426225698401", "-0.0014142395236186895",
    "-0.0014142167909661323", "-0.001414194059027955", "-0.001414171327803089", "-0.001414148597290995",
    "-0.0014141258674925626", "-0.0014141031384067547", "-0.0014140804100348098", "-0.0014140576823759854",
    "-0.0014140349554301636", "-0.0014140122291978665", "-0.001413989503678362", "-0.001413966778871751",
    "-0.001413944054778446", "-0.0014139213313983257", "-0.0014138986087308195", "-0.0014138758867765552",
    "-0.0014138531655347973", "-0.001413830445006264", "-0.0014138077251906606", "-0.001413785006087985",
    "-0.0014137622876977014", "-0.0014137395700206355", "-0.0014137168530558228", "-0.0014136941368045382",
    "-0.0014136714212651114", "-0.0014136487064390219", "-0.0014136259923249635", "-0.001413603278923519",
    "-0.0014135805662344007", "-0.0014135578542581566", "-0.0014135351429944293", "-0.0014135124324428719",
    "-0.0014134897226037203", "-0.0014134670134771238", "-0.0014134443050626295", "-0.0014134215973605428",
    "-0.0014133988903706311",
};
// clang-format on
constexpr std::size_t lines = std::size(listing);

void show_listing(const History& history) {
  print("2. The published listing, recalculated (x would mark a line that differs)\n\n");
  const std::size_t first = history.epochs.size() - lines, height = (lines + 2) / 3;
  std::size_t same = 0;
  double apart = 0;  // the largest relative difference
  for (std::size_t row = 0; row < height; ++row) {
    for (std::size_t i = row; i < lines; i += height) {
      const double ours = history.epochs[first + i].sum, theirs = std::stod(std::string(listing[i]));
      const bool equal = bp::shortest(ours) == listing[i];
      if (equal) ++same;
      apart = std::max(apart, std::abs(ours / theirs - 1));
      print("  {}{:6} {:>22}", equal ? ' ' : 'x', first + i, bp::shortest(ours));
    }
    print("\n");
  }
  print("\n   {} of {} lines are identical, to the last digit.\n", same, lines);
  if (same < lines) {
    print(
        "   The others agree to {:.0f} digits: exp() comes from this system's library, and libraries differ\n"
        "   in its last bit. With glibc's, all {} lines are identical.\n",
        std::floor(-std::log10(apart)), lines);
  }
  print(R"(
   Worked out with 40 digits, the last line is -0.00141339889037008859. So of its digits only
   twelve are mathematics. The rest is the rounding of 55,000 epochs, and even that comes back:
   the same operations on doubles, in the same order, give the same bits.
)");
}

// 3. How many epochs?
void show_epochs(const History& history) {
  print(R"(
3. Not 25,000 epochs, but 55,000

   The text and the code of the tutorial say 25,000 epochs. Its listing, and the two
   predictions printed below it, are those of 55,000.

                   last sum of z - y     z for (1,0,0)     z for (0,1,0)
)");
  const auto row = [](const char* what, double sum, double z100, double z010) {
    print("   {:12} {:19.8f} {:17.8f} {:17.8f}\n", what, sum, z100, z010);
  };
  const Perceptron &early = history.at_25000, &late = history.at_55000;
  row("after 25,000", history.epochs[24999].sum, predict(early, 1, 0, 0), predict(early, 0, 1, 0));
  row("after 55,000", history.epochs[54999].sum, predict(late, 1, 0, 0), predict(late, 0, 1, 0));
  row("published", std::stod(std::string(listing[lines - 1])), 0.01031463, 0.99440207);
  print("\n");
}

// 4. The same table for the engine: one graph for the whole of it.
enum class Loss { half_squared_error, cross_entropy };

struct Mended {
  Graph graph;
  std::vector<Value> parameters;  // w1 w2 w3 b
  std::vector<Value> z;           // one for each row
  Value loss;

  explicit Mended(Loss kind) {
    const Perceptron p = start();
    parameters = {graph.leaf(p.w[0], "w1"), graph.leaf(p.w[1], "w2"), graph.leaf(p.w[2], "w3"),
                  graph.leaf(p.b, "b")};
    std::vector<Value> losses;
    for (std::size_t i = 0; i < table.size(); ++i) {
      const std::vector<double>& x = table.inputs[i];
      const Value net = parameters[0] * x[0] + parameters[1] * x[1] + parameters[2] * x[2] + parameters[3];
      z.push_back(sigmoid(net));
      losses.push_back(kind == Loss::cross_entropy
                           ? bp::binary_cross_entropy_with_logits(net, table.labels[i])
                           : 0.5 * square(z[i] - table.labels[i]));
    }
    loss = sum(losses);
    loss.backward();
  }

  double mean_square() const {
    double total = 0;
    for (std::size_t i = 0; i < z.size(); ++i) total += std::pow(z[i].data() - table.labels[i], 2);
    return total / 7.0;
  }

  void step() {
    for (Value p : parameters) p.set_data(p.data() - learning_rate * p.grad());
    graph.recompute();
    graph.zero_grad();
    loss.backward();
  }
};

double cosine(const std::array<double, 4>& a, const std::vector<Value>& b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    ab += a[k] * b[k].grad();
    aa += a[k] * a[k];
    bb += b[k].grad() * b[k].grad();
  }
  return ab / std::sqrt(aa * bb);
}

void show_double_sigmoid() {
  const Look seen = look(start());
  double down_b = 0;
  for (const double delta : seen.delta) down_b += delta;
  const std::array<double, 4> program = {down(seen, 0), down(seen, 1), down(seen, 2), down_b};
  const Mended squares(Loss::half_squared_error), entropy(Loss::cross_entropy);
  print(R"(4. The double sigmoid

   The loss in mind is 1/2 sum (z - y)^2. By the chain rule its gradient is, for each row,

      (z - y) * sigmoid'(net) * x      with sigmoid'(net) = z * (1 - z).

   The program calls its function sigmoid_derivative(v) = sigmoid(v) * (1 - sigmoid(v)) with z.
   But z is sigmoid(net) already, so it is squashed twice. At the start that gives

        the program's   gradient of 1/2              gradient of the
            direction   sum (z - y)^2     ratio      cross-entropy      ratio
)");
  for (std::size_t k = 0; k < 4; ++k) {
    const double half = squares.parameters[k].grad(), cross = entropy.parameters[k].grad();
    print("   {:2} {:15.9f} {:15.9f} {:9.3f} {:20.9f} {:10.3f}\n", squares.parameters[k].name(), program[k],
          half, program[k] / half, cross, program[k] / cross);
  }
  print(R"(   cosine of the angle {:24.5f} {:31.5f}

   So the program does not follow the gradient of its loss. Why then does it learn? Because z
   lies between 0 and 1, where sigmoid'(z) hardly changes: from {:.4f} down to {:.4f}. What
   remains of the step is (z - y) * x, times about a fifth. And (z - y) * x is the gradient of
   another loss, the cross-entropy -y log z - (1 - y) log(1 - z), the usual choice for a sigmoid.
   Its gradient does not fade where z is near 0 or 1 and wrong; that of the squared error does,
   by the factor z * (1 - z). Lesson 9 is about such losses, and works both gradients out.

)",
        cosine(program, squares.parameters), cosine(program, entropy.parameters), squash_slope(0),
        squash_slope(1));
}

// 5. The mended program, twice.
void show_mended(const History& history) {
  print(R"(5. Mended: the gradient of a loss, whichever it is

   After 25,000 epochs from the same start, with the same learning rate:

                                 mean of (z - y)^2   z for (1,0,0)   z for (0,1,0)
)");
  const auto row = [](const char* what, double mse, double z100, double z010) {
    print("   {:28} {:18.9f} {:15.8f} {:15.8f}\n", what, mse, z100, z010);
  };
  const Perceptron& p = history.at_25000;
  row("the program", history.epochs[24999].mse, predict(p, 1, 0, 0), predict(p, 0, 1, 0));
  for (const Loss kind : {Loss::half_squared_error, Loss::cross_entropy}) {
    Mended mended(kind);
    double mse = 0;
    for (int epoch = 0; epoch < 25000; ++epoch) {
      if (epoch == 24999) mse = mended.mean_square();
      mended.step();
    }
    row(kind == Loss::cross_entropy ? "gradient of cross-entropy" : "gradient of 1/2 squares", mse,
        mended.z[2].data(), mended.z[0].data());
  }
  print(R"(
   The true gradient of the squared error learns more slowly than the mistake did. That is no
   praise of the mistake: the gradient of the loss that it resembles beats both.
   (The text speaks of the mean of squares. The gradient of that is 2/7 of the second row's.)

)");
}

// 6. What the program prints is not what it should make small.
void show_signed_sum(const History& history) {
  std::size_t zero = 0, lowest = 0, rises = 0;
  for (std::size_t epoch = 1; epoch < history.epochs.size(); ++epoch) {
    const Look &now = history.epochs[epoch], &before = history.epochs[epoch - 1];
    if (zero == 0 && now.sum < 0) zero = epoch;
    if (now.sum < history.epochs[lowest].sum) lowest = epoch;
    if (now.mse >= before.mse) ++rises;
  }
  print(R"(6. A sum of errors is not a loss

      epoch   sum of z - y   mean of (z - y)^2
)");
  for (const std::size_t epoch :
       {std::size_t{0}, std::size_t{1000}, zero, lowest, std::size_t{24999}, std::size_t{54999}}) {
    print("   {:8} {:14.9f} {:19.9f}{}\n", epoch, history.epochs[epoch].sum, history.epochs[epoch].mse,
          epoch == zero     ? "   the sum crosses zero"
          : epoch == lowest ? "   the sum turns back"
                            : "");
  }
  print(R"(
   Errors of opposite sign cancel. At epoch {} the sum has come down to zero, but the mean of
   squares is still {:.5f}. The sum goes on falling, below zero, until epoch {}, and creeps
   back. The mean of squares, in which nothing cancels, rose in {} of {} epochs.
)",
        zero, history.epochs[zero].mse, lowest, rises, history.epochs.size() - 1);
}

// The picture: one row, (0, 1, 1) with label 0, at the start.
void draw_one_row() {
  const Perceptron p = start();
  Graph graph;
  const Value x1 = graph.leaf(0, "x1"), x2 = graph.leaf(1, "x2"), x3 = graph.leaf(1, "x3");
  const Value w1 = graph.leaf(p.w[0], "w1"), w2 = graph.leaf(p.w[1], "w2"), w3 = graph.leaf(p.w[2], "w3");
  const Value b = graph.leaf(p.b, "b"), y = graph.leaf(0, "y");
  const Value net = (w1 * x1 + w2 * x2 + w3 * x3 + b).named("net");
  const Value z = sigmoid(net).named("z");
  const Value E = (0.5 * square(z - y)).named("E");
  E.backward();
  bp::Picture_options options;
  options.title = "The perceptron at the start, for the row (0, 1, 1) with label 0";
  options.weighted_sums = bp::Weighted_sums::folded;
  bp::show_graph(E, "07_perceptron.png", options);
  print(R"(
Picture: 07_perceptron.png
   The neuron at the start, for the row (0, 1, 1), which should give 0. The input x1 is 0, so
   w1 gets no blame: its gradient is 0 in this row.
)");
}

void lesson() {
  show_program(start());
  const History history = run_the_program();
  show_listing(history);
  show_epochs(history);
  show_double_sigmoid();
  show_mended(history);
  show_signed_sum(history);
  draw_one_row();
}

int main() { return bp::run(lesson); }
