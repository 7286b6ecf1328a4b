// Wrong derivatives on purpose, one at a time and chosen at run time, to see which test notices. Part of the
// programs that tests/mutants builds, and never of the library.
//
// BACKSTEP_MUTANT=tanh:0:sign makes the backward sweep take the wrong sign in the derivative of tanh by its
// first input. mutants.cpp says what the names mean; tests/mutants/run goes through all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bp {
enum class Op : std::uint8_t;
}

namespace bp::mutants {

/// One wrong derivative: of which operation, by which input, and wrong in what way.
struct Mutant {
  Op op;
  int input;
  std::string kind;
};

/// Every mutant there is, in the order of the table.
std::vector<Mutant> all();

/// Makes `mutant` the one that apply() brings about.
void choose(const Mutant& mutant);

/// `derivative`, or the wrong one if this is the operation and the input that were chosen.
double apply(Op op, int input, double x, double y, double out, double derivative);

/// The same for an n-ary operation: `own` is the input's number, `other` that of the factor beside it in
/// a dot product and of the first input otherwise.
double apply_n_ary(Op op, double own, double other, double derivative);

}  // namespace bp::mutants
