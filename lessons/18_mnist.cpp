// Lesson 18: ten kinds of pictures, told apart by 101,770 numbers
//
// Before:  lesson 16 made matrices of a batch of neurons, lesson 17 made the matrices fast.
// Now:     the network of many a tutorial, 784-128-10, learns to tell ten kinds of pictures apart.
// After:   you can read a training log, its curves and a confusion matrix, and know which number to trust.
// Run:     lessons/run 18
// Data:    the folder $BACKSTEP_DATA, else MNIST (after lessons/get-mnist), else Fashion-MNIST.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/data/prepare.h"
#include "engine/vector/trainer.h"
#include "lessons/images.h"
#include "lessons/plot.h"

using namespace bp::batch;  // today's vocabulary: Network, Adam, Trainer, evaluate, Confusion_matrix
using bp::Image_set, bp::Learning_images, bp::measured, bp::quick, bp::yes;

// 1. What there is to learn from. A picture is 784 bytes, a label the number of its class. A batch of them
//    becomes numbers, pixel / 255, just before it is used.
void look_at(const Image_set& set, const Learning_images& train, const Learning_images& test) {
  fmt::print(R"(Lesson 18: ten kinds of pictures, told apart by 101,770 numbers
===============================================================

Lines that begin with ~ were measured: on your machine their numbers may differ a little.

1. The data

)");
  if (quick()) fmt::print("Quick: BACKSTEP_QUICK=1 asks for a small run, so the network will know less.\n");
  fmt::print("{}", measured(fmt::format("   {}: {} pictures to learn from, {} for the test.\n", set.name(),
                                        train.size(), test.size())));
  fmt::print(R"(
   Each picture is 28 x 28 grey pixels and belongs to one of ten classes:
)");
  for (std::size_t k = 0; k < 10; ++k) {
    fmt::print("{}{} {}", k % 5 == 0 ? "\n      " : "", k, set.classes[k]);
    if (k % 5 != 4) fmt::print("{:{}}", "", 13 - set.classes[k].size());
  }
  bp::Gallery first{.title = "The first nine of the training set", .tiles = {}};
  for (std::size_t i = 0; i < 9; ++i) first.tiles.push_back(train.tile(i, set.classes[train.labels()[i]]));
  fmt::print("\n\n");
  bp::show(first, "18_mnist_first.png",
           "   What the network is shown, and what it should say. 255 is black.\n\n");
}

// 2. Ten outputs, one for each class. They are logits: softmax makes probabilities of them, and the loss is
//    the cross-entropy, -log of the probability of the right class. Labels stay numbers, which Keras calls
//    "sparse".
void introduce(const Network<float>& net) {
  fmt::print(R"(2. The network

{}
   784 * 128 weights and 128 biases, then 128 * 10 weights and 10 biases: 101,770 parameters.
   The softmax that turns ten outputs into ten probabilities is part of the loss, which is the
   cross-entropy: -log of the probability that was given to the right class. Whoever gives
   every class 1/10 has a loss of log 10 = 2.303.

)",
             net.summary());
}

struct History {
  bp::Series loss{"training", {}, {}}, held_out_loss{"held out", {}, {}};
  bp::Series accuracy{"training", {}, {}}, held_out_accuracy{"held out", {}, {}};

  void add(const Epoch_report& report) {
    const auto epoch = static_cast<double>(report.epoch);
    for (bp::Series* series : {&loss, &held_out_loss, &accuracy, &held_out_accuracy})
      series->x.push_back(epoch);
    loss.y.push_back(report.loss);
    held_out_loss.y.push_back(report.validation->loss);
    accuracy.y.push_back(100 * report.accuracy);
    held_out_accuracy.y.push_back(100 * report.validation->accuracy);
  }
};

