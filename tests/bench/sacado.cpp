// The peer `sacado`: Trilinos' reverse-mode class, which keeps a linked list of local derivatives and sweeps
// it with Gradcomp(). The list is freed when the first variable after a sweep is made; it cannot be replayed.
#include <Sacado_trad.hpp>

#include <vector>

#include "tests/bench/peer.h"
#include "tests/bench/work.h"

namespace bp::bench {
namespace {

using Active = Sacado::Rad::ADvar<double>;
using In = std::span<const double>;
using Out = std::span<double>;

// Makes the inputs active, evaluates, sweeps, and reads the gradient.
template <class Formula>
double differentiate(In x, Out gradient, Formula formula) {
  const std::vector<Active> active(x.begin(), x.end());
  const Active value = formula(active.data());
  Active::Gradcomp();
  for (std::size_t i = 0; i < x.size(); ++i) gradient[i] = active[i].adj();
  return value.val();
}

double moons_step(In x, Out gradient) {
  const auto as_it_is = [](double x) { return x; };
  const auto relu = [](const Active& z) { return Active(max(z, 0.0)); };
  return differentiate(x, gradient,
                       [&](const Active* p) { return moons_loss(moons(), p, Active(0.0), as_it_is, relu); });
}

double chain_step(In x, Out gradient) {
  return differentiate(x, gradient, [](const Active* start) { return chain(*start); });
}

double wide_step(In x, Out gradient) {
  return differentiate(x, gradient,
                       [](const Active* w) { return wide_sum(w, w + wide_length, Active(0.0)); });
}

}  // namespace

std::unique_ptr<Task> sacado_task(const std::string& work) {
  if (work == "W1") return std::make_unique<Function_task>(moons_step);
  if (work == "W2b") return std::make_unique<Function_task>(chain_step);
  if (work == "W3") return std::make_unique<Function_task>(wide_step);
  return nullptr;
}

}  // namespace bp::bench
