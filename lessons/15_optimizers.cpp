// Lesson 15: how to step: batches, learning rates and optimizers
//
// Before:  lesson 14 found out whether a gradient arrives. Steps were rate * gradient, of all points at once.
// Now:     of how many points should a step take the gradient? How long should it be? And which way should
//          it go, if not straight down? Everything is measured on the same data from the same starts.
// After:   you can take a step of momentum and of Adam by hand, and read a race of optimizers with suspicion.
// Run:     lessons/run 15
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "engine/scalar/optimizer.h"
#include "lessons/descent.h"
#include "lessons/plot.h"

using bp::always, bp::descend, bp::descend_often, bp::Learner, bp::make, bp::Maker;
using bp::Graph, bp::Value, bp::Optimizer;  // today's vocabulary
using bp::measured, bp::Spread, bp::spread, bp::yes, fmt::print;
using bp::of, bp::Path, bp::Plan, bp::Rate, bp::up_to;

double last(const Path& path) { return path.back(); }
double highest(const Path& path) { return std::ranges::max(path) / path[0]; }  // 1: never above
std::string shown(const Spread& s) {
  return fmt::format("{:>8.4f} {:>8.4f} to {:.4f}", s.median(), s.least(), s.most());
}

// 1. E = w^2/2 * steepness has the gradient steepness * w, so a step multiplies w by 1 - rate * steepness.
void too_long() {
  print(R"(1. How long may a step be?

   E = 1/2 w^2 has the gradient w, so a step makes (1 - rate) * w of w. From w = 1:

        rate    factor      after 1      2         3         4        20 steps
)");
  for (const double rate : {0.1, 1.0, 1.9, 2.0, 2.1}) {
    Graph graph;
    const Value w = graph.leaf(1), E = 0.5 * square(w);
    bp::Sgd optimizer({w}, rate);
    print("      {:>6} {:>9.1f}  ", rate, 1 - rate);
    for (int step = 1; step <= 20; ++step) {
      optimizer.zero_grad();
      E.backward();
      optimizer.step();
      graph.recompute();
      if (step <= 4 || step == 20) print(" {:>9.4f}", w.data());
    }
    print("\n");
  }
  print(R"(
   Too low is slow. 1 is perfect here. Above 1 it jumps over the valley, and from 2 on it never
   comes down. A valley k times as steep has the gradient k*w, and its limit is 2/k. A network
   has steep and flat directions at once: the steepest sets the limit, the flattest has to wait.

)");
}

// 2. The task: 100 points of the moons, a network 2-8-1 with tanh. descent.h has what every experiment
//    needs: a Learner is a network and its order of points, both from one seed; a Plan says how many points
//    a step takes, how many epochs, at which rates, and whose step it is. descend() follows a plan.

// By how much the gradient of a batch misses that of all points, in lengths of the latter, at the first
// weights: the root of the mean square over ten epochs.
double noise(std::size_t batch, std::uint64_t seed) {
  Learner learner(seed);
  const std::vector<Value> parameters = learner.parameters();
  std::vector<double> full;
  double length = 0, missed = 0, count = 0;
  learner.find_gradient(learner.all_points());
  for (const Value p : parameters) full.push_back(p.grad()), length += p.grad() * p.grad();
  for (int epoch = 0; epoch < 10; ++epoch) {
    learner.epoch(batch, [&](std::span<const std::size_t> points_of_batch) {
      learner.find_gradient(points_of_batch);
      for (std::size_t i = 0; i < full.size(); ++i) missed += std::pow(parameters[i].grad() - full[i], 2);
      ++count;
    });
  }
  return std::sqrt(missed / count / length);
}

