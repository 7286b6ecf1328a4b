#include "engine/vector/thread_pool.h"

#include <algorithm>
#include <stdexcept>

#ifdef __linux__
#include <sched.h>
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bp::batch {

namespace {

thread_local bool inside_a_part = false;

void pause_briefly() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Waits until the number is no longer `old`. The next kernel is called within microseconds, and a sleeping
/// thread takes longer to wake: so looks for some 10 microseconds, then lets others have the processor (where
/// threads outnumber processors it is the other that is waited for), and only then sleeps.
template <class Number>
void wait_while(const std::atomic<Number>& number, Number old, int looks) {
  for (int i = 0; i < looks; ++i) {
    if (number.load(std::memory_order_acquire) != old) return;
    if (i < looks / 2) {
      pause_briefly();
    } else {
      std::this_thread::yield();
    }
  }
  while (number.load(std::memory_order_acquire) == old) number.wait(old, std::memory_order_acquire);
}

}  // namespace

Thread_pool& Thread_pool::alone() {
  static Thread_pool pool(1);
  return pool;
}

Thread_pool::Thread_pool(std::size_t threads, std::size_t worth_handing_over)
    : worth_handing_over_(worth_handing_over),
      job_{nullptr, nullptr, 0, 1, Float_mode::current()},
      errors_(threads),
      // With more threads than processors, one that looks takes the time of one that works.
      looks_(threads <= processors() ? 400 : 0) {
  if (threads == 0) throw std::invalid_argument("backstep: a pool of 0 threads; it needs 1 or more");
  try {
    for (std::size_t i = 1; i < threads; ++i) workers_.emplace_back([this] { serve(); });
  } catch (...) {
    stop();
    throw;
  }
}

std::size_t Thread_pool::processors() {
#ifdef __linux__
  cpu_set_t allowed;
  // It fails where the system has more processors than the set has room for, 1,024.
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
    return static_cast<std::size_t>(CPU_COUNT(&allowed));
#endif
  return std::max(1u, std::thread::hardware_concurrency());
}

Thread_pool::~Thread_pool() { stop(); }

void Thread_pool::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void Thread_pool::run(const Job& job) {
  if (inside_a_part) return job.call(job.work, 0, job.count);  // the others are waiting for this very thread
  const std::lock_guard lock(in_use_);
  job_ = job;
  std::fill(errors_.begin(), errors_.end(), nullptr);
  unfinished_.store(threads(), std::memory_order_relaxed);
  const std::uint32_t round = round_.load(std::memory_order_relaxed) + 1;
  next_.store(std::uint64_t{round} << 32, std::memory_order_release);
  round_.store(round, std::memory_order_release);
  round_.notify_all();

  take_parts(round);
  for (std::size_t left; (left = unfinished_.load(std::memory_order_acquire)) != 0;) {
    wait_while(unfinished_, left, looks_);
  }
  for (const std::exception_ptr& error : errors_) {
    if (error != nullptr) std::rethrow_exception(error);
  }
}

/// Does parts of that round for as long as there are some that nobody has begun. While a part is begun and
/// not finished its job stays: so only who has taken one may look at it.
void Thread_pool::take_parts(std::uint32_t round) {
  std::uint64_t next = next_.load(std::memory_order_acquire);
  for (;;) {
    const auto part = static_cast<std::size_t>(next & 0xFFFF'FFFF);
    if (next >> 32 != round || part >= threads()) return;
    if (!next_.compare_exchange_weak(next, next + 1, std::memory_order_acq_rel)) continue;
    do_part(part);
    if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) == 1) unfinished_.notify_one();
    next = next_.load(std::memory_order_acquire);
  }
}

void Thread_pool::do_part(std::size_t part) {
  const std::size_t units = (job_.count + job_.step - 1) / job_.step;
  const std::size_t first = units * part / threads() * job_.step;
  const std::size_t last = std::min(units * (part + 1) / threads() * job_.step, job_.count);
  if (first >= last) return;
  job_.mode.apply();  // the caller's, who has it already
  inside_a_part = true;
  try {
    job_.call(job_.work, first, last);
  } catch (...) { errors_[part] = std::current_exception(); }
  inside_a_part = false;
}

void Thread_pool::serve() {
  for (std::uint32_t seen = 0;;) {
    wait_while(round_, seen, looks_);
    seen = round_.load(std::memory_order_acquire);
    if (stopping_.load(std::memory_order_relaxed)) return;
    take_parts(seen);
  }
}

}  // namespace bp::batch
