#include "engine/vector/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "engine/vector/float_mode.h"
#include "tests/support/catch2.h"
#include "tests/vector/training_set.h"

using namespace bp::batch;
using bp::Random, bp::test::Training_set, bp::test::contains_text;

namespace {

const Loss<float> cross_entropy(Loss_kind::softmax_cross_entropy);

/// A network with all that has a state, its optimizer and its trainer.
struct Session {
  Session(const Training_set& set, const Trainer_options& options, std::size_t threads = 1)
      : pool(threads, 0), trainer(net, adam, cross_entropy, set.as_bytes(), options) {
    net.use(pool);
  }

  std::vector<float> weights() {
    std::vector<float> all;
    for (const auto& tensor : net.state()) all.insert(all.end(), tensor.data.begin(), tensor.data.end());
    return all;
  }

  Random random{3};
  Thread_pool pool;
  Network<float> net{
      8,
      {Dense{.outputs = 16, .l2 = 1e-4}, Batch_norm{}, Activation{Curve::relu}, Dropout_rate{0.2}, Dense{3}},
      random};
  Adam<float> adam{net, {.learning_rate = 0.01}};
  Trainer<float> trainer;
};

template <class Number>
void copy_state(const std::vector<Named_tensor<Number>>& from, const std::vector<Named_tensor<Number>>& to) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::copy(from[i].data.begin(), from[i].data.end(), to[i].data.begin());
  }
}

}  // namespace

TEST_CASE("training learns what can be learned, and reports it", "[trainer]") {
  const Training_set set(600), unseen(300, 2);
  Session session(set, {.epochs = 12, .batch = 25, .validation = 0.1});
  std::vector<Epoch_report> epochs;
  session.trainer.on_epoch = [&](const Epoch_report& report) {
    epochs.push_back(report);
    return true;
  };

  CHECK(session.trainer.run() == Outcome::finished);

  REQUIRE(epochs.size() == 12);
  CHECK(epochs.back().epoch == 12);
  CHECK(epochs.back().trained == 540);
  CHECK(epochs.back().loss < 0.5 * epochs.front().loss);
  CHECK((epochs.back().accuracy >= 0.85 && epochs.back().accuracy <= 1.0));  // with dropout
  CHECK(epochs.back().validation->confusion.total() == 60);
  CHECK(epochs.back().validation->accuracy >= 0.95);
  CHECK(epochs.back().seconds > 0.0);
  CHECK(evaluate(session.net, cross_entropy, unseen.as_bytes()).accuracy >= 0.95);
  CHECK(*session.net.counters()[0].count == 12 * 22);  // 21 batches of 25 and one of 15
}

TEST_CASE("every epoch trains on every example once, in another order, and never on those held out",
          "[trainer]") {
  const Training_set set(50);
  Session session(set, {.epochs = 2, .batch = 8, .validation = 0.2});
  std::vector<std::vector<std::uint32_t>> orders;
  session.trainer.on_epoch = [&](const Epoch_report&) {
    orders.push_back(session.trainer.state().order);
    return true;
  };

  session.trainer.run();

  const auto& held_out = session.trainer.state().held_out;
  REQUIRE(orders.size() == 2);
  CHECK(held_out.size() == 10);
  CHECK(orders[0] != orders[1]);
  for (const auto& order : orders) {
    std::set<std::uint32_t> all(order.begin(), order.end());
    CHECK(all.size() == 40);
    all.insert(held_out.begin(), held_out.end());
    CHECK(all.size() == 50);
  }
}

TEST_CASE("the same seed gives the same bits with one thread and with three, another seed others",
          "[trainer]") {
  const Training_set set(200);
  const auto train = [&](std::uint64_t seed, std::size_t threads) {
    Session session(set, {.epochs = 2, .batch = 32, .seed = seed, .validation = 0.1}, threads);
    session.trainer.run();
    return session.weights();
  };

  const std::vector<float> one = train(1, 1);

  CHECK(train(1, 1) == one);
  CHECK(train(1, 3) == one);
  CHECK(train(2, 1) != one);
}

TEST_CASE("training that was broken off anywhere and resumed ends with the same bits", "[trainer]") {
  const Training_set set(100);
  const Trainer_options options{.epochs = 3, .batch = 16, .validation = 0.1};
  Session unbroken(set, options);
  unbroken.trainer.run();

  for (const int steps : {1, 5, 6, 7, 12, 17}) {  // 6 steps an epoch
    Session first(set, options), second(set, options);
    for (int i = 0; i < steps; ++i) first.trainer.step();

    copy_state(first.net.state(), second.net.state());
    copy_state(first.adam.state(), second.adam.state());
    *second.net.counters()[0].count = *first.net.counters()[0].count;
    second.adam.restore_steps(first.adam.steps());
    second.trainer.restore(first.trainer.state());
    second.trainer.run();

    INFO("broken off after " << steps);
    CHECK(second.weights() == unbroken.weights());
    CHECK(second.trainer.state().best_loss == unbroken.trainer.state().best_loss);
    CHECK(*second.net.counters()[0].count == 18);
  }
}

