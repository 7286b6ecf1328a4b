// How this thread's processor does arithmetic, and a guard that sets small numbers to 0 while training.
//
// Between 0 and the smallest normal number (1.2e-38 for float) stand the denormals. Some processors take a
// hundred times as long for them, and training is full of them: Adam's means of pixels that are hardly ever
// lit fade towards 0 for ever. Nothing is lost by taking them for 0.
//
// Both settings belong to a thread, not to the program. On x86-64 they are bits of MXCSR, on AArch64 of FPCR;
// on other processors nothing is read or set.
#pragma once

#include <cstdint>

namespace bp::batch {

/// The controls of this thread's arithmetic: rounding, denormals, traps. Not the flags that it raises.
class Float_mode {
 public:
  static Float_mode current();
  /// Makes it the calling thread's.
  void apply() const;
  /// The same, with denormals taken for 0, as operands and as results.
  Float_mode flushing() const;

  bool operator==(const Float_mode&) const = default;

 private:
  explicit Float_mode(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t bits_;
};

/// While it lives, the thread that made it takes denormals for 0; then the setting is what it was before.
class Flush_denormals {
 public:
  Flush_denormals() : before_(Float_mode::current()) { before_.flushing().apply(); }
  ~Flush_denormals() { before_.apply(); }
  Flush_denormals(const Flush_denormals&) = delete;
  Flush_denormals& operator=(const Flush_denormals&) = delete;

 private:
  Float_mode before_;
};

}  // namespace bp::batch
