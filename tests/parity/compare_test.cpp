// The comparison that the promise rests on must itself be able to fail.
#include "tests/parity/compare.h"

#include "tests/parity/both_engines.h"
#include "tests/support/catch2.h"

using namespace bp::test;

TEST_CASE("a comparison names the first tensor that differs, its worst element and its ULPs", "[parity]") {
  const std::vector<Compared<float>> tensors = {{"0.weight", {1.0f, 2.0f}, {1.0, 2.0}},
                                                {"2.weight", {4.0f, 1.0f + 0x1p-16f}, {4.0, 1.0}},
                                                {"2.bias", {9.0f}, {1.0}}};

  const std::string found = first_difference(tensors, 1e-6);

  CHECK_THAT(found, contains_text("2.weight differs first: element 1"));
  CHECK_THAT(found, contains_text("128 ULPs off"));  // 2^-16 in steps of 2^-23
}

TEST_CASE("an error counts against the greatest number of its layer", "[parity]") {
  // 3e-6 off where the layer's greatest number is 8: 3.75e-7.
  const std::vector<Compared<double>> tensors = {{"1.weight", {8.0}, {8.0}}, {"1.bias", {3e-6}, {0.0}}};

  CHECK(first_difference(tensors, 4e-7) == "");
  CHECK_THAT(first_difference(tensors, 3e-7), contains_text("1.bias"));
}

TEST_CASE("a comparison of NaN, of zeros, of other sizes or of nothing does not pass", "[parity]") {
  CHECK_THAT(first_difference<double>({{"0.weight", {1.0, NAN}, {1.0, 1.0}}}), contains_text("element 1"));
  CHECK_THAT(first_difference<double>({{"0.weight", {0.0}, {0.0}}}), contains_text("zeros"));
  CHECK_THAT(first_difference<double>({{"0.weight", {1.0}, {1.0, 1.0}}}), contains_text("beside"));
  CHECK(first_difference<double>({}) != "");
}

TEST_CASE("ULPs count numbers, across zero too", "[parity]") {
  CHECK(ulps(1.0, std::nextafter(1.0, 2.0)) == 1);
  CHECK(ulps(0x1p-149f, -0x1p-149f) == 2);
  CHECK(ulps(0.0f, -0.0f) == 0);
  CHECK(std::isinf(ulps<double>(NAN, 1.0)));
}

TEST_CASE("one weight that is a millionth off shows in the gradients of both engines", "[parity]") {
  using namespace bp::batch;
  Both_engines<double> both({4, {Dense{5}, bp::batch::Activation{Curve::tanh}, Dense{3}}});
  both.run(0);
  REQUIRE(first_difference(both.gradients()) == "");

  both.net.parameters()[0].data[7] += 1e-6;
  both.run(0);

  CHECK_THAT(first_difference(both.gradients()), contains_text("0.weight differs first"));
}
