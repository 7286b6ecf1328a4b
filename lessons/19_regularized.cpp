// Lesson 19: dropout, L2 and batch normalisation, and what they are good for
//
// Before:  lesson 18 watched two losses part: of pictures learnt from, and of pictures held out.
// Now:     the same with 671,754 numbers, and three ways to keep a network from learning by heart.
// After:   you can say what each does to the numbers, and measure whether it helps, with the right pictures.
// Run:     lessons/run 19
// Data:    the folder $BACKSTEP_DATA, else MNIST (after lessons/get-mnist), else Fashion-MNIST.
#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "engine/vector/trainer.h"
#include "lessons/images.h"
#include "lessons/plot.h"

using namespace bp::
    batch;  // today's vocabulary: Dropout_rate, Dense's l2, Batch_norm; Network, Trainer, evaluate
using bp::Image_set, bp::Learning_images, bp::measured, bp::quick, bp::yes;

const Loss<float> cross_entropy(Loss_kind::softmax_cross_entropy);

// Layers one, two and three of both networks are as large; only the first has what this lesson is about.
const std::vector<Layer_description> regularized = {
    Dense{512},   Activation{Curve::relu}, Dropout_rate{0.2}, Dense{.outputs = 512, .l2 = 0.001},
    Batch_norm{}, Activation{Curve::relu}, Dropout_rate{0.2}, Dense{10}};
const std::vector<Layer_description> plain = {Dense{512}, Activation{Curve::relu}, Dense{512},
                                              Activation{Curve::relu}, Dense{10}};

std::string row_of(View<const float> y) {
  std::string row;
  for (std::size_t i = 0; i < y.cols; ++i) row += fmt::format("{:6.2f}", y(0, i));
  return row;
}

// 1. Which numbers are dropped is drawn anew for every step: the key stands for the step.
void drop() {
  bp::Random random(1);
  Network<float> dropout(10, {Dropout_rate{0.2}}, random);
  Matrix<float> ones(1, 10);
  ones.fill(1);
  fmt::print(R"(1. Dropout: no number can rely on another

   While training, each number is dropped, set to 0, with a chance of 0.2. The others are
   divided by 0.8, so that the mean stays what it was. Ten ones, in four steps and in use:

)");
  for (std::uint64_t step = 1; step <= 4; ++step) {
    fmt::print("      step {}  {}\n", step, row_of(dropout.forward(ones, Training{.dropout_key = step})));
  }
  fmt::print("      in use  {}\n", row_of(dropout.forward(ones)));
  Network<float> wide(10000, {Dropout_rate{0.2}}, random);
  Matrix<float> many(1, 10000);
  many.fill(1);
  const View<const float> y = wide.forward(many, Training{.dropout_key = 1});
  const auto kept = std::count_if(y.data, y.data + y.cols, [](float number) { return number > 0; });
  fmt::print(R"(
   Of 10,000 ones {} are kept: their mean is {:.4f}. A neuron whose inputs may vanish any time
   has to learn from many of them; two that only work together are of no use.

)",
             kept, 1.25 * static_cast<double>(kept) / 10000);
}

// 2. The penalty is a part of the loss, so its gradient is a part of the weights'.
void penalize() {
  bp::Random random(1);
  Network<float> net(784, regularized, random);
  fmt::print(R"(2. L2: large weights cost something

   To the loss is added 0.001 * sum w^2 over the weights of the second dense layer, and to the
   gradient of each of them 0.002 * w: every step pulls it a little towards 0, so that only
   what the data keep asking for grows large. (Keras adds lambda * sum w^2. PyTorch's
   weight_decay of 0.002 has the same gradient, but shows no such loss.)

   The layer starts with 512 * 512 weights, uniform between -a and a with a = sqrt(6/1024),
   so that the mean of w^2 is a^2/3 = 1/512: the penalty should be near 0.001 * 512 = 0.512.

{}
)",
             measured(fmt::format("   It is {:.4f}.\n", net.penalty_now())));
}

