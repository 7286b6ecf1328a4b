#include "engine/vector/examples.h"

#include <limits>

#include "tests/support/catch2.h"
#include "tests/vector/training_set.h"

using namespace bp::batch;
using bp::Random, bp::test::Training_set, bp::test::contains_text;

namespace {

Network<float> network(std::size_t inputs = 8, std::size_t outputs = 3) {
  Random random(1);
  return {inputs, {Dense{outputs}}, random};
}

}  // namespace

TEST_CASE("a batch of bytes is the numbers that they stand for, in the order asked for", "[examples]") {
  const Training_set set(10);
  const Network<float> net = network();
  const std::vector<std::uint32_t> rows = {7, 0, 7};
  Batch<float> from_bytes, from_numbers;

  from_bytes.gather(set.as_bytes(), rows, net);
  from_numbers.gather(set.as_numbers(), rows, net);

  REQUIRE(from_bytes.x().rows == 3);
  for (std::size_t n = 0; n < 3; ++n) {
    for (std::size_t c = 0; c < 8; ++c) {
      CHECK(from_numbers.x()(n, c) == set.numbers(rows[n], c));
      CHECK(std::abs(from_bytes.x()(n, c) - set.numbers(rows[n], c)) <= 0x1p-23f);  // 2 u of numbers below 1
    }
  }
  const auto labels = std::get<std::span<const std::uint32_t>>(from_bytes.targets());
  CHECK((labels[0] == set.labels[7] && labels[1] == set.labels[0]));
}

TEST_CASE("a batch of bytes tells which of its numbers are not 0, unless something is added to them",
          "[examples]") {
  const Network<float> net = network();
  const std::vector<std::uint8_t> bytes = {0, 1, 0, 255, 9, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 2};
  const std::vector<std::uint32_t> labels = {0, 1}, rows = {1, 0};
  const Matrix<float> numbers(2, 8);
  Batch<float> batch;

  batch.gather({.bytes = bytes, .labels = labels}, rows, net);
  REQUIRE(batch.lit().rows == 2);
  REQUIRE(batch.lit().cols == 1);
  CHECK(batch.lit()(0, 0) == 0b10000000);
  CHECK(batch.lit()(1, 0) == 0b10011010);

  batch.gather({.bytes = bytes, .offset = -0.5, .labels = labels}, rows, net);
  CHECK(batch.lit().data == nullptr);  // a byte of 0 is -0.5
  batch.gather({.bytes = bytes, .scale = std::numeric_limits<double>::infinity(), .labels = labels}, rows,
               net);
  CHECK(batch.lit().data == nullptr);  // a byte of 0 is NaN
  batch.gather({.numbers = numbers, .labels = labels}, rows, net);
  CHECK(batch.lit().data == nullptr);
}

TEST_CASE("evaluation counts and averages as by hand, penalties included", "[examples]") {
  Random random(1);
  Network<double> net(1, {Dense{.outputs = 1, .l2 = 0.5}}, random);
  net.parameters()[0].data[0] = 2.0;
  const Matrix<double> x{{1}, {-1}, {0.125}};  // outputs 2, -2, 0.25
  const std::vector<std::uint32_t> labels = {1, 0, 1}, two = {0, 2};
  const Examples<double> examples{.numbers = x, .labels = labels};
  const Loss<double> loss(Loss_kind::half_squared_error);

  const Evaluation all = evaluate(net, loss, examples);
  const Evaluation some = evaluate(net, loss, examples, std::span<const std::uint32_t>(two));

  CHECK(std::abs(all.loss - ((0.5 + 2.0 + 0.28125) / 3 + 2.0)) <= 1e-15);
  CHECK(all.accuracy == 2.0 / 3);  // 0.25 is below 1/2
  CHECK(all.confusion.count(1, 0) == 1);
  CHECK(some.accuracy == 0.5);
  CHECK(evaluate(net, Loss<double>(Loss_kind::hinge_loss), examples).accuracy == 1.0);  // above 0
}

TEST_CASE("more examples than are evaluated at once are all evaluated", "[examples]") {
  const Training_set set(1203);
  Network<float> net = network();

  CHECK(evaluate(net, Loss<float>(Loss_kind::softmax_cross_entropy), set.as_bytes()).confusion.total() ==
        1203);
}

TEST_CASE("regression has a loss but no classes", "[examples]") {
  Random random(1);
  Network<double> net(2, {Dense{2}}, random);
  const Matrix<double> x{{1, 2}}, t{{1, 0}};
  const Examples<double> examples{.numbers = x, .targets = t};

  CHECK(std::isnan(evaluate(net, Loss<double>(Loss_kind::mean_squared_error), examples).accuracy));
  CHECK(!std::isnan(evaluate(net, Loss<double>(Loss_kind::softmax_cross_entropy), examples).accuracy));
}

TEST_CASE("examples that do not suit the network, or each other, are refused, and said", "[examples]") {
  Training_set set(4);
  const auto refusal = [](const Examples<float>& examples, const Network<float>& net) -> std::string {
    try {
      examples.check(net);
    } catch (const std::invalid_argument& error) { return error.what(); }
    return "accepted";
  };
  const Network<float> net = network();
  const Matrix<float> targets(4, 2);

  CHECK(refusal(set.as_bytes(), net) == "accepted");
  CHECK_THAT(refusal({}, net), contains_text("no examples"));
  CHECK_THAT(refusal({.labels = set.labels}, net), contains_text("bytes or numbers"));
  CHECK_THAT(refusal(set.as_bytes(), network(9)), contains_text("9 inputs have 32 bytes, which would be 36"));
  CHECK_THAT(refusal(set.as_numbers(), network(9)), contains_text("4 x 8 numbers"));
  CHECK_THAT(refusal({.bytes = set.bytes, .targets = targets}, net), contains_text("2 targets an example"));
  CHECK_THAT(refusal({.bytes = set.bytes, .labels = set.labels, .targets = targets}, net),
             contains_text("labels or targets"));
  set.labels[2] = 3;
  CHECK_THAT(refusal(set.as_bytes(), net), contains_text("example 2 has the label 3"));
  set.labels[2] = 2;
  set.labels[3] = 2;
  CHECK_THAT(refusal(set.as_bytes(), network(8, 1)), contains_text("has the label 2"));
}

TEST_CASE("images are examples where they stand, all of them or a few", "[examples]") {
  const bp::Labelled_images set{{3, 1, 2, {1, 2, 3, 4, 5, 6}}, {{7, 0, 255}}};
  const Image_examples<float> all(set), last(set, 5, 1), none(set, 5, 9);

  CHECK(all.size() == 3);
  CHECK(all.labels() == std::vector<std::uint32_t>{7, 0, 255});
  CHECK(all.examples().bytes.data() == set.images.bytes.data());
  CHECK(all[1][0] == 3);
  CHECK(last.size() == 2);
  CHECK(last.labels() == std::vector<std::uint32_t>{0, 255});
  CHECK(std::vector<std::uint8_t>(last.examples().bytes.begin(), last.examples().bytes.end()) ==
        std::vector<std::uint8_t>{3, 4, 5, 6});
  CHECK(none.size() == 0);
}
