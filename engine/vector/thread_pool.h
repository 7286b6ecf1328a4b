// Threads that are kept from batch to batch and share the work of a kernel.
//
//     Thread_pool pool(2);
//     pool.split(x.rows, k.row_step, x.cols, [&](std::size_t first, std::size_t last) {
//       k.softmax_forward(x.row_range(first, last), p.row_range(first, last));
//     });
//
// Starting a thread takes longer than most kernels do, so the threads wait for the next call instead of
// ending.
//
// Whoever has time takes the next part: a thread that the system does not let run delays nobody, for the
// others, the calling one too, do its part.
//
// Results do not depend on their number: what may be split is said in kernels.h, and there every element is
// computed from the same numbers in the same order, whatever part it is in. Sums over parts are not formed
// here.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/vector/float_mode.h"

namespace bp::batch {

class Thread_pool {
 public:
  /// With the calling thread there are `threads`: one alone starts none. Work below `worth_handing_over`
  /// (see split) is not shared: 0 shares all.
  ///
  /// Throws:    std::invalid_argument for 0; std::system_error when the system gives no more threads.
  explicit Thread_pool(std::size_t threads, std::size_t worth_handing_over = 1 << 18);
  ~Thread_pool();
  Thread_pool(const Thread_pool&) = delete;
  Thread_pool& operator=(const Thread_pool&) = delete;

  std::size_t threads() const { return workers_.size() + 1; }

  /// How many processors this thread may use: taskset and containers may allow fewer than there are.
  static std::size_t processors();

  /// Calls work(first, last) on ranges that make up 0 to count - 1, each once, and returns when all are done.
  ///
  /// Ranges begin at multiples of step, one for each thread, all but equally long. The others compute with
  /// the caller's Float_mode. All of it stays with the calling thread when called from inside a range, and
  /// when it is too small: cost is that of one item, in multiply-adds of a matrix product, some 0.01 ns each.
  ///
  /// Handing over and waiting takes a microsecond, but then what the others have written is in their caches,
  /// and has to be fetched: a training step of 18 microseconds took 27 when nothing but the update of its
  /// 24,000 parameters was shared (two virtual cores of an EPYC).
  ///
  /// Throws:    what work throws; of several the one of the lowest range, when all have ended.
  template <class Work>
  void split(std::size_t count, std::size_t step, std::size_t cost, const Work& work) {
    if (workers_.empty() || count <= step || count * cost < worth_handing_over_) {
      if (count != 0) work(std::size_t(0), count);
      return;
    }
    run({[](const void* object, std::size_t first, std::size_t last) {
           (*static_cast<const Work*>(object))(first, last);
         },
         &work, count, step, Float_mode::current()});
  }

  /// A pool of the calling thread alone, for whoever wants no other.
  static Thread_pool& alone();

  /// What it costs to read, change and write one number that is in a cache, in the unit of split().
  static constexpr std::size_t element = 8;

 private:
  struct Job {
    void (*call)(const void* work, std::size_t first, std::size_t last);
    const void* work;
    std::size_t count, step;
    Float_mode mode;
  };

  void run(const Job& job);
  void take_parts(std::uint32_t round);
  void do_part(std::size_t part);
  void serve();
  void stop();

  std::size_t worth_handing_over_;
  std::vector<std::thread> workers_;
  std::mutex in_use_;  // by one caller at a time
  Job job_;
  std::vector<std::exception_ptr> errors_;  // of each part
  std::atomic<std::uint32_t> round_ = 0;    // counts jobs
  std::atomic<std::uint64_t> next_ = 0;  // the round, and in the lower half the part that is to be done next
  std::atomic<std::size_t> unfinished_ = 0;
  std::atomic<bool> stopping_ = false;
  int looks_;  // before going to sleep
};

}  // namespace bp::batch