void batches() {
  std::string rows, scaled;
  std::vector<Spread> updates, slow, fast, high;
  std::vector<double> noises;
  bp::Line_plot plot{
      "20 epochs in steps of 100, 10 and 1 points", {"epoch"}, {"cross-entropy of all points", true}, {}};
  for (const std::size_t batch : {100, 10, 1}) {
    const double rate = 0.01 * static_cast<double>(batch);
    noises.push_back(spread(1, 10, [&](std::uint64_t seed) { return noise(batch, seed); }).median());
    updates.push_back(of(descend_often({batch, batch, always(1)}), last));
    rows += fmt::format("      {:>5} {:>11} {:>13.2f} {:>15}\n", batch, 100 * batch, noises.back(),
                        shown(updates.back()));
    const std::vector<Path> bold = descend_often({batch, 20, always(10 * rate)});
    slow.push_back(of(descend_often({batch, 20, always(rate)}), last));
    fast.push_back(of(bold, last)), high.push_back(of(bold, highest));
    scaled += fmt::format("      {:>5} {:>8} {:>6g} {} {:>7g} {}\n", batch, 2000 / batch, rate,
                          shown(slow.back()), 10 * rate, shown(fast.back()));
    plot.series.push_back({fmt::format("{} at rate {:g}", batch, 10 * rate), up_to(20), bold[0]});
  }
  const auto [nearest, farthest] = std::minmax({slow[0].median(), slow[1].median(), slow[2].median()});
  print(R"(2. Of how many points should a step take the gradient?

   All of them: batch gradient descent. One: stochastic. A few: mini-batches. An epoch is one
   pass over all points, in a new order each time. 100 points of the two moons, a network
   2-8-1 with tanh, ten seeds; a seed draws the same first weights for all three. First, 100
   updates each, all at rate 1:

               gradients   a gradient   loss of all points at the end
      batch    they cost   is off by      median, least to most
{}
   ("Off by" is at the first weights, in lengths of the gradient of all. The mean of n points
   should be off by about 1/sqrt(n) as much; from 1 to 10 points it is 3 to 4 times less: {}.)

   An update by all points is the surest, and the dearest. Now the same work for each: 20
   epochs, or 2,000 gradients. Rates in proportion to the batch, and ten times as high:

      batch  updates   rate  loss: median, least to most    rate  loss: median, least to most
{}
      as many updates, all at rate 1: the larger the batch, the smaller the loss       {}
      in proportion to the batch: the three medians are within 2 % of each other       {}
      ten times as high: batches of 100 rise above their start, in every run           {}
      ten times as high: batches of 10 or 1 do, in any run                             {}
      ten times as high: batches of 10 and 1 end below all the others (medians)        {}

   While steps are short it hardly matters: ten by ten points lead to where one by a hundred,
   ten times as long, leads. But a step may be only so long (section 1). Ten short ones in a
   row go farther, since each takes the gradient of the place where it stands. Here that is
   worth more than what noise costs. And of 10 and 1 choose 10: lessons 16 and 17 show that
   a computer works out ten points at once in far less than ten times the time.

)",
        measured(rows), yes(noises[2] > 3 * noises[1] && noises[2] < 4 * noises[1]), measured(scaled),
        yes(updates[0].median() < updates[1].median() && updates[1].median() < updates[2].median()),
        yes(farthest < 1.02 * nearest), yes(high[0].least() > 1),
        yes(high[1].most() > 1 || high[2].most() > 1),
        yes(std::max(fast[1].median(), fast[2].median()) < std::min(nearest, fast[0].median())));
  bp::show(plot, "15_optimizers.png",
           "   One seed, rates ten times as high. The long steps leap out of the valley and back.\n\n");
}

// 3. Rates that change with time: schedule.h has them.
void rates() {
  const auto exponential = [](std::size_t epoch) { return bp::exponential_decay(10, epoch, 0.89); };
  const auto cosine = [](std::size_t epoch) { return bp::cosine_decay(10, epoch, 40); };
  std::string rows;
  std::vector<Spread> end, high, wobble;
  for (const auto& [name, rate] : {std::pair<const char*, Rate>{"0.01", always(0.01)},
                                   {"1", always(1)},
                                   {"10", always(10)},
                                   {"10 * 0.89^epoch", exponential},
                                   {"10 to 0 by cosine", cosine}}) {
    const std::vector<Path> paths = descend_often({10, 40, rate});
    end.push_back(of(paths, last)), high.push_back(of(paths, highest));
    wobble.push_back(of(paths, [](const Path& p) {
      const auto [low, top] = std::minmax_element(p.end() - 10, p.end());
      return *top - *low;
    }));
    rows += fmt::format("      {:<18} {} {:>14.1f} {:>12.4f}\n", name, shown(end.back()),
                        high.back().median(), wobble.back().median());
  }
  print(R"(3. Too high, too low, decayed

   Mini-batches of 10, 40 epochs, ten seeds. Highest: in terms of the loss at the start. Wobble:
   the loss after the last ten epochs, its greatest less its least. (Medians.)

      rate                 loss at the end: median, range      highest       wobble
{}
      0.01 is too low: above 0.3 at the end, in every run                              {}
      10 is too high: above where it started, in every run                             {}
      10, decayed to about 0.1: ends below the median of 10, in every run              {}
      ... and it wobbles less than a hundredth as much as 10 (medians)                 {}
      ... but its range and that of the constant rate 1 overlap                        {}

   So decay mends a rate that is too high, and calms the end. Whether it beats a good constant
   rate, these runs do not tell.

)",
        measured(rows), yes(end[0].least() > 0.3), yes(high[2].least() > 1),
        yes(end[3].most() < end[2].median()), yes(wobble[3].median() < wobble[2].median() / 100),
        yes(end[3].least() < end[1].most() && end[1].least() < end[3].most()));
}

