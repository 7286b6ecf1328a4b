// Products that pass over the numbers of x that are 0: the bits of those that do not.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/data/random.h"
#include "engine/vector/network.h"
#include "tests/support/catch2.h"

using namespace bp::batch;

namespace {

/// Numbers of which about that share is 0.
template <class T>
Matrix<T> numbers(std::size_t rows, std::size_t cols, double zeros, bp::Random& random) {
  Matrix<T> x(rows, cols);
  for (T& number : x.span()) number = random.uniform() < zeros ? T(0) : static_cast<T>(random.normal());
  return x;
}

template <class T>
struct Layer_data {
  Layer_data(std::size_t batch, std::size_t inputs, std::size_t outputs, double zeros, bp::Random& random)
      : x(numbers<T>(batch, inputs, zeros, random)),
        w(numbers<T>(outputs, inputs, 0.0, random)),
        dz(numbers<T>(batch, outputs, 0.3, random)),
        bias(numbers<T>(1, outputs, 0.0, random)) {}
  Matrix<T> x, w, dz, bias;
};

template <class T>
Matrix<T> packed(const Kernels<T>& k, View<const T> rows) {
  Matrix<T> numbers(1, k.packed_size(rows.rows, rows.cols));
  k.pack(rows, numbers.data());
  return numbers;
}

template <class T>
bool same(const Matrix<T>& a, const Matrix<T>& b) {
  for (std::size_t i = 0; i < a.span().size(); ++i) {
    if (!(a.span()[i] == b.span()[i])) return false;
  }
  return a.span().size() == b.span().size();
}

}  // namespace

TEMPLATE_TEST_CASE("weights that have been packed come back as they were", "[kernels]", float, double) {
  bp::Random random(7);
  for (const auto* k : available_kernels<TestType>()) {
    for (const std::size_t inputs : {0, 1, 15, 33, 130}) {
      for (const std::size_t outputs : {0, 1, 8, 17, 32, 33, 100}) {
        INFO(k->name << ", " << inputs << " -> " << outputs);
        const Matrix<TestType> w = numbers<TestType>(outputs, inputs, 0.0, random);
        Matrix<TestType> back(outputs, inputs);

        k->unpack(packed<TestType>(*k, w).data(), back);

        CHECK(same(back, w));
      }
    }
  }
}

