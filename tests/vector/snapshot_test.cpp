#include "engine/vector/snapshot.h"

#include "tests/support/catch2.h"
#include "tests/vector/training_set.h"

using namespace bp::batch;
using bp::Random, bp::test::Training_set;

TEST_CASE("from a snapshot the same steps follow, to the bit, with all that has a state", "[snapshot]") {
  const Training_set set(60);
  Random random(3);
  Network<float> net(8, {Dense{16}, Batch_norm{}, Activation{Curve::relu}, Dropout_rate{0.2}, Dense{3}},
                     random);
  Adam<float> adam(net, {.learning_rate = 0.01});
  Trainer<float> trainer(net, adam, Loss<float>(Loss_kind::softmax_cross_entropy), set.as_bytes(),
                         {.epochs = 4, .batch = 7, .validation = 0.1});
  Snapshot<float> snapshot;
  const auto all = [&] {
    std::vector<float> numbers;
    for (const auto& tensor : net.state())
      numbers.insert(numbers.end(), tensor.data.begin(), tensor.data.end());
    for (const auto& tensor : adam.state())
      numbers.insert(numbers.end(), tensor.data.begin(), tensor.data.end());
    return numbers;
  };

  for (int i = 0; i < 11; ++i) trainer.step();  // into the second epoch
  snapshot.take(trainer);
  std::vector<double> once, again;
  for (int i = 0; i < 9; ++i) once.push_back(trainer.step().loss);
  const std::vector<float> numbers = all();
  adam.set_learning_rate(0.5);
  snapshot.put_back(trainer);
  for (int i = 0; i < 9; ++i) again.push_back(trainer.step().loss);

  CHECK(snapshot.steps() == 11);
  CHECK(again == once);
  CHECK(all() == numbers);
  CHECK(adam.steps() == 20);
  CHECK(*net.counters()[0].count == 20);
}
