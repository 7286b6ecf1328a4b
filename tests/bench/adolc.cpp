// The peer `adolc`: ADOL-C writes operations, locations and constants to a tape and interprets it.
//
// W1, W2b and W3 trace anew with `keep`, so that the reverse sweep needs no second forward pass. W4 traces
// once and then alternates zos_forward and fos_reverse. Large works get buffers that keep the tape in memory:
// with the default sizes ADOL-C writes them to files. Small ones keep the default, because each sweep
// allocates its buffers anew (with large ones W4 takes 40 times as long).
#include <adolc/adolc.h>

#include <stdexcept>
#include <vector>

#include "tests/bench/peer.h"
#include "tests/bench/work.h"

namespace bp::bench {
namespace {

using In = std::span<const double>;
using Out = std::span<double>;

constexpr int keep_for_reverse = 1;
constexpr unsigned large_buffer = 1U << 24;  // elements; only what is used is ever touched

adouble evaluate_formula(const std::string& work, const adouble* x) {
  const auto as_it_is = [](double number) { return number; };
  const auto relu = [](const adouble& z) { return adouble(fmax(z, 0.0)); };
  if (work == "W2b") return chain(*x);
  if (work == "W3") return wide_sum(x, x + wide_length, adouble(0.0));
  return moons_loss(moons(), x, adouble(0.0), as_it_is, relu);
}

double trace(short tag, const std::string& work, In x) {
  double value = 0.0;
  if (is_training(work)) {
    trace_on(tag, keep_for_reverse);
  } else {
    trace_on(tag, keep_for_reverse, large_buffer, large_buffer, large_buffer, large_buffer);
  }
  {
    std::vector<adouble> active(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) active[i] <<= x[i];
    adouble result = evaluate_formula(work, active.data());
    result >>= value;
  }
  trace_off();
  return value;
}

void sweep(short tag, Out gradient) {
  double weight = 1.0;
  if (fos_reverse(tag, 1, static_cast<int>(gradient.size()), &weight, gradient.data()) < 0)
    throw std::runtime_error("ADOL-C: the reverse sweep failed");
}

class Traced_anew : public Task {
 public:
  Traced_anew(short tag, std::string work) : tag_(tag), work_(std::move(work)) {}
  double evaluate(In x, Out gradient) override {
    const double value = trace(tag_, work_, x);
    sweep(tag_, gradient);
    return value;
  }

 private:
  short tag_;
  std::string work_;
};

class Replayed : public Task {
 public:
  explicit Replayed(short tag) : tag_(tag) { trace(tag_, "W4", starting_point("W4")); }
  double evaluate(In x, Out gradient) override {
    double value = 0.0;
    const int inputs_given = static_cast<int>(x.size());
    if (zos_forward(tag_, 1, inputs_given, keep_for_reverse, x.data(), &value) < 0)
      throw std::runtime_error("ADOL-C: the replay failed");
    sweep(tag_, gradient);
    return value;
  }

 private:
  short tag_;
};

}  // namespace

std::unique_ptr<Task> adolc_task(const std::string& work) {
  if (work == "W1") return std::make_unique<Traced_anew>(short{1}, work);
  if (work == "W2b") return std::make_unique<Traced_anew>(short{2}, work);
  if (work == "W3") return std::make_unique<Traced_anew>(short{3}, work);
  if (work == "W4") return std::make_unique<Replayed>(short{4});
  return nullptr;
}

}  // namespace bp::bench