TEST_CASE("a callback can stop training between two steps, and run() goes on there", "[trainer]") {
  const Training_set set(100);
  const Trainer_options options{.epochs = 2, .batch = 16};
  Session unbroken(set, options), stopped(set, options);
  unbroken.trainer.run();
  int steps = 0;
  stopped.trainer.on_step = [&](const Step_report&) { return ++steps != 3; };

  CHECK(stopped.trainer.run() == Outcome::stopped_by_callback);
  CHECK(steps == 3);
  CHECK(stopped.trainer.run() == Outcome::finished);

  CHECK(stopped.weights() == unbroken.weights());
}

TEST_CASE("every step drops others", "[trainer]") {
  Training_set set(8);
  std::fill(set.bytes.begin(), set.bytes.end(), std::uint8_t(200));  // all examples are one
  std::fill(set.labels.begin(), set.labels.end(), 1u);
  Random random(4);
  Network<float> net(8, {Dropout_rate{0.5}, Dense{3}}, random);
  Sgd<float> standstill(net, 0.0);
  Trainer<float> trainer(net, standstill, cross_entropy, set.as_bytes(), {.epochs = 2, .batch = 4});

  std::set<double> losses;
  while (!trainer.finished()) losses.insert(trainer.step().batch_loss);

  CHECK(losses.size() == 4);
}

TEST_CASE("a step reports where it is and the means so far", "[trainer]") {
  const Training_set set(40);
  Session session(set, {.epochs = 1, .batch = 16});

  const Step_report first = session.trainer.step(), second = session.trainer.step(),
                    last = session.trainer.step();

  CHECK((first.epoch == 1 && first.step == 1 && last.step == 3 && last.steps == 3));
  CHECK(first.loss == first.batch_loss);
  CHECK(std::abs(second.loss - (first.batch_loss + second.batch_loss) / 2) <= 1e-15);
  const double all = 16 * first.batch_loss + 16 * second.batch_loss + 8 * last.batch_loss;
  CHECK(std::abs(last.loss - all / 40) <= 1e-14);
  REQUIRE(session.trainer.ended_epoch());
  CHECK(session.trainer.ended_epoch()->accuracy == last.accuracy);
  CHECK(session.trainer.finished());
  CHECK_THROWS_AS(session.trainer.step(), std::logic_error);
}

TEST_CASE("the schedule's learning rate is in force in its epoch", "[trainer]") {
  const Training_set set(40);
  Session session(set, {.epochs = 3, .batch = 20, .learning_rate = [](std::size_t epoch) {
                          return bp::step_decay(0.08, epoch, 1, 0.5);
                        }});
  std::vector<double> rates;
  session.trainer.on_step = [&](const Step_report&) {
    rates.push_back(session.adam.learning_rate());
    return true;
  };

  session.trainer.run();

  CHECK(rates == std::vector<double>{0.08, 0.08, 0.04, 0.04, 0.02, 0.02});
}

TEST_CASE("training stops early when the validation loss has no new best for so many epochs", "[trainer]") {
  Training_set set(60);
  Random random(9);
  for (std::uint32_t& label : set.labels)
    label = static_cast<std::uint32_t>(random.below(3));  // nothing to learn
  Session session(set, {.epochs = 500, .batch = 10, .validation = 0.3, .patience = 4});
  std::vector<double> losses;
  session.trainer.on_epoch = [&](const Epoch_report& report) {
    const double loss = report.validation->loss;
    CHECK(report.best ==
          std::all_of(losses.begin(), losses.end(), [&](double other) { return loss < other; }));
    losses.push_back(loss);
    return true;
  };

  CHECK(session.trainer.run() == Outcome::stopped_early);

  REQUIRE(losses.size() > 4);
  CHECK(std::min_element(losses.begin(), losses.end()) == losses.end() - 5);
}

