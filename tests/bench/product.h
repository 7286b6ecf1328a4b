// The matrix products of a dense layer as benchmark works: which there are, their numbers, and who does them.
//
//   ours        each instruction set's kernels; "+pack" with the packing of W, which is done once a step
//   openblas    OpenBLAS' cblas_sgemm
//   onednn      oneDNN's dnnl_sgemm
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/vector/kernels.h"

namespace bp::bench {

/// One product of a layer: form is "forward" (x W^T), "input" (dz W) or "weights" (dz^T x).
struct Product {
  std::string form;
  std::size_t examples, inputs, outputs;

  std::string name() const;
  double operations() const { return 2.0 * double(examples) * double(inputs) * double(outputs); }
  /// How many terms each sum has.
  std::size_t terms() const { return form == "forward" ? inputs : form == "input" ? outputs : examples; }
};

/// Those of the networks on Fashion-MNIST that NOTES.md describes.
const std::vector<Product>& all_products();

/// A layer's numbers: x, w and dz random and the same for all, and room for the results.
struct Numbers {
  explicit Numbers(const Product& product);

  /// Takes the absolute value of all: the results are then sum |terms|.
  void make_positive();
  batch::Matrix<float>& result(const std::string& form) {
    return form == "forward" ? z : form == "input" ? dx : dw;
  }
  const batch::Matrix<float>& result(const std::string& form) const {
    return form == "forward" ? z : form == "input" ? dx : dw;
  }

  batch::Matrix<float> x, w, dz;
  batch::Matrix<float> z, dx, dw, packed;
};

/// The product by these kernels, W packed beforehand.
std::function<void()> work_of(const batch::Kernels<float>& kernels, const std::string& form,
                              Numbers& numbers);

struct Peer_maker {
  std::string name;
  std::function<std::function<void()>(const std::string& form, Numbers& numbers)> make;
};

/// The fastest of ours first.
const std::vector<Peer_maker>& product_peers();

/// One peer's turns at one work.
class Turns {
 public:
  std::function<void()> work;

  double median() const;   ///< seconds for one
  double minimum() const;  ///< seconds for one
  std::size_t count() const { return seconds_.size(); }

 private:
  friend void take_turns(const std::vector<Turns*>& all, double seconds);
  long repeats_ = 1;
  std::vector<double> seconds_;
};

/// Lets all do their work in turn, round after round, for `seconds` each and for five rounds at least. A turn
/// does the work once untimed and then as often as fills about two milliseconds: see measure.h.
void take_turns(const std::vector<Turns*>& all, double seconds);

}  // namespace bp::bench
