#include "engine/vector/thread_pool.h"

#ifdef __linux__
#include <sched.h>
#endif

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/catch2.h"

using bp::batch::Flush_denormals, bp::batch::Float_mode, bp::batch::Thread_pool;

namespace {

constexpr std::size_t much = 1 << 20;  // an item that alone is worth handing over

}  // namespace

TEST_CASE("the ranges of a split make up the whole, each item once, and begin at multiples of the step",
          "[thread_pool]") {
  for (const std::size_t threads : {1, 2, 3, 7}) {
    Thread_pool pool(threads);
    for (const std::size_t count : {0, 1, 2, 5, 64, 101}) {
      for (const std::size_t step : {1, 4, 16}) {
        std::vector<std::atomic<int>> visits(count);
        std::atomic<int> wrong_beginnings = 0, ranges = 0;

        pool.split(count, step, much, [&](std::size_t first, std::size_t last) {
          ++ranges;
          wrong_beginnings += first % step != 0 || first >= last;
          for (std::size_t i = first; i < last; ++i) ++visits[i];
        });

        INFO(threads << " threads, " << count << " items in steps of " << step);
        CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n == 1; }));
        CHECK(wrong_beginnings == 0);
        CHECK(std::size_t(ranges) == std::min(threads, (count + step - 1) / step));
      }
    }
  }
}

TEST_CASE("the threads of a pool work at the same time, the caller among them", "[thread_pool]") {
  Thread_pool pool(3);
  std::atomic<int> begun = 0;
  std::mutex mutex;
  std::set<std::thread::id> seen;

  pool.split(3, 1, much, [&](std::size_t, std::size_t) {
    ++begun;
    while (begun != 3) std::this_thread::yield();  // for ever, if one thread did them one after the other
    const std::lock_guard lock(mutex);
    seen.insert(std::this_thread::get_id());
  });

  CHECK(seen.size() == 3);
  CHECK(seen.count(std::this_thread::get_id()) == 1);
}

TEST_CASE("calls that follow each other faster than threads wake up are each complete", "[thread_pool]") {
  Thread_pool pool(2);

  for (int i = 0; i < 20'000; ++i) {
    std::atomic<int> done = 0;
    pool.split(2, 1, much,
               [&](std::size_t first, std::size_t last) { done += static_cast<int>(last - first); });
    if (done != 2) FAIL("call " << i << " returned with " << done << " of 2 done");
  }
  SUCCEED();
}

TEST_CASE("small work stays with the caller", "[thread_pool]") {
  Thread_pool pool(2);
  std::vector<std::thread::id> threads;

  pool.split(100, 1, 1, [&](std::size_t first, std::size_t last) {
    threads.push_back(std::this_thread::get_id());
    CHECK((first == 0 && last == 100));
  });

  CHECK(threads == std::vector{std::this_thread::get_id()});
}

TEST_CASE("of several exceptions the caller gets that of the lowest range, and the pool lives on",
          "[thread_pool]") {
  Thread_pool pool(4);
  std::atomic<int> ended = 0;
  std::string caught;

  try {
    pool.split(4, 1, much, [&](std::size_t first, std::size_t) {
      ++ended;
      if (first == 3) std::this_thread::sleep_for(std::chrono::milliseconds(20));  // range 2 throws before
      if (first >= 2) throw std::runtime_error("range " + std::to_string(first));
    });
  } catch (const std::runtime_error& error) { caught = error.what(); }

  CHECK(caught == "range 2");
  CHECK(ended == 4);
  int after = 0;
  pool.split(1, 1, much, [&](std::size_t, std::size_t) { ++after; });
  std::atomic<int> ranges = 0;
  pool.split(4, 1, much, [&](std::size_t, std::size_t) { ++ranges; });
  CHECK((after == 1 && ranges == 4));
}

TEST_CASE("workers compute with the caller's setting for denormals, job by job", "[thread_pool]") {
  Thread_pool pool(3);
  const auto all_as = [&](Float_mode wanted) {
    std::atomic<int> same = 0;
    pool.split(3, 1, much, [&](std::size_t, std::size_t) { same += Float_mode::current() == wanted; });
    return same == 3;
  };
  const Float_mode usual = Float_mode::current();

  bool flushing = false;
  {
    const Flush_denormals flush;
    flushing = all_as(usual.flushing());
  }

  CHECK(flushing);
  CHECK(all_as(usual));
}

TEST_CASE("a split inside of a range runs there", "[thread_pool]") {
  Thread_pool pool(2);
  std::atomic<int> items = 0, strangers = 0;

  pool.split(2, 1, much, [&](std::size_t, std::size_t) {
    const auto here = std::this_thread::get_id();
    pool.split(10, 1, much, [&](std::size_t first, std::size_t last) {
      items += static_cast<int>(last - first);
      strangers += std::this_thread::get_id() != here;
    });
  });

  CHECK((items == 20 && strangers == 0));
}

TEST_CASE("ten thousand jobs, some after a rest, lose none", "[thread_pool]") {
  Thread_pool pool(3);
  std::atomic<long> sum = 0;

  for (int job = 0; job < 10'000; ++job) {
    pool.split(3, 1, much, [&](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) sum += static_cast<long>(i) + 1;
    });
    if (job % 1000 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));  // they fall asleep
  }

  CHECK(sum == 60'000);
}

TEST_CASE("a pool of no threads is refused", "[thread_pool]") {
  CHECK_THROWS_AS(Thread_pool(0), std::invalid_argument);
}

#ifdef __linux__
TEST_CASE("only the processors that this thread may use are counted", "[thread_pool]") {
  cpu_set_t before, one;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  CPU_ZERO(&one);
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  CPU_SET(first, &one);

  CHECK(Thread_pool::processors() == static_cast<std::size_t>(CPU_COUNT(&before)));
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  CHECK(Thread_pool::processors() == 1);
  REQUIRE(sched_setaffinity(0, sizeof before, &before) == 0);
}
#endif
