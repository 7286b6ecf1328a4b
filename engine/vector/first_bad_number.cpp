#include "engine/vector/first_bad_number.h"

#include <fmt/core.h>

#include <cmath>
#include <memory>
#include <span>

namespace bp::batch {

namespace {

/// What there is to say of some numbers.
struct Count {
  std::size_t all = 0, infinite = 0, not_numbers = 0;
  double greatest = 0.0;  // in size, of those that are finite

  template <class T>
  void add(std::span<const T> numbers) {
    all += numbers.size();
    for (const T number : numbers) {
      if (std::isnan(number)) {
        ++not_numbers;
      } else if (std::isinf(number)) {
        ++infinite;
      } else {
        greatest = std::max(greatest, std::abs(static_cast<double>(number)));
      }
    }
  }
  bool is_bad() const { return infinite + not_numbers != 0; }
  /// "17 of 320 numbers are infinite"
  std::string text() const {
    const char* const what = not_numbers == 0 ? "infinite" : "not a number";
    return fmt::format("{} of {} numbers are {}", not_numbers == 0 ? infinite : not_numbers, all, what);
  }
};

template <class T>
Count count_of(View<const T> numbers) {
  Count count;
  for (std::size_t n = 0; n < numbers.rows; ++n) {
    count.add(std::span<const T>(numbers.row(n), numbers.cols));
  }
  return count;
}
template <class T>
Count count_of(std::span<T> numbers) {
  Count count;
  count.add(std::span<const T>(numbers));
  return count;
}

constexpr const char* tame = "a smaller learning rate, smaller first weights, and inputs of a size about 1";

/// Looks at each operation of each step, and keeps the first that made a number which is none.
template <class T>
class Tracer : public Watcher<T> {
 public:
  explicit Tracer(Trainer<T>& trainer) : trainer_(trainer), before_(trainer.watch(this)) {}
  ~Tracer() override { trainer_.watch(before_); }
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  void after_backward(const Backward_report<T>& report) override {
    if (first) return;
    step_ = trainer_.optimizer().steps() + 1;
    const Count inputs = count_of(report.x);
    if (inputs.is_bad()) {
      return found({}, fmt::format("in the inputs of the batch {}", inputs.text()),
                   "look at the examples: they are no numbers before anything is computed");
    }
    look_forward(inputs.greatest);
    if (!first) look_at_loss(report);
    if (!first) look_backward();
  }

  void after_step(const Step_report&) override {
    if (first) return;
    for (const Named_tensor<T>& tensor : trainer_.network().parameters()) {
      const Count count = count_of(tensor.data);
      if (!count.is_bad()) continue;
      return found({},
                   fmt::format("the step of {} made {} so: {}. The learning rate is {:.6g}, the gradient up "
                               "to {:.3g} in size",
                               trainer_.optimizer().name(), tensor.name, count.text(),
                               trainer_.optimizer().learning_rate(), count_of(tensor.grad).greatest),
                   tame);
    }
  }

  std::optional<First_bad_number> first;

 private:
  void found(std::optional<std::size_t> layer, std::string says, std::string remedy) {
    first = First_bad_number{step_, trainer_.state().epoch + 1, layer, std::move(says), std::move(remedy)};
  }

  void look_forward(double greatest_input) {
    Network<T>& net = trainer_.network();
    double greatest = greatest_input;
    for (std::size_t i = 0; i < net.description().size(); ++i) {
      const Count given = count_of(net.output_of(i));
      if (given.is_bad()) {
        double weight = 0.0;
        for (const Named_tensor<T>& tensor : net.layer(i).parameters()) {
          weight = std::max(weight, count_of(tensor.data).greatest);
        }
        return found(i,
                     fmt::format("its forward pass made them: {}, from inputs of up to {:.3g}{}",
                                 given.text(), greatest,
                                 weight == 0.0 ? "" : fmt::format(" and parameters of up to {:.3g}", weight)),
                     tame);
      }
      greatest = given.greatest;
    }
  }

  void look_at_loss(const Backward_report<T>& report) {
    if (std::isfinite(report.loss)) return;
    const double penalty = trainer_.network().penalty();
    const char* const which = std::isfinite(penalty) ? "the loss" : "the penalty on the weights";
    found({},
          fmt::format("{} is the first: {}, from outputs of up to {:.3g}", which,
                      std::isnan(report.loss) ? "not a number" : "infinite", count_of(report.y).greatest),
          tame);
  }

  void look_backward() {
    const std::vector<Named_tensor<T>> tensors = trainer_.network().parameters();
    for (auto tensor = tensors.rbegin(); tensor != tensors.rend(); ++tensor) {
      const Count count = count_of(tensor->grad);
      if (!count.is_bad()) continue;
      return found(
          {},
          fmt::format("the gradient of {} is the first: {}, while the outputs and the loss are finite",
                      tensor->name, count.text()),
          tame);
    }
  }

  Trainer<T>& trainer_;
  Watcher<T>* before_;
  std::uint64_t step_ = 0;
};

}  // namespace

template <class T>
std::optional<First_bad_number> first_bad_number(Trainer<T>& trainer, const Snapshot<T>& from) {
  from.put_back(trainer);
  const auto tracer = std::make_unique<Tracer<T>>(trainer);  // GCC 12 warns of one on the stack
  try {
    while (!tracer->first && !trainer.finished()) trainer.step();
  } catch (const Diverged&) {
    // The tracer has seen why, before.
  }
  return tracer->first;
}

template std::optional<First_bad_number> first_bad_number(Trainer<float>&, const Snapshot<float>&);
template std::optional<First_bad_number> first_bad_number(Trainer<double>&, const Snapshot<double>&);

}  // namespace bp::batch