// 4. The same steps by the formulas of optimizer.h, and by the engine.
void by_hand() {
  print(R"(4. Steps that remember, by hand

   E = 1/2 w^2 again, so the gradient g is w. From w = 1, at rate 0.1.

   Momentum adds gradients up, and forgets a tenth at each step:  m = 0.9*m + g,  w -= 0.1*m
   (Nesterov: w -= 0.1*(g + 0.9*m), as if it had already gone on.)

      step         g         m         w     engine
)");
  const auto engine = [](Maker maker, double steepness) {
    Graph graph;
    const Value w = graph.leaf(1), E = 0.5 * steepness * square(w);
    const auto optimizer = maker({w}, 0.1);
    std::vector<double> found;
    for (int step = 0; step < 3; ++step) {
      optimizer->zero_grad();
      E.backward();
      optimizer->step();
      graph.recompute();
      found.push_back(w.data());
    }
    return found;
  };
  const std::vector<double> momentum = engine(make<bp::Momentum>, 1);
  double w = 1, m = 0, v = 0;
  for (std::size_t t = 1; t <= 3; ++t) {
    const double g = w;
    m = 0.9 * m + g, w -= 0.1 * m;
    print("      {:>4} {:>9.4f} {:>9.4f} {:>9.4f} {:>10.4f}\n", t, g, m, w, momentum[t - 1]);
  }
  print(R"(
   Adam keeps a mean of gradients, m = 0.9*m + 0.1*g, and one of squares, v = 0.999*v +
   0.001*g^2. Both start at 0, too small, which m' = m/(1 - 0.9^t) and v' = v/(1 - 0.999^t)
   make good. Then  w -= 0.1 * m' / (sqrt(v') + 1e-8):  so many times the rate, whatever the
   size of g. (RMSProp has v without m, AdaGrad the sum of squares in its place.)

      step         g         m          v        m'        v'         w     engine
)");
  const std::vector<double> adam = engine(make<bp::Adam, bp::Adam_options>, 1),
                            steep = engine(make<bp::Adam, bp::Adam_options>, 1000);
  w = 1, m = 0;
  for (std::size_t t = 1; t <= 3; ++t) {
    const double g = w;
    m = 0.9 * m + 0.1 * g, v = 0.999 * v + 0.001 * g * g;
    const double m1 = m / (1 - std::pow(0.9, t)), v1 = v / (1 - std::pow(0.999, t));
    w -= 0.1 * m1 / (std::sqrt(v1) + 1e-8);
    print("      {:>4} {:>9.4f} {:>9.4f} {:>10.6f} {:>9.4f} {:>9.4f} {:>9.4f} {:>10.4f}\n", t, g, m, v, m1,
          v1, w, adam[t - 1]);
  }
  print(R"(
   With 1000 times the loss Adam goes the same way, but for 1e-6: {}. Gradient descent would
   need a thousandth of the rate.

)",
        yes(std::abs(adam[2] - steep[2]) < 1e-6));
}

struct Racer {
  std::string name;
  Maker maker;
};
const std::array racers = {Racer{"SGD", make<bp::Sgd>},
                           Racer{"momentum", make<bp::Momentum>},
                           Racer{"Nesterov", make<bp::Nesterov>},
                           Racer{"AdaGrad", make<bp::Adagrad, bp::Adagrad_options>},
                           Racer{"RMSProp", make<bp::Rmsprop, bp::Rmsprop_options>},
                           Racer{"Adam", make<bp::Adam, bp::Adam_options>},
                           Racer{"AdamW", make<bp::Adamw, bp::Adamw_options>}};
