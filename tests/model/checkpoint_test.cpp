// Checkpoints: a run that was interrupted goes on as if it had not been, and what is refused.
#include "engine/model/checkpoint.h"

#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "engine/data/file_error.h"
#include "engine/model/network_file.h"
#include "engine/model/safetensors.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"
#include "tests/vector/training_set.h"

using namespace bp::batch;
using bp::Bad_file, bp::read_checkpoint, bp::restore_checkpoint, bp::Tensor_file, bp::write_checkpoint;
using bp::test::contains_text, bp::test::Place, bp::test::Training_set;

namespace {

using Make_optimizer = std::function<std::unique_ptr<Optimizer<float>>(Network<float>&)>;

std::unique_ptr<Optimizer<float>> adam(Network<float>& net) {
  return std::make_unique<Adam<float>>(net, bp::Adam_options{.learning_rate = 0.01});
}

/// Three epochs of four batches, with all that has a state.
struct Session {
  explicit Session(const Training_set& set, const Make_optimizer& make = adam, std::uint64_t seed = 1,
                   double validation = 0.25)
      : optimizer(make(net)),
        trainer(net, *optimizer, Loss<float>(Loss_kind::softmax_cross_entropy), set.as_bytes(),
                {.epochs = 3, .batch = 16, .seed = seed, .validation = validation}) {}

  Tensor_file model() {
    Tensor_file file;
    add_network(file, net);
    return file;
  }

  bp::Random random{3};
  Network<float> net{
      8,
      {Dense{.outputs = 6, .l2 = 1e-4}, Batch_norm{}, Activation{Curve::relu}, Dropout_rate{0.2}, Dense{3}},
      random};
  std::unique_ptr<Optimizer<float>> optimizer;
  Trainer<float> trainer;
};

/// What is said when a session that otherwise would fit goes on from the file.
std::string complaint(const Tensor_file& file, Session&& session) {
  try {
    restore_checkpoint(file, session.net, *session.optimizer, session.trainer);
  } catch (const Bad_file& error) { return error.what(); }
  return "nothing";
}

/// The file with other numbers under a name.
template <class Number>
Tensor_file with(const Tensor_file& file, const std::string& name, const std::vector<Number>& numbers) {
  Tensor_file result("run");
  for (const auto& [key, text] : file.metadata()) result.set_metadata(key, text);
  for (const bp::Tensor& tensor : file.tensors()) {
    if (tensor.name() != name) result.add(tensor);
  }
  result.add<Number>(name, {numbers.size()}, numbers);
  return result;
}

}  // namespace

TEST_CASE("interrupted after any step and resumed, a run ends with the same bits", "[checkpoint]") {
  const Training_set set(80);
  const Place place;
  Session unbroken(set);
  unbroken.trainer.run();

  for (int steps = 0; steps <= 12; ++steps) {
    INFO("interrupted after step " << steps);
    Session before(set);
    for (int i = 0; i < steps; ++i) before.trainer.step();
    write_checkpoint(place / "run", before.net, *before.optimizer, before.trainer);

    Session after(set);
    restore_checkpoint(read_checkpoint(place / "run"), after.net, *after.optimizer, after.trainer);
    after.trainer.run();

    CHECK(after.model() == unbroken.model());
    CHECK(after.optimizer->steps() == 12);
    CHECK(after.trainer.state().best_loss == unbroken.trainer.state().best_loss);
  }
}

TEST_CASE("every optimizer goes on from a checkpoint with the same bits", "[checkpoint]") {
  const std::vector<Make_optimizer> all = {
      [](auto& net) { return std::make_unique<Sgd<float>>(net, 0.1); },
      [](auto& net) { return std::make_unique<Momentum<float>>(net, 0.1); },
      [](auto& net) { return std::make_unique<Nesterov<float>>(net, 0.1); },
      [](auto& net) { return std::make_unique<Adagrad<float>>(net); },
      [](auto& net) { return std::make_unique<Rmsprop<float>>(net); },
      adam,
      [](auto& net) { return std::make_unique<Adamw<float>>(net); },
  };
  const Training_set set(80);
  const Place place;
  for (const Make_optimizer& make : all) {
    Session unbroken(set, make), before(set, make), after(set, make);
    INFO(unbroken.optimizer->name());

    unbroken.trainer.run();
    for (int i = 0; i < 7; ++i) before.trainer.step();
    write_checkpoint(place / "run", before.net, *before.optimizer, before.trainer);
    restore_checkpoint(read_checkpoint(place / "run"), after.net, *after.optimizer, after.trainer);
    after.trainer.run();

    CHECK(after.model() == unbroken.model());
    CHECK_FALSE(before.model() == unbroken.model());
  }
}