// 3. An epoch goes once through the training pictures in a new random order, a step for every 32 of them. A
//    tenth was put aside before: no step learns from it, so it shows how the network does on new pictures.
void train_on(const Learning_images& train, Network<float>& net) {
  const Loss<float> cross_entropy(Loss_kind::softmax_cross_entropy);
  const double before = evaluate(net, cross_entropy, train.examples()).loss;
  Adam<float> adam(net, {.epsilon = 1e-7});  // Keras' epsilon; PyTorch's is 1e-8
  Trainer<float> trainer(net, adam, cross_entropy, train.examples(),
                         {.epochs = 5, .batch = 32, .seed = 1, .validation = 0.1});
  fmt::print(
      R"(3. Training: 5 epochs, a step of Adam for every 32 pictures

   One picture in ten is held out: not learnt from, only looked at after each epoch.

{}
                     learnt from            held out
      epoch       loss   accuracy       loss   accuracy    seconds
)",
      measured(fmt::format("   Before the first step the loss is {:.3f}: the network guesses.\n", before)));
  History history;
  trainer.on_epoch = [&history](const Epoch_report& report) {
    history.add(report);
    fmt::print("{}",
               measured(fmt::format("   {:>8} {:>10.4f} {:>8.2f} % {:>10.4f} {:>8.2f} % {:>10.2f}\n",
                                    report.epoch, report.loss, 100 * report.accuracy, report.validation->loss,
                                    100 * report.validation->accuracy, report.seconds)));
    std::fflush(stdout);
    return true;
  };
  trainer.run();
  const std::vector<double>& loss = history.loss.y;
  fmt::print(R"(
~  The loss of what is learnt from fell in every epoch: {}
~  In the first epoch what is held out has the smaller loss: {}
   The figures of "learnt from" are means over the epoch, and its first steps were taken by a
   network that knew nothing. Later they are ahead, and the gap grows: they are about pictures
   that it has seen before. Watch the other two. What is held out is also called the
   validation set; lesson 19 is about that gap.

)",
             yes(std::is_sorted(loss.rbegin(), loss.rend())), yes(history.held_out_loss.y[0] < loss[0]));
  bp::show(bp::Line_plot{"Loss: 784-128-10, Adam, batches of 32",
                         {"epoch"},
                         {"cross-entropy"},
                         {history.loss, history.held_out_loss}},
           "18_mnist_loss.png", "");
  bp::show(bp::Line_plot{"Accuracy: 784-128-10, Adam, batches of 32",
                         {"epoch"},
                         {"right answers, %"},
                         {history.accuracy, history.held_out_accuracy}},
           "18_mnist_accuracy.png", "   The table as curves.\n\n");
}

// 4. The test, once, when nothing will be changed any more.
void test_on(const Image_set& set, const Learning_images& test, Network<float>& net) {
  const Evaluation result = evaluate(net, Loss<float>(Loss_kind::softmax_cross_entropy), test.examples());
  const Confusion_matrix& confusion = result.confusion;
  const double wanted = quick() ? 65 : 85;
  fmt::print(
      "4. The test: pictures that it has never seen\n\n{}",
      measured(fmt::format(
          R"(   {:.2f} % of {} are right, the loss is {:.4f}.
   More than {} % right: {}

)",
          100 * result.accuracy, test.size(), result.loss, wanted, yes(100 * result.accuracy > wanted))));
  fmt::print(R"(   One number for all hides which classes are hard. For each class: of the pictures that
   were given its name, how many deserved it (precision)? Of the pictures of that class, how
   many were found (recall)? F1 is the harmonic mean of the two, low when either is low.

                      precision   recall       F1   pictures
)");
  std::string table;
  for (std::size_t k = 0; k < 10; ++k) {
    table += fmt::format("      {:<14} {:>10.3f} {:>8.3f} {:>8.3f} {:>10}\n", set.classes[k],
                         confusion.precision(k), confusion.recall(k), confusion.f1(k), confusion.support(k));
  }
  table += fmt::format("\n      {:<14} {:>10.3f} {:>8.3f} {:>8.3f} {:>10}\n", "mean (macro)",
                       confusion.macro_precision(), confusion.macro_recall(), confusion.macro_f1(),
                       confusion.total());
  fmt::print("{}", measured(table));
  fmt::print(R"(
   Here all classes have about as many pictures, so accuracy would do. Where what matters is one
   picture in a hundred, saying "no" always is 99 % right, with a recall of 0.

)");
  bp::Confusion_plot plot{
      .title = set.name() + ": which class is taken for which", .names = set.classes, .counts = {}};
  for (std::size_t truth = 0; truth < 10; ++truth) {
    for (std::size_t k = 0; k < 10; ++k) plot.counts.push_back(confusion.count(truth, k));
  }
  bp::show(plot, "18_mnist_confusion.png",
           "   A row holds the pictures of one class, a column those that were given one name. On the\n"
           "   diagonal stands what is right; a dark cell off it is a pair of classes that it mixes up.\n\n");
}