constexpr std::array all_rates = {0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0};

// 5. Two weights, a valley 25 times as steep across as along, turned by 45 degrees together with the start.
struct Valley {
  Valley(double along, double across, bool turned) {
    const double c = turned ? std::sqrt(0.5) : 1, s = turned ? c : 0;
    x.set_data(c * along - s * across), y.set_data(s * along + c * across);
    E = 0.5 * (square(c * x + s * y) + 25 * square(c * y - s * x));
    graph.recompute();
  }
  // Steps until E < 0.001; 1000 if it takes as many or more. The places that it comes through go to `path`.
  double descend(Maker maker, double rate, bp::Series* path = nullptr) {
    const auto optimizer = maker({x, y}, rate);
    for (int steps = 0; steps < 1000 && E.data() < 1e6; ++steps) {
      if (path != nullptr) path->x.push_back(x.data()), path->y.push_back(y.data());
      if (E.data() < 0.001) return steps;
      optimizer->zero_grad();
      E.backward();
      optimizer->step();
      graph.recompute();
    }
    return 1000;
  }

  Graph graph;
  Value x = graph.leaf(0), y = graph.leaf(0), E;
};

// From ten starts, the same for all.
Spread steps_down(Maker maker, double rate, bool turned) {
  return spread(1, 10, [&](std::uint64_t seed) {
    bp::Random random(seed);
    const double along = random.uniform(-4, 4), across = random.uniform(-1, 1);
    return Valley(along, across, turned).descend(maker, rate);
  });
}

void valley() {
  bp::Surface_plot plot{"E = 1/2 (x^2 + 25 y^2), and four ways down",
                        {"x"},
                        {"y"},
                        {"E", true},
                        {.nx = 161, .ny = 91, .x0 = -4.5, .x1 = 2, .y0 = -2.25, .y1 = 1.5, .values = {}},
                        {},
                        12};
  plot.losses.fill([](double x, double y) { return std::max(0.5 * (x * x + 25 * y * y), 1e-3); });
  print(R"(5. A narrow valley

   E = 1/2 (x^2 + 25 y^2) is 25 times as steep across as along. Gradient descent has to stay
   below 2/25, and crawls along. Steps until E < 0.001, from ten starts, with the best rate
   of 0.003, 0.01, 0.03, 0.1, 0.3, 1 and 3. Then the valley is turned by 45 degrees, and the
   starts with it. (Median, least and most.)

                   rate    steps    range       turned: rate   steps    range
)");
  std::vector<double> medians[2];
  for (const Racer& racer : racers) {
    print("      {:<9}", racer.name);
    for (const bool turned : {false, true}) {
      const auto median = [&](double rate) { return steps_down(racer.maker, rate, turned).median(); };
      const double rate = std::ranges::min(all_rates, {}, median);
      const Spread steps = steps_down(racer.maker, rate, turned);
      medians[turned].push_back(steps.median());
      print("{:>{}} {:>8} {:>5} to {:>3}", rate, turned ? 13 : 8, steps.median(), steps.least(),
            steps.most());
      if (turned || racer.name == "Nesterov" || racer.name == "RMSProp" || racer.name == "AdamW") continue;
      plot.paths.push_back({racer.name, {}, {}});
      Valley(-4, 1, false).descend(racer.maker, rate, &plot.paths.back());
    }
    print("\n");
  }
  print(R"(
      turning it changes nothing for SGD, momentum and Nesterov                        {}
      it costs AdaGrad and RMSProp more than ten times the steps                       {}
      Nesterov needs fewer than half the steps of momentum, either way                 {}

   AdaGrad and RMSProp divide by the size that each weight's own gradients have. That makes
   a valley round which lies along a weight. Across the weights none of them is the steep one,
   and there is nothing to divide by. So praise won in one kind of valley is not worth much in
   another.

)",
        yes(std::equal(medians[0].begin(), medians[0].begin() + 3, medians[1].begin())),
        yes(medians[1][3] > 10 * medians[0][3] && medians[1][4] > 10 * medians[0][4]),
        yes(medians[0][2] < medians[0][1] / 2 && medians[1][2] < medians[1][1] / 2));
  bp::show(plot, "15_optimizers_valley.png",
           R"(   From (-4, 1). SGD falls to the floor and creeps along it, momentum swings, Adam swings less,
   and AdaGrad's first step is as long in x as in y: its rate.

)");
}