// 3. Four numbers of one column, as if four pictures had given them to one neuron.
void normalise() {
  bp::Random random(1);
  Network<float> norm(1, {Batch_norm{}}, random);
  const Matrix<float> x = {{1}, {2}, {3}, {6}};
  const View<const float> y = norm.forward(x, Training{});
  fmt::print(R"(3. Batch normalisation: each neuron's inputs on one scale

   While training, the numbers that a batch gives to one neuron are shifted and scaled to mean
   0 and variance 1; then a learnt gamma (at first 1) and beta (0) put them where they are
   useful. Four pictures give 1, 2, 3 and 6, whose mean is 3 and whose variance is 3.5:

      (x - 3) / sqrt(3.5 + 0.001)  is  {:.3f}, {:.3f}, {:.3f} and {:.3f}

   What comes out for a picture hangs on the other pictures of its batch. In use there may be
   one picture alone. Then running averages stand in, which each batch moves by 1/100:

      running mean      0.99 * 0 + 0.01 * 3    = {:.4f}
      running variance  0.99 * 1 + 0.01 * 14/3 = {:.4f}   (here divided by 3, not by 4)

   So dropout and batch normalisation compute one thing in training and another in use. A
   framework must be told which it is; forgetting to is a classic mistake.

)",
             y(0, 0), y(1, 0), y(2, 0), y(3, 0), norm.state()[2].data[0], norm.state()[3].data[0]);
}

// The mean of the last quarter of the epochs; one epoch alone says little, for losses go up and down.
double mean_at_end(const bp::Series& series) {
  const auto last = static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, series.y.size() / 4));
  return std::accumulate(series.y.end() - last, series.y.end(), 0.0) / static_cast<double>(last);
}

// 4. A network in training, and what it is like after each epoch. The trainer's own loss has dropout and the
//    penalty in it, so it cannot be compared with another network's. We look again, with nothing dropped and
//    the penalty taken off, at the pictures held out and at as many of those that it learns from.
struct Run {
  Run(const std::string& name, const std::vector<Layer_description>& layers, const Learning_images& images,
      const Trainer_options& options)
      : learnt{name + ", learnt from", {}, {}},
        held_out{name + ", held out", {}, {}},
        net(784, layers, random),
        trainer(net, adam, cross_entropy, images.examples(), options) {
    const Trainer_state& state = trainer.state();
    seen.assign(state.order.begin(),
                state.order.begin() + static_cast<std::ptrdiff_t>(state.held_out.size()));
    trainer.on_epoch = [this, examples = images.examples()](const Epoch_report& report) {
      add(learnt, report.epoch, evaluate(net, cross_entropy, examples, seen));
      add(held_out, report.epoch, *report.validation);
      if (after_epoch) after_epoch();
      return true;
    };
  }
  void add(bp::Series& series, std::size_t epoch, const Evaluation& found) {
    series.x.push_back(static_cast<double>(epoch));
    series.y.push_back(found.loss - net.penalty_now());
  }
  double gap_at_end() const { return mean_at_end(held_out) - mean_at_end(learnt); }

  bp::Series learnt, held_out;  // loss by epoch
  std::function<void()> after_epoch;
  std::vector<std::uint32_t> seen;  // some that it learns from, as many as are held out
  bp::Random random{1};
  Network<float> net;
  Adam<float> adam{net, {.epsilon = 1e-7}};
  Trainer<float> trainer;
};

// The losses of two runs, at four of their epochs, and the gap between what was learnt from and what was not.
std::string table(const Run& one, const Run& other) {
  std::string rows;
  for (std::size_t quarter = 1; quarter <= 4; ++quarter) {
    const std::size_t i = quarter * one.learnt.y.size() / 4 - 1;
    rows += fmt::format("   {:>8}", i + 1);
    for (const Run* run : {&one, &other}) {
      const double learnt = run->learnt.y[i], held_out = run->held_out.y[i];
      rows += fmt::format("    {:>9.4f} {:>9.4f} {:>9.4f}", learnt, held_out, held_out - learnt);
    }
    rows += '\n';
  }
  return measured(rows);
}

