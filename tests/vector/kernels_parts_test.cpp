// However a batch is cut into parts, the results are the same bits: what makes them independent of the number
// of threads. For every implementation that this machine can run, with cuts at places that suit none.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/support/every_curve.h"
#include "tests/vector/random_matrix.h"

using namespace bp::batch;
using bp::Random, bp::test::every_curve, bp::test::random_matrix;

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

/// Whether work(results, first, last) leaves the same bits in the results when it is done in parts of 0 to
/// count as when it is done at once.
template <class T, class Work>
bool same_in_parts(const std::vector<Matrix<T>>& results, std::size_t count, Work work) {
  std::vector<Matrix<T>> whole = results, parts = results;
  work(whole, 0, count);
  in_parts(count, 1, [&](std::size_t first, std::size_t last) { work(parts, first, last); });
  return std::equal(whole.begin(), whole.end(), parts.begin(), same_bits<T>);
}

auto cut_rows(std::size_t first, std::size_t last) {
  return [=](auto& matrix) { return matrix.view().row_range(first, last); };
}
auto cut_columns(std::size_t first, std::size_t last) {
  return [=](auto& matrix) { return matrix.view().column_range(first, last); };
}

/// So many numbers below the limit.
template <class Number>
std::vector<Number> whole_numbers(Random& random, std::size_t count, std::uint64_t limit) {
  std::vector<Number> numbers(count);
  for (Number& number : numbers) number = static_cast<Number>(random.below(limit));
  return numbers;
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

TEMPLATE_TEST_CASE("batch normalisation has the same bits in parts of columns, and forward in parts of rows",
                   "[kernels]", float, double) {
  using T = TestType;
  for (const Kernels<T>* set : available_kernels<T>()) {
    const Kernels<T>& k = *set;
    INFO(k.name);
    Random random(7);
    const Matrix<T> x = random_matrix<T>(random, batch_size, inputs),
                    dy = random_matrix<T>(random, batch_size, inputs);
    const Matrix<T> gamma = random_matrix<T>(random, 1, inputs), beta = random_matrix<T>(random, 1, inputs);
    // For each column mean, variance, dgamma and dbeta; y; dx.
    const std::vector<Matrix<T>> results = {Matrix<T>(4, inputs), Matrix<T>(batch_size, inputs),
                                            Matrix<T>(batch_size, inputs)};

    CHECK(same_in_parts(results, inputs, [&](auto& to, std::size_t i, std::size_t end) {
      const auto cut = cut_columns(i, end);
      T *mean = &to[0](0, i), *variance = &to[0](1, i), *dgamma = &to[0](2, i), *dbeta = &to[0](3, i);
      k.batch_norm_statistics(cut(x), mean, variance);
      k.batch_norm_forward(cut(x), mean, variance, 1e-3, &gamma(0, i), &beta(0, i), cut(to[1]));
      k.batch_norm_backward(cut(x), mean, variance, 1e-3, &gamma(0, i), cut(dy), dgamma, dbeta, cut(to[2]));
    }));

    Matrix<T> mean(1, inputs), variance(1, inputs);
    k.batch_norm_statistics(x, mean.data(), variance.data());
    CHECK(same_in_parts<T>({results[1]}, batch_size, [&](auto& to, std::size_t i, std::size_t end) {
      const auto cut = cut_rows(i, end);
      k.batch_norm_forward(cut(x), mean.data(), variance.data(), 1e-3, gamma.data(), beta.data(), cut(to[0]));
    }));
  }
}

TEMPLATE_TEST_CASE("softmax, cross-entropy and the greatest class have the same bits in parts of rows",
                   "[kernels]", float, double) {
  using T = TestType;
  for (const Kernels<T>* set : available_kernels<T>()) {
    const Kernels<T>& k = *set;
    INFO(k.name);
    Random random(9);
    const Matrix<T> z = random_matrix<T>(random, batch_size, inputs, 4.0),
                    dp = random_matrix<T>(random, batch_size, inputs);
    const auto labels = whole_numbers<std::uint32_t>(random, batch_size, inputs);
    Matrix<T> t(batch_size, inputs);
    k.softmax_forward(dp, t);
    // p, its gradient, those of both losses; both losses and the greatest class, a column for each row.
    const Matrix<T> rows(batch_size, inputs), of_rows(3, batch_size);

    CHECK(same_in_parts<T>({rows, rows, rows, rows, of_rows}, batch_size,
                           [&](auto& to, std::size_t i, std::size_t end) {
                             const auto cut = cut_rows(i, end);
                             std::vector<std::uint32_t> best(end - i);
                             T *by_label = &to[4](0, i), *by_target = &to[4](1, i);
                             k.softmax_forward(cut(z), cut(to[0]));
                             k.softmax_backward(cut(t), cut(dp), cut(to[1]));
                             k.cross_entropy_labels(cut(z), &labels[i], 0.3, by_label, cut(to[2]));
                             k.cross_entropy_targets(cut(z), cut(t), 0.3, by_target, cut(to[3]));
                             k.argmax(cut(z), best.data());
                             std::copy(best.begin(), best.end(), &to[4](2, i));
                           }));
  }
}

TEMPLATE_TEST_CASE("penalties, dropout and gathered pictures have the same bits in parts of rows",
                   "[kernels]", float, double) {
  using T = TestType;
  for (const Kernels<T>* set : available_kernels<T>()) {
    const Kernels<T>& k = *set;
    INFO(k.name);
    Random random(10);
    const Matrix<T> w = random_matrix<T>(random, batch_size, inputs),
                    dw = random_matrix<T>(random, batch_size, inputs);
    const auto pictures = whole_numbers<std::uint32_t>(random, batch_size, 10);
    const auto bytes = whole_numbers<std::uint8_t>(random, 10 * inputs, 256);
    const Matrix<T> rows(batch_size, inputs), penalty(1, batch_size);

    CHECK(same_in_parts<T>(
        {dw, penalty, rows, rows}, batch_size, [&](auto& to, std::size_t i, std::size_t end) {
          const auto cut = cut_rows(i, end);
          const Dropout part{.key = 77, .drop_below = 0x60000000u, .scale = 1.6, .first_row = i};
          k.penalize(cut(w), 0.3, 0.7, cut(to[0]), &to[1](0, i));
          k.dropout(cut(w), part, cut(to[2]));
          k.gather_bytes(bytes.data(), &pictures[i], 1.0 / 255.0, -0.5, cut(to[3]), {});
        }));
  }
}

TEMPLATE_TEST_CASE("activations have the same bits at any place, forward and backward", "[kernels]", float,
                   double) {
  using T = TestType;
  for (const Kernels<T>* set : available_kernels<T>()) {
    const Kernels<T>& k = *set;
    Random random(8);
    const Matrix<T> z = random_matrix<T>(random, 1, inputs, 4.0), dy = random_matrix<T>(random, 1, inputs);
    for (const Curve curve : every_curve()) {
      INFO(k.name << ", " << name_of(curve));
      CHECK(same_in_parts<T>({Matrix<T>(1, inputs), Matrix<T>(1, inputs)}, inputs,
                             [&](auto& to, std::size_t i, std::size_t end) {
                               const auto cut = cut_columns(i, end);
                               k.activation_forward(cut(z), {curve}, cut(to[0]));
                               k.activation_backward(cut(z), {curve}, cut(dy), cut(to[1]));
                             }));
    }
  }
}

TEMPLATE_TEST_CASE("updates have the same bits at any place", "[kernels]", float, double) {
  using T = TestType;
  constexpr Adam_step adam{
      .rest1 = 0.1, .rest2 = 0.001, .epsilon = 1e-8, .length = 0.01, .root_scale = 22.4, .keep = 0.995};
  for (const Kernels<T>* set : available_kernels<T>()) {
    const Kernels<T>& k = *set;
    INFO(k.name);
    Random random(11);
    const Matrix<T> g = random_matrix<T>(random, 1, inputs);
    // A row for each update, two for momentum and Nesterov's.
    const Matrix<T> p = random_matrix<T>(random, 6, inputs);
    Matrix<T> v = random_matrix<T>(random, 3, inputs);
    for (T& square : v.span()) square = std::abs(square);

    CHECK(same_in_parts<T>({p, p, v}, inputs, [&](auto& to, std::size_t i, std::size_t end) {
      const auto at = [i](Matrix<T>& matrix, std::size_t row) { return &matrix(row, i); };
      Matrix<T>&m = to[1], &squares = to[2];
      const std::size_t n = end - i;
      k.sgd({0.3}, n, &g(0, i), at(to[0], 0));
      k.momentum({0.3, 0.9}, n, &g(0, i), at(m, 1), at(to[0], 1));
      k.momentum({0.3, 0.9, true}, n, &g(0, i), at(m, 2), at(to[0], 2));
      k.adagrad({0.3, 1e-10}, n, &g(0, i), at(squares, 0), at(to[0], 3));
      k.rmsprop({0.1, 0.99, 0.01, 1e-8}, n, &g(0, i), at(squares, 1), at(to[0], 4));
      k.adam(adam, n, &g(0, i), at(m, 5), at(squares, 2), at(to[0], 5));
    }));
  }
}