// 6. The race. A loss here is the mean after each of the last five epochs.
double settled(const Path& path) { return std::accumulate(path.end() - 5, path.end(), 0.0) / 5; }
double epochs_to(const Path& path) {  // 31: not in 30 epochs
  const auto found = std::ranges::find_if(path, [](double loss) { return loss < 0.1; });
  return static_cast<double>(found - path.begin());
}

// By other seeds than those that race.
double best_rate(Maker maker) {
  return std::ranges::min(all_rates, {}, [maker](double rate) {
    const Plan plan{10, 30, always(rate), maker};
    return spread(101, bp::quick() ? 103 : 110,
                  [&](std::uint64_t seed) { return settled(descend(plan, seed)); })
        .median();
  });
}

void race() {
  std::string rows;
  std::vector<Spread> losses;
  std::vector<double> epochs;
  bp::Line_plot plot{"The race: median of ten seeds", {"epoch"}, {"cross-entropy of all points", true}, {}};
  for (const Racer& racer : racers) {
    const double rate = best_rate(racer.maker);
    const std::vector<Path> paths = descend_often({10, 30, always(rate), racer.maker}, 10);
    const Spread until = of(paths, epochs_to);
    epochs.push_back(until.median());
    losses.push_back(of(paths, settled));
    rows += fmt::format("      {:<9} {:>6} {:>10} {:>6} to {:<3}   {}\n", racer.name, rate, until.median(),
                        until.least(), until.most(), shown(losses.back()));
    plot.series.push_back({racer.name, up_to(30), {}});
    for (std::size_t epoch = 0; epoch <= 30; ++epoch) {
      plot.series.back().y.push_back(of(paths, [&](const Path& p) { return p[epoch]; }).median());
    }
  }
  std::vector<std::size_t> order = bp::everything(losses.size());
  std::ranges::sort(order, {}, [&](std::size_t i) { return losses[i].median(); });
  const bool slowest = std::ranges::max_element(epochs) == epochs.begin();
  const Spread untuned =
      of(descend_often({10, 30, always(0.001), make<bp::Adam, bp::Adam_options>}, 10), settled);
  print(R"(6. The race

   Back to the moons: mini-batches of 10, 30 epochs, ten seeds; the loss is the mean of the
   last five. The same rule for everyone: of the seven rates the one with the least median
   loss over ten other seeds. (Momentum 0.9 and Adam's 0.9 and 0.999 are left alone.) 31
   epochs stands for "not in 30".

                  rate     epochs to a loss < 0.1         loss at the end
                           median     range          median     least to most
{}
      the least median loss is that of                                                 {}
      plain SGD has the greatest median loss, and needs the most epochs (medians)      {}
      Adam at its default rate 0.001 would be worse than SGD here (medians)            {}

   "{} is the best" would be the wrong conclusion. It has the least median on this
   task, with these batches, at rates from this list, after 30 epochs. The valley had another
   order, and turned by 45 degrees yet another. And luck has a hand in it: with four times
   twenty other seeds Nesterov won again each time, but twice the rule gave Adam the rate 1 in
   place of 0.3, and once Adam then ended behind SGD. What can be said: to remember gradients
   paid here, and a rate out of the blue threw that away again. So choose the rate, for all by
   the same rule, and look at the spread.

)",
        measured(rows), racers[order[0]].name, yes(order.back() == 0 && slowest),
        yes(untuned.median() > losses[0].median()), racers[order[0]].name);
  bp::show(plot, "15_optimizers_race.png", "   Medians of the seeds, epoch by epoch.\n");
}

void lesson() {
  print(R"(Lesson 15: how to step: batches, learning rates and optimizers
==============================================================

)");
  if (bp::quick())
    print("Quick: 4 seeds in place of 10 in sections 2 and 3, rates by 3 seeds in place of 10\n");
  too_long();
  batches();
  rates();
  by_hand();
  valley();
  race();
}

int main() { return bp::run(lesson); }
