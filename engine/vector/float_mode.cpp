#include "engine/vector/float_mode.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bp::batch {

#if defined(__x86_64__)

// Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, section 10.2.3: bits 0 to 5 are
// flags, bit 6 is DAZ (operands), bit 15 is FZ (results).
namespace {
constexpr std::uint64_t flags = 0x3f, flush = 0x8040;
}

Float_mode Float_mode::current() { return Float_mode(_mm_getcsr() & ~flags); }
void Float_mode::apply() const {
  const std::uint64_t raised = _mm_getcsr() & flags;
  _mm_setcsr(static_cast<unsigned>(bits_ | raised));
}

#elif defined(__aarch64__)

// Arm Architecture Reference Manual, FPCR: bit 24 is FZ, for operands and results. The flags are in FPSR.
namespace {
constexpr std::uint64_t flush = std::uint64_t(1) << 24;
}

Float_mode Float_mode::current() {
  std::uint64_t bits;
  asm volatile("mrs %0, fpcr" : "=r"(bits));
  return Float_mode(bits);
}
void Float_mode::apply() const { asm volatile("msr fpcr, %0" : : "r"(bits_)); }

#else

namespace {
constexpr std::uint64_t flush = 0;
}

Float_mode Float_mode::current() { return Float_mode(0); }
void Float_mode::apply() const {}

#endif

Float_mode Float_mode::flushing() const { return Float_mode(bits_ | flush); }

}  // namespace bp::batch