TEMPLATE_TEST_CASE("outputs are those of the dense kernel where zeros are passed over", "[kernels][sparse]",
                   float, double) {
  bp::Random random(1);
  for (const auto* k : available_kernels<TestType>()) {
    for (const std::size_t batch : {1, 2, 5, 32}) {
      for (const std::size_t inputs : {1, 15, 63, 64, 65, 130}) {
        for (const std::size_t outputs : {1, 8, 16, 31, 32, 33, 64, 96, 128, 130, 200}) {
          INFO(k->name << ", " << batch << " x " << inputs << " -> " << outputs);
          const Layer_data<TestType> d(batch, inputs, outputs, 0.6, random);
          const Matrix<TestType> w = packed<TestType>(*k, d.w);
          const Activation f{outputs % 2 == 0 ? Curve::tanh : Curve::relu};
          Matrix<TestType> z(batch, outputs), y(batch, outputs), dense_z(batch, outputs),
              dense_y(batch, outputs);

          k->sparse_forward(d.x, {d.w, w.data()}, d.bias.data(), f, z, y);
          k->dense_forward(d.x, {d.w, w.data()}, d.bias.data(), f, dense_z, dense_y);

          CHECK(same(z, dense_z));
          CHECK(same(y, dense_y));

          k->sparse_forward(d.x, {d.w, w.data()}, nullptr, {}, {}, y);
          k->dense_forward(d.x, {d.w, w.data()}, nullptr, {}, {}, dense_y);

          CHECK(same(y, dense_y));
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("weights' gradients are those of the dense kernel where zeros are passed over",
                   "[kernels][sparse]", float, double) {
  bp::Random random(2);
  for (const auto* k : available_kernels<TestType>()) {
    for (const std::size_t batch : {0, 1, 7, 16, 17, 33, 128, 130, 300}) {
      for (const std::size_t inputs : {1, 31, 32, 33, 65}) {
        for (const std::size_t outputs : {1, 16, 32, 33, 96, 128, 200}) {
          INFO(k->name << ", " << batch << " x " << inputs << " -> " << outputs);
          const Layer_data<TestType> d(batch, inputs, outputs, 0.6, random);
          Matrix<TestType> dw(1, k->packed_size(outputs, inputs)), db(1, outputs);
          Matrix<TestType> dense_dw(outputs, inputs), dense_db(1, outputs);

          dw.fill(TestType(3));
          k->sparse_backward(d.dz, d.x, dw.data(), db.data());
          k->dense_backward_weights(d.dz, d.x, dense_dw, dense_db.data());

          CHECK(same(dw, packed<TestType>(*k, dense_dw)));
          CHECK(same(db, dense_db));

          dw.fill(TestType(3));
          k->dense_backward_packed(d.dz, d.x, dw.data(), db.data());

          CHECK(same(dw, packed<TestType>(*k, dense_dw)));
          CHECK(same(db, dense_db));
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("parts of a product that passes over zeros have the bits of the whole",
                   "[kernels][sparse]", float, double) {
  bp::Random random(3);
  for (const auto* k : available_kernels<TestType>()) {
    INFO(k->name);
    const std::size_t batch = 37, inputs = 70, outputs = 5 * k->output_step + 3;
    const Layer_data<TestType> d(batch, inputs, outputs, 0.5, random);
    const Matrix<TestType> w = packed<TestType>(*k, d.w);
    const std::size_t weights = k->packed_size(outputs, inputs);
    Matrix<TestType> y(batch, outputs), dw(1, weights), db(1, outputs);
    k->sparse_forward(d.x, {d.w, w.data()}, d.bias.data(), {}, {}, y);
    k->sparse_backward(d.dz, d.x, dw.data(), db.data());
    const auto cut = [](auto& matrix) { return matrix.view(); };

    Matrix<TestType> y_rows(batch, outputs), y_cols(batch, outputs), dw_parts(1, weights),
        db_parts(1, outputs);
    for (std::size_t n = 0; n < batch; n += 5) {
      const std::size_t end = std::min(n + 5, batch);
      k->sparse_forward(d.x.view().row_range(n, end), {d.w, w.data()}, d.bias.data(), {}, {},
                        cut(y_rows).row_range(n, end));
    }
    for (std::size_t o = 0; o < outputs; o += k->output_step) {
      const std::size_t end = std::min(o + k->output_step, outputs);
      k->sparse_forward(d.x, {d.w.view().row_range(o, end), w.data() + k->packed_size(o, inputs)},
                        d.bias.data() + o, {}, {}, cut(y_cols).column_range(o, end));
      k->sparse_backward(d.dz.view().column_range(o, end), d.x, dw_parts.data() + k->packed_size(o, inputs),
                         db_parts.data() + o);
    }

    CHECK(same(y_rows, y));
    CHECK(same(y_cols, y));
    CHECK(same(dw_parts, dw));
    CHECK(same(db_parts, db));
  }
}

TEST_CASE("NaN in x is not passed over", "[kernels][sparse]") {
  bp::Random random(4);
  for (const auto* k : available_kernels<float>()) {
    INFO(k->name);
    Layer_data<float> d(4, 40, 64, 0.5, random);
    d.x(2, 33) = std::numeric_limits<float>::quiet_NaN();
    const Matrix<float> w = packed<float>(*k, d.w);
    Matrix<float> y(4, 64), dw(64, 40), packed_dw(1, k->packed_size(64, 40));

    k->sparse_forward(d.x, {d.w, w.data()}, nullptr, {}, {}, y);
    k->sparse_backward(d.dz, d.x, packed_dw.data(), nullptr);
    k->unpack(packed_dw.data(), dw);

    for (std::size_t o = 0; o < 64; ++o) {
      CHECK(std::isnan(y(2, o)));
      CHECK(!std::isnan(y(0, o)));
      CHECK(std::isnan(dw(o, 33)));
      CHECK(!std::isnan(dw(o, 7)));
    }
  }
}

TEST_CASE("a network computes the same whether zeros are passed over or not, with any number of threads",
          "[layer][sparse]") {
  bp::Random random(5);
  const Matrix<float> x = numbers<float>(33, 200, 0.7, random);
  Kernels<float> dense = best_kernels<float>();
  dense.sparse_forward = dense.dense_forward;
  dense.sparse_backward = [](View<const float> dz, View<const float> inputs, float* dw, float* db) {
    best_kernels<float>().dense_backward_packed(dz, inputs, dw, db);
  };
  const auto gradients = [&](const Kernels<float>& kernels, std::size_t threads) {
    bp::Random weights(6);
    Thread_pool pool(threads, 0);
    Network<float> net(
        200, {bp::batch::Dense{130}, Activation{Curve::relu}, Dropout_rate{0.5}, bp::batch::Dense{70}},
        weights);
    net.use(kernels);
    net.use(pool);
    const View<const float> y = net.forward(x, Training{9});
    Matrix<float> dy(y.rows, y.cols);
    for (std::size_t n = 0; n < y.rows; ++n) {
      for (std::size_t o = 0; o < y.cols; ++o) dy(n, o) = y(n, o) - 0.25f;
    }
    net.backward(dy);
    const auto all = net.flat_gradients();
    return std::vector<float>(all.begin(), all.end());
  };
  const std::vector<float> wanted = gradients(dense, 1);

  CHECK(gradients(best_kernels<float>(), 1) == wanted);
  CHECK(gradients(best_kernels<float>(), 3) == wanted);
  CHECK(std::count_if(wanted.begin(), wanted.end(), [](float g) { return g != 0.0f; }) > 1000);
}