// 5. Its worst mistakes: where it gave most to a wrong class.
void show_worst(const Image_set& set, const Learning_images& test, Network<float>& net) {
  struct Mistake {
    std::size_t picture;
    std::uint32_t taken_for;
    double probability;
  };
  Matrix<float> x(test.size(), test.pixels());
  bp::scale(test.examples().bytes, bp::Scaling{}, x.span());
  const Matrix<float> logits = net.predict(x);
  std::vector<std::uint32_t> answers(test.size());
  classify(logits.view(), 0.5, std::span(answers));
  std::vector<Mistake> mistakes;
  for (std::size_t i = 0; i < test.size(); ++i) {
    if (answers[i] == test.labels()[i]) continue;
    double sum = 0;  // softmax of the greatest logit: its own term is e^0 = 1
    for (const float logit : logits.row(i)) sum += std::exp(logit - logits(i, answers[i]));
    mistakes.push_back({i, answers[i], 1 / sum});
  }
  std::sort(mistakes.begin(), mistakes.end(),
            [](const Mistake& a, const Mistake& b) { return a.probability > b.probability; });
  bp::Gallery worst{.title = "The nine worst mistakes", .tiles = {}};
  for (std::size_t i = 0; i < std::min<std::size_t>(9, mistakes.size()); ++i) {
    const Mistake& mistake = mistakes[i];
    worst.tiles.push_back(
        test.tile(mistake.picture,
                  fmt::format("{}\ntaken for {}\n{:.2f} %", set.classes[test.labels()[mistake.picture]],
                              set.classes[mistake.taken_for], 100 * mistake.probability)));
  }
  fmt::print(
      "5. What it gets wrong, and how sure it is\n\n{}",
      measured(fmt::format(
          R"(   {} mistakes in {} pictures. In {} of them the network gave the wrong class 90 % or more.

)",
          mistakes.size(), test.size(), std::count_if(mistakes.begin(), mistakes.end(), [](const Mistake& m) {
            return m.probability >= 0.9;
          }))));
  fmt::print(R"(   A probability out of softmax says how sure the network is, not how right. Look at the nine
   of which it was surest: would you have known? Some labels are doubtful, and some mistakes
   are the network's own: it compares 784 brightnesses, and knows no shape if it is moved.

)");
  bp::show(worst, "18_mnist_worst.png",
           "   First what it is, then what it was taken for, and with which probability.\n");
}

void lesson() {
  const Image_set set;
  const Learning_images train(set.data.train, quick() ? 3000 : set.data.train.size());
  const Learning_images test(set.data.test, quick() ? 1000 : set.data.test.size());
  look_at(set, train, test);
  bp::Random random(1);
  Network<float> net(784, {Dense{128}, Activation{Curve::relu}, Dense{10}}, random);
  introduce(net);
  train_on(train, net);
  test_on(set, test, net);
  show_worst(set, test, net);
}

int main() { return bp::run(lesson); }