TEST_CASE("training that diverges stops before it changes anything and says where, and what to try",
          "[trainer]") {
  const Training_set set(40);
  Random random(1);
  Network<float> net(8, {Dense{3}, Dense{3}}, random);
  Sgd<float> sgd(net, 1e30);
  Trainer<float> trainer(net, sgd, Loss<float>(Loss_kind::half_squared_error), set.as_bytes(),
                         {.epochs = 3, .batch = 10});
  std::string said;

  std::vector<float> before;
  try {
    while (true) {
      before.assign(net.flat_parameters().begin(), net.flat_parameters().end());
      trainer.step();
    }
  } catch (const Diverged& error) { said = error.what(); }

  CHECK_THAT(said, contains_text("in step 2 (epoch 1, batch 2)"));
  CHECK_THAT(said, contains_text("smaller learning rate (now 1e+30)"));
  const std::vector<float> after(net.flat_parameters().begin(), net.flat_parameters().end());
  CHECK(std::memcmp(before.data(), after.data(), before.size() * sizeof(float)) == 0);
}

TEST_CASE("denormals are flushed while training and the caller's setting is back after it", "[trainer]") {
  const Training_set set(40);
  Session session(set, {.epochs = 1, .batch = 20});
  const Float_mode before = Float_mode::current();
  bool flushed = true;
  session.trainer.on_step = [&](const Step_report&) {
    flushed = flushed && Float_mode::current() == before.flushing();
    return true;
  };

  session.trainer.run();

  CHECK(flushed);
  CHECK(Float_mode::current() == before);
}

TEST_CASE("a watcher sees gradients before the parameters change, each step, each epoch, and what diverges",
          "[trainer]") {
  struct Notes : Watcher<float> {
    explicit Notes(Network<float>& net) : net(net) {}
    void after_backward(const Backward_report<float>& report) override {
      seen += 'b';
      weight = net.flat_parameters()[0], gradient = net.flat_gradients()[0];
      finite = std::isfinite(report.loss);
      outputs_are_there = report.y.data == net.output_of(1).data && report.x.rows == report.y.rows;
    }
    void after_step(const Step_report&) override {
      seen += 's';
      stepped_rightly = stepped_rightly && net.flat_parameters()[0] == weight - 0.5f * gradient;
    }
    void after_epoch(const Epoch_report&) override { seen += 'e'; }
    Network<float>& net;
    std::string seen;
    float weight = 0.0f, gradient = 0.0f;
    bool finite = true, outputs_are_there = false, stepped_rightly = true;
  };
  const Training_set set(40);
  Random random(1);
  Network<float> net(8, {Dense{3}, Dense{3}}, random);
  Sgd<float> sgd(net, 0.5);
  Trainer<float> trainer(net, sgd, Loss<float>(Loss_kind::half_squared_error), set.as_bytes(),
                         {.epochs = 3, .batch = 20});
  Notes notes(net);
  trainer.watch(&notes);

  for (int i = 0; i < 3; ++i) trainer.step();
  CHECK(notes.seen == "bsbsebs");
  CHECK(notes.stepped_rightly);
  CHECK(notes.outputs_are_there);
  net.flat_parameters()[0] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_AS(trainer.step(), Diverged);

  CHECK(notes.seen == "bsbsebsb");
  CHECK_FALSE(notes.finite);
}

TEST_CASE("options and states that do not fit are refused, and said", "[trainer]") {
  const Training_set set(10), more(12);
  const auto refusal = [&](const Trainer_options& options) -> std::string {
    try {
      Session session(set, options);
    } catch (const std::invalid_argument& error) { return error.what(); }
    return "accepted";
  };

  CHECK(refusal({.batch = 10}) == "accepted");
  CHECK_THAT(refusal({.batch = 0}), contains_text("batch of 0"));
  CHECK_THAT(refusal({.batch = 11}), contains_text("batch of 11 is larger than the 10 examples"));
  CHECK_THAT(refusal({.batch = 10, .validation = 0.1}), contains_text("9 examples"));
  CHECK_THAT(refusal({.batch = 1, .validation = 1.0}), contains_text("validation share of 1"));
  CHECK_THAT(refusal({.batch = 1, .patience = 2}), contains_text("patience needs a validation share"));

  Random random(1);
  Network<float> net(8, {Dense{3}, Softmax{}}, random);
  Sgd<float> sgd(net, 0.1);
  CHECK_THROWS_WITH((Trainer<float>(net, sgd, cross_entropy, set.as_bytes(), {.batch = 2})),
                    contains_text("takes logits"));

  Session session(set, {.batch = 2}), other(more, {.batch = 2}), held(set, {.batch = 2, .validation = 0.2});
  CHECK_THROWS_AS(session.trainer.restore(other.trainer.state()), std::invalid_argument);
  CHECK_THROWS_AS(session.trainer.restore(held.trainer.state()), std::invalid_argument);
}
