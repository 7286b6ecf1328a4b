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
    for (std::size_t part = 1; part < threads; ++part) {
      workers_.emplace_back([this, part] { serve(part); });
    }
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
  unfinished_.store(workers_.size(), std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();

  do_part(0);
  for (std::size_t left; (left = unfinished_.load(std::memory_order_acquire)) != 0;) {
    wait_while(unfinished_, left, looks_);
  }
  for (const std::exception_ptr& error : errors_) {
    if (error != nullptr) std::rethrow_exception(error);
  }
}

void Thread_pool::do_part(std::size_t part) {
  const std::size_t units = (job_.count + job_.step - 1) / job_.step;
  const std::size_t first = units * part / threads() * job_.step;
  const std::size_t last = std::min(units * (part + 1) / threads() * job_.step, job_.count);
  if (first >= last) return;
  inside_a_part = true;
  try {
    job_.call(job_.work, first, last);
  } catch (...) { errors_[part] = std::current_exception(); }
  inside_a_part = false;
}

void Thread_pool::serve(std::size_t part) {
  for (std::uint32_t seen = 0;; ++seen) {
    wait_while(round_, seen, looks_);
    if (stopping_.load(std::memory_order_relaxed)) return;
    job_.mode.apply();
    do_part(part);
    unfinished_.fetch_sub(1, std::memory_order_release);
    unfinished_.notify_one();
  }
}

}  // namespace bp::batch
