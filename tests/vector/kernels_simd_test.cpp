// The dense layer in SIMD, held to the plain loops: every instruction set that this machine has, every length
// from 0 to 130, rows at odd places, NaN and infinity.
//
// The rest: kernels_simd_activation_test.cpp, kernels_simd_loss_test.cpp, kernels_simd_training_test.cpp.
#include <cstring>
#include <string>
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/vector/framed.h"

using namespace bp::batch;
using bp::Random, bp::test::Framed, bp::test::worst_units;

namespace {

template <class T>
Framed<T> sizes_of(const Framed<T>& matrix) {
  Framed<T> sizes(matrix.rows(), matrix.cols());
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j < matrix.cols(); ++j) sizes(i, j) = std::abs(matrix(i, j));
  }
  return sizes;
}

/// A layer's numbers, and what one implementation makes of them.
template <class T>
struct Layer {
  Framed<T> x, w, bias, dz;
  Framed<T> z, y, z_by_examples, y_by_examples, dx, dw, db;

  Layer(Random& random, std::size_t examples, std::size_t inputs, std::size_t outputs)
      : Layer({random, examples, inputs}, {random, outputs, inputs}, {random, 1, outputs},
              {random, examples, outputs}) {}
  Layer(Framed<T> given_x, Framed<T> given_w, Framed<T> given_bias, Framed<T> given_dz)
      : x(std::move(given_x)),
        w(std::move(given_w)),
        bias(std::move(given_bias)),
        dz(std::move(given_dz)),
        z(dz.rows(), dz.cols()),
        y(dz.rows(), dz.cols()),
        z_by_examples(dz.rows(), dz.cols()),
        y_by_examples(dz.rows(), dz.cols()),
        dx(x.rows(), x.cols()),
        dw(w.rows(), w.cols()),
        db(1, dz.cols()) {}

  Layer& run(const Kernels<T>& k, Activation f = {}) {
    Matrix<T> packed(1, k.packed_size(w.rows(), w.cols())), packed_x(1, k.packed_size(x.rows(), x.cols()));
    k.pack(w, packed.data());
    k.pack(x, packed_x.data());
    k.dense_forward(x, {w, packed.data()}, bias.data(), f, z, y);
    k.dense_forward_by_examples(x, packed_x.data(), w, bias.data(), f, z_by_examples, y_by_examples);
    k.dense_backward_input(dz, w, {}, {}, dx);
    k.dense_backward_weights(dz, x, dw, db.data());
    return *this;
  }

  bool frames_are_whole() const {
    return z.frame_is_whole() && y.frame_is_whole() && z_by_examples.frame_is_whole() &&
           y_by_examples.frame_is_whole() && dx.frame_is_whole() && dw.frame_is_whole() &&
           db.frame_is_whole();
  }
};

template <class T>
bool same_bits(const Framed<T>& a, const Framed<T>& b) {
  for (std::size_t i = 0; i < a.rows(); ++i) {
    if (std::memcmp(a.view().row(i), b.view().row(i), a.cols() * sizeof(T)) != 0) return false;
  }
  return true;
}

/// Every sum within (n + 1) u sum |terms| of the plain loops', which have rounded once; in double they are as
/// far from the exact sum as we are.
template <class T>
void check_layer(const Kernels<T>& k, Random& random, std::size_t examples, std::size_t inputs,
                 std::size_t outputs) {
  Layer<T> ours(random, examples, inputs, outputs), plain = ours;
  Layer<T> sizes(sizes_of(ours.x), sizes_of(ours.w), sizes_of(ours.bias), sizes_of(ours.dz));
  ours.run(k);
  plain.run(reference_kernels<T>());
  sizes.run(reference_kernels<T>());

  const double twice = sizeof(T) == 8 ? 2.0 : 1.0;
  INFO(k.name << ": " << examples << " examples, " << inputs << " inputs, " << outputs << " outputs");
  CHECK(worst_units<T>(ours.z, plain.z, sizes.z) <= twice * double(inputs + 2));
  CHECK(worst_units<T>(ours.dx, plain.dx, sizes.dx) <= twice * double(outputs + 1));
  CHECK(worst_units<T>(ours.dw, plain.dw, sizes.dw) <= twice * double(examples + 1));
  CHECK(worst_units<T>(ours.db, plain.db, sizes.db) <= twice * double(examples + 1));
  CHECK(worst_units<T>(ours.y, ours.z, ours.z) == 0.0);
  CHECK((same_bits(ours.z_by_examples, ours.z) && same_bits(ours.y_by_examples, ours.y)));
  CHECK(ours.frames_are_whole());
}

}  // namespace

TEST_CASE("the fastest kernels come first and the plain loops last, each under its name", "[kernels]") {
  const auto floats = available_kernels<float>();
  const auto doubles = available_kernels<double>();

  CHECK(&best_kernels<float>() == floats.front());
  CHECK(floats.back() == &reference_kernels<float>());
  REQUIRE(floats.size() == doubles.size());
  for (std::size_t i = 0; i < floats.size(); ++i) {
    CHECK(std::string(floats[i]->name) == doubles[i]->name);
    for (std::size_t j = 0; j < i; ++j) CHECK(std::string(floats[i]->name) != floats[j]->name);
  }
}

