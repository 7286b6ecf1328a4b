// Who is measured: a peer is a way to get the value and the gradient of each work.
//
//   backstep  this project's scalar engine
//   hand      the sums written out by hand, forward and backward, with no graph: the limit
//   adolc     ADOL-C (Walther, Griewank), tapes with operator overloading
//   sacado    Sacado of Trilinos (Phipps, Gay), its reverse-mode class Rad::ADvar
#pragma once
#include <memory>
#include <span>
#include <string>

namespace bp::bench {

/// One work, ready to be done over and over by one peer. It may keep memory from one call to the next.
class Task {
 public:
  virtual ~Task() = default;

  /// The value at x; the gradient is written to `gradient`.
  ///
  /// Shapes:  x and gradient both have the size of starting_point(work).
  virtual double evaluate(std::span<const double> x, std::span<double> gradient) = 0;
};

/// A task that is one plain function.
class Function_task : public Task {
 public:
  using Function = double (*)(std::span<const double> x, std::span<double> gradient);
  explicit Function_task(Function function) : function_(function) {}
  double evaluate(std::span<const double> x, std::span<double> gradient) override {
    return function_(x, gradient);
  }

 private:
  Function function_;
};

/// Gives the task of a work.
using Task_maker = std::unique_ptr<Task> (*)(const std::string& work);

/// Each of these gives a task, or nullptr where the peer has no way to do that work.
std::unique_ptr<Task> backstep_task(const std::string& work);
std::unique_ptr<Task> hand_task(const std::string& work);
std::unique_ptr<Task> adolc_task(const std::string& work);   // only where ADOL-C was found
std::unique_ptr<Task> sacado_task(const std::string& work);  // only where Sacado was found

}  // namespace bp::bench
