// However a batch is cut into parts, the results are the same bits: what makes them independent of the number
// of threads. For every implementation that this machine can run, with cuts at places that suit none.
#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/vector/random_matrix.h"

using namespace bp::batch;
using bp::Random, bp::test::random_matrix;

namespace {

// Odd sizes: no whole number of vectors or tiles.
constexpr std::size_t batch_size = 37, inputs = 101, outputs = 67;

template <class T>
bool same_bits(const Matrix<T>& a, const Matrix<T>& b) {
  return a.size() == b.size() &&
         (a.size() == 0 || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

/// work(first, last) on 0 to 1, 1 to 3, 3 to 6, ...: parts of all lengths, in multiples of step.
template <class Work>
void in_parts(std::size_t count, std::size_t step, Work work) {
  std::size_t length = step;
  for (std::size_t first = 0; first < count; first += length - step) {
    work(first, std::min(first + length, count));
    length += step;
  }
}

}  // namespace

TEMPLATE_TEST_CASE("dense layers have the same bits in parts of rows and of outputs", "[kernels]", float,
                   double) {
  using T = TestType;
  for (const Kernels<T>* set : available_kernels<T>()) {
    const Kernels<T>& k = *set;
    INFO(k.name);
    Random random(6);
    const Matrix<T> x = random_matrix<T>(random, batch_size, inputs),
                    w = random_matrix<T>(random, outputs, inputs);
    const Matrix<T> dz = random_matrix<T>(random, batch_size, outputs),
                    bias = random_matrix<T>(random, 1, outputs);
    Matrix<T> packed(1, k.packed_size(outputs, inputs)), packed_parts(1, packed.size());
    Matrix<T> packed_x(1, k.packed_size(batch_size, inputs)), packed_x_parts(1, packed_x.size());
    Matrix<T> y(batch_size, outputs), z = y, y_rows = y, z_rows = y, y_outputs = y, z_outputs = y;
    Matrix<T> y_examples = y, z_examples = y, y_examples_outputs = y, z_examples_outputs = y;
    Matrix<T> dx(batch_size, inputs), dx_rows = dx, dx_columns = dx;
    Matrix<T> dw(outputs, inputs), db(1, outputs), dw_outputs = dw, db_outputs = db, dw_columns = dw;
    const Activation f{Curve::gelu};
    const auto from = [&](std::size_t o) { return packed_parts.data() + k.packed_size(o, inputs); };

    k.pack(w, packed.data());
    k.dense_forward(x, {w, packed.data()}, bias.data(), f, z, y);
    k.dense_backward_input(dz, w, f, x, dx);
    k.dense_backward_weights(dz, x, dw, db.data());
    in_parts(batch_size, 1, [&](std::size_t i, std::size_t end) {
      k.dense_forward(x.view().row_range(i, end), {w, packed.data()}, bias.data(), f,
                      z_rows.view().row_range(i, end), y_rows.view().row_range(i, end));
      k.dense_backward_input(dz.view().row_range(i, end), w, f, x.view().row_range(i, end),
                             dx_rows.view().row_range(i, end));
    });
    in_parts(outputs, k.output_step, [&](std::size_t i, std::size_t end) {
      k.pack(w.view().row_range(i, end), from(i));
      k.dense_forward(x, {w.view().row_range(i, end), from(i)}, bias.data() + i, f,
                      z_outputs.view().column_range(i, end), y_outputs.view().column_range(i, end));
    });
    k.pack(x, packed_x.data());
    in_parts(batch_size, k.output_step, [&](std::size_t i, std::size_t end) {
      T* part = packed_x_parts.data() + k.packed_size(i, inputs);
      k.pack(x.view().row_range(i, end), part);
      k.dense_forward_by_examples(x.view().row_range(i, end), part, w, bias.data(), f,
                                  z_examples.view().row_range(i, end), y_examples.view().row_range(i, end));
    });
    in_parts(outputs, 1, [&](std::size_t i, std::size_t end) {
      k.dense_forward_by_examples(x, packed_x.data(), w.view().row_range(i, end), bias.data() + i, f,
                                  z_examples_outputs.view().column_range(i, end),
                                  y_examples_outputs.view().column_range(i, end));
      k.dense_backward_weights(dz.view().column_range(i, end), x, dw_outputs.view().row_range(i, end),
                               db_outputs.data() + i);
    });
    in_parts(inputs, 1, [&](std::size_t i, std::size_t end) {
      k.dense_backward_input(dz, w.view().column_range(i, end), f, x.view().column_range(i, end),
                             dx_columns.view().column_range(i, end));
      k.dense_backward_weights(dz, x.view().column_range(i, end), dw_columns.view().column_range(i, end),
                               nullptr);
    });

    CHECK((same_bits(z, z_rows) && same_bits(y, y_rows)));
    CHECK((same_bits(z, z_outputs) && same_bits(y, y_outputs)));
    CHECK((same_bits(z, z_examples) && same_bits(y, y_examples)));
    CHECK((same_bits(z, z_examples_outputs) && same_bits(y, y_examples_outputs)));
    CHECK((same_bits(dx, dx_rows) && same_bits(dx, dx_columns)));
    CHECK((same_bits(dw, dw_outputs) && same_bits(db, db_outputs) && same_bits(dw, dw_columns)));
    CHECK((same_bits(packed, packed_parts) && same_bits(packed_x, packed_x_parts)));
  }
}

TEMPLATE_TEST_CASE("batch normalisation has the same bits in parts of columns", "[kernels]", float, double) {
  using T = TestType;
  for (const Kernels<T>* set : available_kernels<T>()) {
    const Kernels<T>& k = *set;
    INFO(k.name);
    Random random(7);
    const Matrix<T> x = random_matrix<T>(random, batch_size, inputs),
                    dy = random_matrix<T>(random, batch_size, inputs);
    const Matrix<T> gamma = random_matrix<T>(random, 1, inputs);
    // For each column mean, variance, dgamma and dbeta.
    Matrix<T> whole(4, inputs), parts(4, inputs), dx(batch_size, inputs), dx_parts = dx;
    const auto run = [&](Matrix<T>& s, Matrix<T>& out, std::size_t i, std::size_t end) {
      const auto cut = [&](const Matrix<T>& matrix) { return matrix.view().column_range(i, end); };
      T *mean = &s(0, i), *variance = &s(1, i), *dgamma = &s(2, i), *dbeta = &s(3, i);
      k.batch_norm_statistics(cut(x), mean, variance);
      k.batch_norm_backward(cut(x), mean, variance, 1e-3, &gamma(0, i), cut(dy), dgamma, dbeta,
                            out.view().column_range(i, end));
    };

    run(whole, dx, 0, inputs);
    in_parts(inputs, 1, [&](std::size_t i, std::size_t end) { run(parts, dx_parts, i, end); });

    CHECK((same_bits(whole, parts) && same_bits(dx, dx_parts)));
  }
}

TEMPLATE_TEST_CASE("activations and Adam have the same bits at any place", "[kernels]", float, double) {
  using T = TestType;
  for (const Kernels<T>* set : available_kernels<T>()) {
    const Kernels<T>& k = *set;
    INFO(k.name);
    Random random(8);
    const Matrix<T> x = random_matrix<T>(random, 1, inputs, 4.0);
    for (const Curve curve : {Curve::relu, Curve::sigmoid, Curve::tanh, Curve::gelu, Curve::softplus}) {
      Matrix<T> y(1, inputs), parts(1, inputs);
      k.activation_forward(x, {curve}, y);
      in_parts(inputs, 1, [&](std::size_t i, std::size_t end) {
        k.activation_forward(x.view().column_range(i, end), {curve}, parts.view().column_range(i, end));
      });
      CHECK(same_bits(y, parts));
    }

    const Adam_step step{.beta1 = 0.9,
                         .rest1 = 0.1,
                         .beta2 = 0.999,
                         .rest2 = 0.001,
                         .epsilon = 1e-8,
                         .length = 0.01,
                         .root_scale = 0.03};
    Matrix<T> whole(3, inputs), cut(3, inputs);  // m, v, p
    k.adam(step, inputs, x.data(), &whole(0, 0), &whole(1, 0), &whole(2, 0));
    in_parts(inputs, 1, [&](std::size_t i, std::size_t end) {
      k.adam(step, end - i, x.data() + i, &cut(0, i), &cut(1, i), &cut(2, i));
    });
    CHECK(same_bits(whole, cut));
  }
}