constexpr const char* table_head = R"(
                              plain                         regularised
      epoch       learnt  held out       gap       learnt  held out       gap
)";

void train_on_many(Run& bare, Run& full) {
  const double penalty = full.net.penalty_now();
  fmt::print(R"(4. Many pictures, few epochs

{}
   784 * 512 + 512 = 401,920; 512 * 512 + 512 = 262,656; 512 * 10 + 10 = 5,130; and for each of
   512 neurons gamma, beta and the two running statistics, which no gradient changes: 2,048.

   Beside it, a plain network of the same dense layers without any of the three. Both learn for
   4 epochs with Adam, 128 pictures a step; one picture in ten is held out. These are their
   losses with nothing dropped and without the penalty.
)",
             full.net.summary());
  bare.trainer.run();
  full.trainer.run();
  fmt::print(
      "{}{}\n{}", table_head, table(bare, full),
      measured(fmt::format("   The penalty went from {:.3f} to {:.3f}.\n", penalty, full.net.penalty_now())));
  fmt::print(R"(
   A smaller gap is not yet a better network: compare the two columns "held out". There are
   many pictures, and each was seen only four times. So little is learnt by heart, the gap is
   small either way, and holding a network back costs something.

)");
}

// 5. The same with few pictures. After each epoch, ten groups of other pictures say how good the plain
//    network is, in percent.
using Verdicts = std::vector<std::vector<double>>;  // a row for each epoch, a column for each group

std::vector<double> ask_groups(Network<float>& net, const Learning_images& images) {
  std::vector<double> verdicts;
  std::vector<std::uint32_t> group(images.size() / 10);
  for (std::size_t i = 0; i < 10; ++i) {
    std::iota(group.begin(), group.end(), static_cast<std::uint32_t>(i * group.size()));
    verdicts.push_back(100 * evaluate(net, cross_entropy, images.examples(), group).accuracy);
  }
  return verdicts;
}

void train_on_few(const Learning_images& few, const Learning_images& more, Verdicts& verdicts) {
  const Trainer_options options{
      .epochs = quick() ? 24u : 40u, .batch = quick() ? 32u : 128u, .seed = 1, .validation = 0.5};
  Run bare("plain", plain, few, options), full("regularised", regularized, few, options);
  bare.after_epoch = [&] { verdicts.push_back(ask_groups(bare.net, more)); };
  bare.trainer.run();
  full.trainer.run();
  const auto best = std::min_element(bare.held_out.y.begin(), bare.held_out.y.end());
  fmt::print(
      "5. Few pictures, many epochs\n\n{}{}{}\n{}\n",
      measured(fmt::format("   The same two networks, {} epochs with {} pictures; as many are held out.\n",
                           options.epochs, few.size() / 2)),
      table_head, table(bare, full),
      measured(fmt::format(
          "   The plain network was best on what is held out in epoch {}, with {:.3f}.\n"
          "   In the last quarter of the epochs its loss was higher again: {} (mean {:.3f})\n"
          "   There the regularised network has {:.3f}.\n"
          "   There the gap of the regularised network is the smaller one: {} ({:.3f}, plain {:.3f})\n",
          best - bare.held_out.y.begin() + 1, *best, yes(mean_at_end(bare.held_out) > *best),
          mean_at_end(bare.held_out), mean_at_end(full.held_out), yes(full.gap_at_end() < bare.gap_at_end()),
          full.gap_at_end(), bare.gap_at_end())));
  fmt::print(R"(   This is learning by heart: the plain network soon makes hardly an error on what it learns
   from, and is ever surer of what it gets wrong elsewhere. Dropout, L2 and batch normalisation
   slow that down. More pictures would cure it, and stopping at the best epoch costs nothing.

)");
  bp::show(
      bp::Line_plot{fmt::format("Learning {} pictures by heart, and being kept from it", few.size() / 2),
                    {"epoch"},
                    {"cross-entropy, without the penalty"},
                    {bare.learnt, bare.held_out, full.learnt, full.held_out}},
      "19_regularized.png",
      "   Two networks, two losses each. A curve is only worth as much as its pictures were unseen.\n\n");
}