TEMPLATE_TEST_CASE("dense layers of every length are those of the plain loops", "[kernels]", float, double) {
  Random random(11);
  for (const Kernels<TestType>* k : available_kernels<TestType>()) {
    for (std::size_t length = 0; length <= 130; ++length) {
      check_layer(*k, random, length, 19, 21);
      check_layer(*k, random, 9, length, 34);
      check_layer(*k, random, 17, 5, length);
    }
  }
}

TEMPLATE_TEST_CASE("dense layers larger than one block are those of the plain loops", "[kernels]", float,
                   double) {
  Random random(12);
  for (const Kernels<TestType>* k : available_kernels<TestType>()) {
    check_layer(*k, random, 3, 1001, 40);  // several blocks of k for z; of dx and dw:
    check_layer(*k, random, 5, 37, 801);
    check_layer(*k, random, 801, 7, 33);  // and several blocks of rows of z and dx
    check_layer(*k, random, 2, 5, 500);   // of dw
  }
}

TEMPLATE_TEST_CASE("a fused activation has the bits of the activation by itself", "[kernels]", float,
                   double) {
  using T = TestType;
  Random random(13);
  for (const Kernels<T>* k : available_kernels<T>()) {
    for (const Curve curve : {Curve::relu, Curve::tanh, Curve::gelu}) {
      INFO(k->name << ", curve " << int(curve));
      const Activation f{curve};
      Layer<T> layer(random, 29, 17, 51);
      layer.run(*k, f);
      Framed<T> y(29, 51), y_by_examples(29, 51), y_alone(29, 51);
      Framed<T> dx(29, 17), dx_alone(29, 17), saved(random, 29, 17);
      Matrix<T> packed(1, k->packed_size(51, 17)), packed_x(1, k->packed_size(29, 17));

      k->pack(layer.w, packed.data());
      k->pack(layer.x, packed_x.data());
      k->dense_forward(layer.x, {layer.w, packed.data()}, layer.bias.data(), f, {}, y);
      k->dense_forward_by_examples(layer.x, packed_x.data(), layer.w, layer.bias.data(), f, {},
                                   y_by_examples);
      k->activation_forward(layer.z, f, y_alone);
      k->dense_backward_input(layer.dz, layer.w, f, saved, dx);
      k->activation_backward(saved, f, layer.dx, dx_alone);

      CHECK((same_bits(layer.y, y_alone) && same_bits(layer.y_by_examples, y_alone)));
      CHECK((same_bits(y, y_alone) && same_bits(y_by_examples, y_alone)));
      CHECK(same_bits(dx, dx_alone));
      CHECK((y.frame_is_whole() && y_by_examples.frame_is_whole() && dx.frame_is_whole()));
    }
  }
}

TEMPLATE_TEST_CASE("in dense layers NaN and infinity go where the plain loops let them", "[kernels]", float,
                   double) {
  using T = TestType;
  for (const T odd : {T(NAN), T(INFINITY), T(-INFINITY)}) {
    for (const Kernels<T>* k : available_kernels<T>()) {
      INFO(k->name << ": " << odd);
      Random random(14);
      Layer<T> ours(random, 16, 19, 37);
      ours.x(13, 18) = ours.w(36, 3) = ours.bias(0, 33) = ours.dz(15, 35) = odd;
      ours.w(5, 18) = 0;  // 0 * inf
      Layer<T> plain = ours;
      ours.run(*k);
      plain.run(reference_kernels<T>());

      const auto same_kind = [](const Framed<T>& a, const Framed<T>& b) {
        for (std::size_t i = 0; i < a.rows(); ++i) {
          for (std::size_t j = 0; j < a.cols(); ++j) {
            if (std::isfinite(b(i, j))
                    ? !std::isfinite(a(i, j))
                    : !(a(i, j) == b(i, j) || (std::isnan(a(i, j)) && std::isnan(b(i, j))))) {
              return false;
            }
          }
        }
        return true;
      };
      CHECK((same_kind(ours.z, plain.z) && same_kind(ours.z_by_examples, plain.z)));
      CHECK(same_kind(ours.dx, plain.dx));
      CHECK(same_kind(ours.dw, plain.dw));
      CHECK(same_kind(ours.db, plain.db));
      CHECK(std::isnan(ours.z(13, 5)) == std::isnan(odd * T(0)));
    }
  }
}

TEST_CASE("no bias is a bias of 0, and no gradient of it is asked for with null", "[kernels]") {
  Random random(15);
  for (const Kernels<float>* k : available_kernels<float>()) {
    Layer<float> layer(random, 7, 5, 40);
    for (std::size_t o = 0; o < 40; ++o) layer.bias(0, o) = 0.0f;
    layer.run(*k);
    Framed<float> z(7, 40), z_by_examples(7, 40), dw(40, 5);
    Matrix<float> packed(1, k->packed_size(40, 5)), packed_x(1, k->packed_size(7, 5));

    k->pack(layer.w, packed.data());
    k->pack(layer.x, packed_x.data());
    k->dense_forward(layer.x, {layer.w, packed.data()}, nullptr, {}, {}, z);
    k->dense_forward_by_examples(layer.x, packed_x.data(), layer.w, nullptr, {}, {}, z_by_examples);
    k->dense_backward_weights(layer.dz, layer.x, dw, nullptr);

    CHECK((same_bits(z, layer.z) && same_bits(z_by_examples, layer.z)));
    CHECK(same_bits(dw, layer.dw));
  }
}
