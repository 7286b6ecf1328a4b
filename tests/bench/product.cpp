#include "tests/bench/product.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/data/random.h"
#ifdef BACKSTEP_BENCH_OPENBLAS
#include <cblas.h>
#endif
#ifdef BACKSTEP_BENCH_ONEDNN
#include <dnnl.h>

#include <stdexcept>
#endif

namespace bp::bench {

std::string Product::name() const { return fmt::format("{} {} x {}-{}", form, examples, inputs, outputs); }

const std::vector<Product>& all_products() {
  static const std::vector<Product> all = {
      {"forward", 128, 784, 128}, {"forward", 128, 512, 512}, {"forward", 32, 784, 128},
      {"forward", 128, 512, 10},  {"forward", 10, 784, 30},   {"input", 128, 512, 512},
      {"input", 128, 512, 10},    {"input", 32, 128, 10},     {"weights", 128, 784, 128},
      {"weights", 32, 784, 128},  {"weights", 128, 512, 512}, {"weights", 128, 512, 10},
      {"weights", 10, 784, 30},
  };
  return all;
}

Numbers::Numbers(const Product& product)
    : x(product.examples, product.inputs),
      w(product.outputs, product.inputs),
      dz(product.examples, product.outputs),
      z(product.examples, product.outputs),
      dx(product.examples, product.inputs),
      dw(product.outputs, product.inputs) {
  Random random(1);
  for (auto* matrix : {&x, &w, &dz}) {
    for (float& number : matrix->span()) number = static_cast<float>(random.uniform(-1.0, 1.0));
  }
}

void Numbers::make_positive() {
  for (auto* matrix : {&x, &w, &dz}) {
    for (float& number : matrix->span()) number = std::abs(number);
  }
}

std::function<void()> work_of(const batch::Kernels<float>& k, const std::string& form, Numbers& numbers) {
  if (form == "input")
    return [&k, &numbers] { k.dense_backward_input(numbers.dz, numbers.w, {}, {}, numbers.dx); };
  if (form == "weights") {
    return [&k, &numbers] { k.dense_backward_weights(numbers.dz, numbers.x, numbers.dw, nullptr); };
  }
  numbers.packed.resize(1, k.packed_size(numbers.w.rows(), numbers.w.cols()));
  k.pack(numbers.w, numbers.packed.data());
  return [&k, &numbers] {
    k.dense_forward(numbers.x, {numbers.w, numbers.packed.data()}, nullptr, {}, {}, numbers.z);
  };
}

namespace {

std::function<void()> packing_work_of(const batch::Kernels<float>& k, const std::string& form,
                                      Numbers& numbers) {
  const std::function<void()> product = work_of(k, form, numbers);
  return [&k, &numbers, product] {
    k.pack(numbers.w, numbers.packed.data());
    product();
  };
}

#if defined(BACKSTEP_BENCH_OPENBLAS) || defined(BACKSTEP_BENCH_ONEDNN)
/// C = A B, row-major, for a function gemm(transpose A, transpose B, rows, columns, terms, A, its row, B, its
/// row, C, its row).
template <class Gemm>
std::function<void()> blas_work(const std::string& form, Numbers& n, Gemm gemm) {
  const std::size_t examples = n.x.rows(), inputs = n.x.cols(), outputs = n.w.rows();
  if (form == "forward") {
    return [=, &n] {
      gemm(false, true, examples, outputs, inputs, n.x.data(), inputs, n.w.data(), inputs, n.z.data(),
           outputs);
    };
  }
  if (form == "input") {
    return [=, &n] {
      gemm(false, false, examples, inputs, outputs, n.dz.data(), outputs, n.w.data(), inputs, n.dx.data(),
           inputs);
    };
  }
  return [=, &n] {
    gemm(true, false, outputs, inputs, examples, n.dz.data(), outputs, n.x.data(), inputs, n.dw.data(),
         inputs);
  };
}
#endif

#ifdef BACKSTEP_BENCH_OPENBLAS
std::function<void()> openblas_work(const std::string& form, Numbers& numbers) {
  openblas_set_num_threads(1);
  return blas_work(form, numbers,
                   [](bool turn_a, bool turn_b, auto rows, auto columns, auto terms, auto* a, auto a_row,
                      auto* b, auto b_row, auto* c, auto c_row) {
                     cblas_sgemm(CblasRowMajor, turn_a ? CblasTrans : CblasNoTrans,
                                 turn_b ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns),
                                 blasint(terms), 1.0f, a, blasint(a_row), b, blasint(b_row), 0.0f, c,
                                 blasint(c_row));
                   });
}
#endif

#ifdef BACKSTEP_BENCH_ONEDNN
std::function<void()> onednn_work(const std::string& form, Numbers& numbers) {
  return blas_work(
      form, numbers,
      [](bool turn_a, bool turn_b, auto rows, auto columns, auto terms, auto* a, auto a_row, auto* b,
         auto b_row, auto* c, auto c_row) {
        const auto size = [](auto number) { return static_cast<dnnl_dim_t>(number); };
        if (dnnl_sgemm(turn_a ? 'T' : 'N', turn_b ? 'T' : 'N', size(rows), size(columns), size(terms), 1.0f,
                       a, size(a_row), b, size(b_row), 0.0f, c, size(c_row)) != dnnl_success) {
          throw std::runtime_error("dnnl_sgemm failed");
        }
      });
}
#endif

double seconds_now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

const std::vector<Peer_maker>& product_peers() {
  static const std::vector<Peer_maker> all = [] {
    std::vector<Peer_maker> peers;
    for (const batch::Kernels<float>* k : batch::available_kernels<float>()) {
      if (k == &batch::reference_kernels<float>()) continue;  // 100 times slower
      peers.push_back({k->name, [k](auto& form, auto& numbers) { return work_of(*k, form, numbers); }});
      if (k == &batch::best_kernels<float>()) {
        const auto packing = [k](auto& form, auto& numbers) {
          return form == "forward" ? packing_work_of(*k, form, numbers) : work_of(*k, form, numbers);
        };
        peers.push_back({std::string(k->name) + "+pack", packing});
      }
    }
#ifdef BACKSTEP_BENCH_OPENBLAS
    peers.push_back({"openblas", openblas_work});
#endif
#ifdef BACKSTEP_BENCH_ONEDNN
    peers.push_back({"onednn", onednn_work});
#endif
    return peers;
  }();
  return all;
}

double Turns::median() const {
  std::vector<double> sorted = seconds_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

double Turns::minimum() const { return *std::min_element(seconds_.begin(), seconds_.end()); }

void take_turns(const std::vector<Turns*>& all, double seconds) {
  constexpr double turn_seconds = 0.002;
  constexpr std::size_t least_rounds = 5;
  const auto turn = [](Turns& one) {
    one.work();
    const double start = seconds_now();
    for (long i = 0; i < one.repeats_; ++i) one.work();
    return seconds_now() - start;
  };
  for (Turns* one : all) one->repeats_ = std::max(1L, std::lround(turn_seconds / std::max(1e-9, turn(*one))));

  const double end = seconds_now() + seconds * double(all.size());
  for (std::size_t round = 0; round < least_rounds || seconds_now() < end; ++round) {
    for (Turns* one : all) one->seconds_.push_back(turn(*one) / double(one->repeats_));
  }
}

}  // namespace bp::bench