// 6. Choosing an epoch by some pictures flatters it: part of what made it best is luck with just these. Each
//    group chooses its best epoch, and we look how that does in the other nine.
void choose(const Verdicts& verdicts, std::size_t group_size) {
  double where_chosen = 0, elsewhere = 0;  // means over the ten
  for (std::size_t group = 0; group < 10; ++group) {
    const auto best = std::max_element(verdicts.begin(), verdicts.end(),
                                       [group](const auto& a, const auto& b) { return a[group] < b[group]; });
    const double here = (*best)[group], all = std::accumulate(best->begin(), best->end(), 0.0);
    where_chosen += here / 10;
    elsewhere += (all - here) / 9 / 10;
  }
  fmt::print(
      R"(6. Why what is held out is taken from the training set

   The Keras program that this network comes from gives its test set as validation data. Then
   whoever reads the log and keeps the best epoch, or a better rate of dropout, has chosen by
   the test set, and its figure is no longer about unseen pictures. How much does one choice
   flatter? We take more pictures that nobody learnt from, and let a few of them at a time
   choose the plain network's best epoch by the right answers:

{}
   The difference is luck that will not come again. With one choice and many pictures it is
   small. With a hundred choices, as when one searches for good settings, it is not. So choose
   by pictures taken from the training set, as we did above, and open the test set once, when
   everything is settled.

)",
      measured(fmt::format("   Ten groups of {} choose. At the epoch that each of them chose, are right\n"
                           "   {:.2f} % of those that chose it,\n"
                           "   {:.2f} % of all the others.\n"
                           "   The chosen epoch looks better to those that chose it: {}\n",
                           group_size, where_chosen, elsewhere, yes(where_chosen > elsewhere))));
}

// 7. The test set, for the first and only time.
void test_on(const Learning_images& test, Run& bare, Run& full) {
  const double wanted = quick() ? 60 : 85;
  std::string lines;
  bool both = true;
  for (const auto& [name, run] : {std::pair("plain", &bare), std::pair("regularised", &full)}) {
    const Evaluation found = evaluate(run->net, cross_entropy, test.examples());
    lines += fmt::format("   {:<12} {:.2f} % of {} right, loss {:.4f}\n", name, 100 * found.accuracy,
                         test.size(), found.loss - run->net.penalty_now());
    both = both && 100 * found.accuracy > wanted;
  }
  lines += fmt::format("   Both have more than {} % right: {}\n", wanted, yes(both));
  fmt::print(R"(7. The test, once, of the two networks that learnt from many pictures

{}
   We tried the seeds 1 to 6 on Fashion-MNIST. Each time the regularised network had the smaller
   gap, and each time the plain one had more right, by 0.2 to 1.7 percent of the pictures. So
   the recipe of 4 epochs takes a remedy without having the illness. Look for the gap first.
)",
             measured(lines));
}

void lesson() {
  fmt::print(R"(Lesson 19: dropout, L2 and batch normalisation, and what they are good for
==========================================================================

Lines that begin with ~ were measured: on your machine their numbers may differ a little.

)");
  const Image_set set;
  const std::size_t many = quick() ? 1000 : set.data.train.size(), few = quick() ? 320 : 2000;
  const std::size_t more = quick() ? 300 : 2000, tested = quick() ? 500 : set.data.test.size();
  if (quick()) fmt::print("Quick: BACKSTEP_QUICK=1 asks for a small run, so the networks will know less.\n");
  const Learning_images images(set.data.train, many), few_images(set.data.train, few);
  drop();
  penalize();
  normalise();
  const Trainer_options options{.epochs = 4, .batch = quick() ? 32u : 128u, .seed = 1, .validation = 0.1};
  Run bare("plain", plain, images, options), full("regularised", regularized, images, options);
  train_on_many(bare, full);
  Verdicts verdicts;
  train_on_few(few_images, Learning_images(set.data.train, more, few), verdicts);
  choose(verdicts, more / 10);
  test_on(Learning_images(set.data.test, tested), bare, full);
}

int main() { return bp::run(lesson); }
