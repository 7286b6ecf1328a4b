// Products that pass over the numbers of x that are 0: the bits of those that do not.
#include <algorithm>
#include <array>
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

/// The bit of each number that is not 0, one by one.
template <class T>
Matrix<std::uint64_t> bits_of(View<const T> x) {
  Matrix<std::uint64_t> bits(x.rows, words_of(x.cols));
  for (std::size_t n = 0; n < x.rows; ++n) {
    for (std::size_t i = 0; i < x.cols; ++i) {
      if (!(x(n, i) == T(0))) bits(n, i / 64) |= std::uint64_t{1} << i % 64;
    }
  }
  return bits;
}

template <class T>
struct Layer_data {
  Layer_data(std::size_t batch, std::size_t inputs, std::size_t outputs, double zeros, bp::Random& random)
      : x(numbers<T>(batch, inputs, zeros, random)),
        w(numbers<T>(outputs, inputs, 0.0, random)),
        dz(numbers<T>(batch, outputs, 0.3, random)),
        bias(numbers<T>(1, outputs, 0.0, random)),
        bits(bits_of<T>(x)) {}
  Sparse<T> sparse() const { return {x, bits}; }
  Matrix<T> x, w, dz, bias;
  Matrix<std::uint64_t> bits;
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

TEMPLATE_TEST_CASE("the bits of numbers tell which are not 0", "[kernels][sparse]", float, double) {
  bp::Random random(8);
  for (const auto* k : available_kernels<TestType>()) {
    for (const std::size_t batch : {0, 1, 3}) {
      for (std::size_t inputs = 0; inputs <= 130; ++inputs) {
        INFO(k->name << ", " << batch << " x " << inputs);
        Matrix<TestType> x = numbers<TestType>(batch, inputs, 0.5, random);
        if (batch > 0 && inputs > 2) {
          x(0, 1) = std::numeric_limits<TestType>::quiet_NaN();
          x(0, 2) = std::numeric_limits<TestType>::denorm_min();
        }
        Matrix<std::uint64_t> bits(batch, words_of(inputs));
        bits.fill(~std::uint64_t{0});

        k->find_lit(x, bits);

        CHECK(same(bits, bits_of<TestType>(x)));
      }
    }
  }
}

TEMPLATE_TEST_CASE("the bits of pictures tell which bytes are not 0", "[kernels][sparse]", float, double) {
  bp::Random random(9);
  for (const auto* k : available_kernels<TestType>()) {
    for (std::size_t pixels = 1; pixels <= 200; ++pixels) {
      INFO(k->name << ", " << pixels << " pixels");
      std::vector<std::uint8_t> bytes(3 * pixels);
      for (auto& byte : bytes) byte = random.uniform() < 0.5 ? 0 : std::uint8_t(1 + random.below(255));
      const std::array<std::uint32_t, 4> rows = {2, 0, 2, 1};
      Matrix<TestType> x(rows.size(), pixels);
      Matrix<std::uint64_t> bits(rows.size(), words_of(pixels));
      bits.fill(~std::uint64_t{0});

      k->gather_bytes(bytes.data(), rows.data(), 1.0 / 255.0, 0.0, x, bits);

      CHECK(same(bits, bits_of<TestType>(x)));
    }
  }
}

TEST_CASE("a bit of a number that is 0 changes no sum", "[kernels][sparse]") {
  bp::Random random(10);
  for (const auto* k : available_kernels<float>()) {
    INFO(k->name);
    Layer_data<float> d(33, 130, 64, 0.5, random);
    const Matrix<float> w = packed<float>(*k, d.w);
    Matrix<float> y(33, 64), dw(1, k->packed_size(64, 130)), wanted_y(33, 64), wanted_dw(1, dw.size());
    k->sparse_forward(d.sparse(), {d.w, w.data()}, d.bias.data(), {}, {}, wanted_y);
    k->sparse_backward(d.dz, d.sparse(), wanted_dw.data(), nullptr);
    for (std::size_t n = 0; n < 33; ++n) {
      d.bits(n, 0) |= 0xf0f0f0f0f0f0f0f0;
      d.bits(n, 2) |= 0xfffffffffffffffd;  // of which 2 bits count, for there are 130 inputs
    }

    k->sparse_forward(d.sparse(), {d.w, w.data()}, d.bias.data(), {}, {}, y);
    k->sparse_backward(d.dz, d.sparse(), dw.data(), nullptr);

    CHECK(same(y, wanted_y));
    CHECK(same(dw, wanted_dw));
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

          k->sparse_forward(d.sparse(), {d.w, w.data()}, d.bias.data(), f, z, y);
          k->dense_forward(d.x, {d.w, w.data()}, d.bias.data(), f, dense_z, dense_y);

          CHECK(same(z, dense_z));
          CHECK(same(y, dense_y));

          k->sparse_forward(d.sparse(), {d.w, w.data()}, nullptr, {}, {}, y);
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
          k->sparse_backward(d.dz, d.sparse(), dw.data(), db.data());
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
    k->sparse_forward(d.sparse(), {d.w, w.data()}, d.bias.data(), {}, {}, y);
    k->sparse_backward(d.dz, d.sparse(), dw.data(), db.data());
    const auto cut = [](auto& matrix) { return matrix.view(); };

    Matrix<TestType> y_rows(batch, outputs), y_cols(batch, outputs), dw_parts(1, weights),
        db_parts(1, outputs);
    for (std::size_t n = 0; n < batch; n += 5) {
      const std::size_t end = std::min(n + 5, batch);
      k->sparse_forward(d.sparse().row_range(n, end), {d.w, w.data()}, d.bias.data(), {}, {},
                        cut(y_rows).row_range(n, end));
    }
    for (std::size_t o = 0; o < outputs; o += k->output_step) {
      const std::size_t end = std::min(o + k->output_step, outputs);
      k->sparse_forward(d.sparse(), {d.w.view().row_range(o, end), w.data() + k->packed_size(o, inputs)},
                        d.bias.data() + o, {}, {}, cut(y_cols).column_range(o, end));
      k->sparse_backward(d.dz.view().column_range(o, end), d.sparse(),
                         dw_parts.data() + k->packed_size(o, inputs), db_parts.data() + o);
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
    d.bits = bits_of<float>(d.x);
    const Matrix<float> w = packed<float>(*k, d.w);
    Matrix<float> y(4, 64), dw(64, 40), packed_dw(1, k->packed_size(64, 40));

    k->sparse_forward(d.sparse(), {d.w, w.data()}, nullptr, {}, {}, y);
    k->sparse_backward(d.dz, d.sparse(), packed_dw.data(), nullptr);
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
  dense.sparse_forward = [](Sparse<float> inputs, Weights<float> w, const float* bias, Activation f,
                            View<float> z, View<float> y) {
    best_kernels<float>().dense_forward(inputs.numbers, w, bias, f, z, y);
  };
  dense.sparse_backward = [](View<const float> dz, Sparse<float> inputs, float* dw, float* db) {
    best_kernels<float>().dense_backward_packed(dz, inputs.numbers, dw, db);
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

TEST_CASE("what is known of a network's inputs is used, and for its first layer alone", "[layer][sparse]") {
  bp::Random random(11);
  const Matrix<float> x = numbers<float>(33, 200, 0.7, random);
  Matrix<std::uint64_t> lit = bits_of<float>(x);
  const auto outputs = [&](std::vector<Layer_description> layers, View<const std::uint64_t> known) {
    bp::Random weights(12);
    Network<float> net(200, std::move(layers), weights);
    const View<const float> y = net.forward(x, Training{.lit = known});
    Matrix<float> dy(y.rows, y.cols);
    dy.fill(0.5f);
    std::vector<float> all(y.data, y.data + y.rows * y.cols);
    net.backward(dy);
    const auto gradients = net.flat_gradients();
    all.insert(all.end(), gradients.begin(), gradients.end());
    return all;
  };
  const std::vector<Layer_description> dense = {bp::batch::Dense{130}},
                                       after = {Activation{Curve::sigmoid}, bp::batch::Dense{130}};

  CHECK(outputs(dense, lit) == outputs(dense, {}));
  CHECK(outputs(after, lit) == outputs(after, {}));  // sigmoid(0) is not 0

  lit.fill(0);
  CHECK(outputs(dense, lit) != outputs(dense, {}));  // who tells lies gets them back
}

TEST_CASE("bits after the last number's do not make inputs look sparse", "[layer][sparse]") {
  bp::Random random(13);
  const Matrix<float> x = numbers<float>(33, 70, 0.0, random);
  Matrix<std::uint64_t> lit(33, 2);
  lit.fill(~std::uint64_t{0});
  static bool passed_over;
  passed_over = false;
  Kernels<float> kernels = best_kernels<float>();
  kernels.sparse_forward = [](Sparse<float>, Weights<float>, const float*, Activation, View<float>,
                              View<float>) { passed_over = true; };
  bp::Random weights(14);
  Network<float> net(70, {bp::batch::Dense{64}}, weights);
  net.use(kernels);

  net.forward(x, Training{.lit = lit});
  CHECK_FALSE(passed_over);

  lit.fill(0);
  net.forward(x, Training{.lit = lit});
  CHECK(passed_over);
}
