#include "tests/model/allocation.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> largest{0};

void* allocate(std::size_t size) noexcept {
  for (std::size_t before = largest; size > before;) {
    if (largest.compare_exchange_weak(before, size)) break;
  }
  return std::malloc(size > 0 ? size : 1);
}

}  // namespace

void* operator new(std::size_t size) {
  if (void* const memory = allocate(size)) return memory;
  throw std::bad_alloc();
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace bp::test {

Largest_allocation::Largest_allocation() { largest = 0; }

std::size_t Largest_allocation::bytes() const { return largest; }

}  // namespace bp::test
