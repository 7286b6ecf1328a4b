// The optimizers' updates in SIMD, held to the plain loops for every length from 0 to 130.
#include <functional>
#include <vector>

#include "engine/vector/kernels.h"
#include "tests/support/catch2.h"
#include "tests/vector/framed.h"

using namespace bp::batch;
using bp::Random, bp::test::Framed, bp::test::positive, bp::test::units_apart;

namespace {

/// An update: of the two moments some use one, some none.
template <class T>
using Update = std::function<void(const Kernels<T>&, std::size_t n, const T* g, T* m, T* v, T* p)>;

constexpr Adam_step adam{
    .rest1 = 0.1, .rest2 = 0.001, .epsilon = 1e-8, .length = 0.01 / 0.19, .root_scale = 22.4};
constexpr Adam_step adam_w = [] {
  Adam_step step = adam;
  step.keep = 0.995;
  return step;
}();

template <class T>
std::vector<Update<T>> all_updates() {
  return {
      [](auto& k, auto n, auto* g, auto*, auto*, auto* p) { k.sgd({0.3}, n, g, p); },
      [](auto& k, auto n, auto* g, auto* m, auto*, auto* p) {
        k.momentum({0.3, 0.9}, n, g, m, p);
      },
      [](auto& k, auto n, auto* g, auto* m, auto*, auto* p) {
        k.momentum({0.3, 0.9, true}, n, g, m, p);
      },
      [](auto& k, auto n, auto* g, auto*, auto* v, auto* p) {
        k.adagrad({0.3, 1e-10}, n, g, v, p);
      },
      [](auto& k, auto n, auto* g, auto*, auto* v, auto* p) {
        k.rmsprop({0.1, 0.99, 0.01, 1e-8}, n, g, v, p);
      },
      [](auto& k, auto n, auto* g, auto* m, auto* v, auto* p) { k.adam(adam, n, g, m, v, p); },
      [](auto& k, auto n, auto* g, auto* m, auto* v, auto* p) { k.adam(adam_w, n, g, m, v, p); },
  };
}

}  // namespace

TEMPLATE_TEST_CASE("updates of every length are those of the plain loops", "[kernels]", float, double) {
  using T = TestType;
  Random random(45);
  for (const Kernels<T>* k : available_kernels<T>()) {
    int number = 0;
    for (const Update<T>& update : all_updates<T>()) {
      for (std::size_t n = 0; n <= 130; ++n) {
        Framed<T> g(random, 1, n), m(random, 1, n), v = positive<T>(random, n), p(random, 1, n);
        for (std::size_t i = 0; i < n; i += 3) {
          g(0, i) *= T(1e-6);
          v(0, i) *= i % 2 == 0 ? T(1e-12) : T(0);  // 0: a parameter's first step
          m(0, i) = T(0);
        }
        Framed<T> plain_m = m, plain_v = v, plain_p = p, old_p = p;

        update(*k, n, g.data(), m.data(), v.data(), p.data());
        update(reference_kernels<T>(), n, g.data(), plain_m.data(), plain_v.data(), plain_p.data());

        INFO(k->name << ", update " << number << ", length " << n);
        for (std::size_t i = 0; i < n; ++i) {
          // The plain loops' own rounding is 1 u in float, as much as ours in double.
          constexpr double twice = sizeof(T) == 8 ? 2.0 : 1.0;
          const double change =
              1.9 * (std::abs(double(plain_p(0, i) - old_p(0, i))) + std::abs(double(g(0, i))));
          CHECK(units_apart(m(0, i), plain_m(0, i), 1.9) <= twice * 4 + 1);
          CHECK(units_apart(v(0, i), plain_v(0, i), double(plain_v(0, i))) <= twice * 4 + 1);
          CHECK(units_apart(p(0, i), plain_p(0, i), 1.0) <= twice * (4 + 8 * change) + 1);
        }
        CHECK((m.frame_is_whole() && v.frame_is_whole() && p.frame_is_whole()));
      }
      ++number;
    }
  }
}

TEMPLATE_TEST_CASE("NaN and infinity spoil their parameter alone, as in the plain loops", "[kernels]", float,
                   double) {
  using T = TestType;
  constexpr std::size_t n = 37;
  for (const Kernels<T>* k : available_kernels<T>()) {
    int number = 0;
    for (const Update<T>& update : all_updates<T>()) {
      for (const T odd : {T(NAN), T(INFINITY), T(-INFINITY)}) {
        for (int place = 0; place < 4; ++place) {
          Random random(46);
          Framed<T> g(random, 1, n), m(random, 1, n), v = positive<T>(random, n), p(random, 1, n);
          Framed<T>* const spoilt[] = {&g, &m, &v, &p};
          (*spoilt[place])(0, 5) = (*spoilt[place])(0, n - 1) = odd;  // in a whole vector, and in the rest
          Framed<T> plain_m = m, plain_v = v, plain_p = p;

          update(*k, n, g.data(), m.data(), v.data(), p.data());
          update(reference_kernels<T>(), n, g.data(), plain_m.data(), plain_v.data(), plain_p.data());

          INFO(k->name << ", update " << number << ", " << odd << " in argument " << place);
          for (std::size_t i = 0; i < n; ++i) {
            CHECK(units_apart(m(0, i), plain_m(0, i), 2.0) <= 10.0);
            CHECK(units_apart(v(0, i), plain_v(0, i), 2.0) <= 10.0);
            CHECK(units_apart(p(0, i), plain_p(0, i), 2.0) <= 40.0);
            if (i != 5 && i != n - 1) CHECK(std::isfinite(p(0, i)));
          }
        }
      }
      ++number;
    }
  }
}

TEST_CASE("a gradient whose square is too large leaves its parameter as it is", "[kernels]") {
  for (const Kernels<float>* k : available_kernels<float>()) {
    if (k == &reference_kernels<float>()) continue;  // calculates in double, where the square has room
    INFO(k->name);
    std::vector<float> g(37, 1.0f), m(37, 0.0f), v(37, 0.0f), p(37, 1.0f);
    g[5] = g[36] = -1e25f;

    k->adam(adam, g.size(), g.data(), m.data(), v.data(), p.data());

    for (std::size_t i = 0; i < p.size(); ++i) {
      const bool is_large = i == 5 || i == 36;
      CHECK(std::isinf(v[i]) == is_large);
      CHECK((p[i] == 1.0f) == is_large);
      CHECK(std::isfinite(p[i]));
    }
  }
}