TEST_CASE("the report of a resumed epoch counts what was trained before", "[checkpoint]") {
  const Training_set set(80);
  const Place place;
  Session unbroken(set), before(set), after(set);
  for (int i = 0; i < 4; ++i) unbroken.trainer.step();
  for (int i = 0; i < 2; ++i) before.trainer.step();

  write_checkpoint(place / "run", before.net, *before.optimizer, before.trainer);
  restore_checkpoint(read_checkpoint(place / "run"), after.net, *after.optimizer, after.trainer);
  for (int i = 0; i < 2; ++i) after.trainer.step();

  REQUIRE(after.trainer.ended_epoch());
  CHECK(after.trainer.ended_epoch()->trained == 60);
  CHECK(after.trainer.ended_epoch()->loss == unbroken.trainer.ended_epoch()->loss);
  CHECK(after.trainer.ended_epoch()->accuracy == unbroken.trainer.ended_epoch()->accuracy);
}

TEST_CASE("a checkpoint is a model too, and keeps the caller's texts", "[checkpoint]") {
  const Training_set set(80);
  const Place place;
  Session session(set);
  session.trainer.step();
  write_checkpoint(place / "run", session.net, *session.optimizer, session.trainer,
                   {{"options", "--seed=1"}});

  const Tensor_file file = read_checkpoint(place / "run");
  Network<float> net = bp::load_network<float>(file);

  Tensor_file again;
  add_network(again, net);
  CHECK(again == session.model());
  CHECK(file.metadata("options") == "--seed=1");
  CHECK(file.metadata("kernels") == session.net.kernels().name);
}

TEST_CASE("weights that are no numbers do not replace a good checkpoint", "[checkpoint]") {
  const Training_set set(80);
  const Place place;
  Session session(set);
  write_checkpoint(place / "run", session.net, *session.optimizer, session.trainer);
  const Tensor_file good = read_checkpoint(place / "run");

  session.net.parameters()[2].data[1] = std::numeric_limits<float>::quiet_NaN();

  CHECK_THROWS_AS(write_checkpoint(place / "run", session.net, *session.optimizer, session.trainer),
                  Diverged);
  CHECK(read_checkpoint(place / "run") == good);
}

TEST_CASE("a checkpoint of another run is refused", "[checkpoint]") {
  const Training_set set(80), fewer(64);
  const Place place;
  Session session(set);
  session.trainer.step();
  write_checkpoint(place / "run", session.net, *session.optimizer, session.trainer);
  const Tensor_file file = read_checkpoint(place / "run");
  const auto sgd = [](Network<float>& net) { return std::make_unique<Sgd<float>>(net, 0.1); };

  CHECK(complaint(file, Session(set)) == "nothing");
  CHECK_THAT(complaint(file, Session(set, sgd)), contains_text("it was trained by 'adam', not sgd"));
  CHECK_THAT(complaint(file, Session(fewer)), contains_text("a training state of other examples"));
  CHECK_THAT(complaint(file, Session(set, adam, 2)), contains_text("another seed"));
  CHECK_THAT(complaint(file, Session(set, adam, 1, 0.5)), contains_text("another validation share"));
}

TEST_CASE("a checkpoint that lies is refused in one line", "[checkpoint]") {
  const Training_set set(80);
  const Place place;
  Session session(set);
  session.trainer.step();
  write_checkpoint(place / "run", session.net, *session.optimizer, session.trainer);
  const Tensor_file file = read_checkpoint(place / "run");
  const std::vector<std::uint32_t> twice(60, 1);
  Tensor_file other_machine = file, old = file;
  other_machine.set_metadata("kernels", "abacus");
  old.set_metadata("checkpoint", "0");
  write_safetensors(place / "old", old);
  write_safetensors(place / "model", session.model());

  using Counts = std::vector<std::uint64_t>;
  CHECK_THAT(complaint(with<std::uint64_t>(file, "trainer.counts", Counts{0, 60, 0, 0, 1}), Session(set)),
             contains_text("a training state of other examples"));
  CHECK_THAT(complaint(with<std::uint64_t>(file, "trainer.counts", Counts{0, 16}), Session(set)),
             contains_text("tensor 'trainer.counts': expected u64 [5], found u64 [2]"));
  CHECK_THAT(complaint(with<std::uint64_t>(file, "trainer.generator", Counts{0, 0, 0, 0}), Session(set)),
             contains_text("'run'"));
  CHECK_THAT(complaint(with<std::uint32_t>(file, "trainer.order", twice), Session(set)),
             contains_text("a training state of other examples"));
  CHECK_THAT(complaint(other_machine, Session(set)), contains_text("trained with 'abacus' instructions"));
  CHECK_THROWS_AS(read_checkpoint(place / "old"), Bad_file);
  CHECK_THROWS_AS(read_checkpoint(place / "model"), Bad_file);
}
