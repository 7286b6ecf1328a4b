// Lesson 17: from a plain loop to SIMD, in measured steps
//
// Before:  lesson 16 made a layer a product of matrices, Z = X W^T + b.
// Now:     that product, made many times faster without changing what it computes.
// After:   you can say what a processor waits for, and how far a loop is from what the machine could do.
// Run:     lessons/run 17
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/random.h"
#include "engine/vector/kernels.h"
#include "engine/vector/peak.h"
#include "lessons/plot.h"

namespace batch = bp::batch;
using bp::batch::Matrix, fmt::print;  // today's vocabulary
using Floats = bp::batch::View<const float>;
using Result = bp::batch::View<float>;

// A layer of 784 inputs, the pixels of a small picture, and 128 neurons; a batch of 128 examples.
constexpr std::size_t examples = 128, inputs = 784, neurons = 128;
constexpr double operations = 2.0 * examples * inputs * neurons;  // a multiplication and an addition each

// 1. A clock. The fastest of many runs is the one that was disturbed least.
double seconds_now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

template <class Work>
double fastest(Work work) {
  double best = std::numeric_limits<double>::infinity();
  const double end = seconds_now() + (bp::quick() ? 0.02 : 0.2);
  do {
    const double start = seconds_now();
    work();
    best = std::min(best, seconds_now() - start);
  } while (seconds_now() < end);
  return best;
}

// 2. The plain loop: for every example n and neuron o a sum over the inputs i.
void plain(Floats x, Floats w, Result z) {
  for (std::size_t n = 0; n < x.rows; ++n) {
    for (std::size_t o = 0; o < w.rows; ++o) {
      float sum = 0;
      for (std::size_t i = 0; i < x.cols; ++i) sum += x(n, i) * w(o, i);
      z(n, o) = sum;
    }
  }
}

// 3. Another order: the loop over the neurons inside. It needs the weights transposed, I x O.
void reordered(Floats x, Floats wt, Result z) {
  for (std::size_t n = 0; n < x.rows; ++n) {
    std::fill_n(z.row(n), z.cols, 0.0f);
    for (std::size_t i = 0; i < x.cols; ++i) {
      for (std::size_t o = 0; o < z.cols; ++o) z(n, o) += x(n, i) * wt(i, o);
    }
  }
}

// 4. A tile: the sums of 4 examples and 8 neurons at a time. A Four is a register of four floats, which both
//    GCC and Clang know; + and * work on all four at once.
using Four = float __attribute__((vector_size(16)));
constexpr std::size_t tile_rows = 4, tile_columns = 8;

// z[m][o] = sum over i of x[m][i] w[i][o]. From i to i the weights are w_step numbers apart.
void tile(Floats x, const float* w, std::size_t w_step, Result z) {
  Four sums[tile_rows][2] = {};
  for (std::size_t i = 0; i < x.cols; ++i) {
    Four left, right;
    std::memcpy(&left, w + i * w_step, sizeof left);
    std::memcpy(&right, w + i * w_step + 4, sizeof right);
    for (std::size_t m = 0; m < tile_rows; ++m) {
      sums[m][0] += x(m, i) * left;
      sums[m][1] += x(m, i) * right;
    }
  }
  for (std::size_t m = 0; m < tile_rows; ++m) std::memcpy(z.row(m), sums[m], sizeof sums[m]);
}

// Tile after tile; the weights of the tile's first neuron, o, begin at w + o * w_panel.
void tiled(Floats x, const float* w, std::size_t w_step, std::size_t w_panel, Result z) {
  for (std::size_t o = 0; o < z.cols; o += tile_columns) {
    for (std::size_t n = 0; n < z.rows; n += tile_rows) {
      tile(x.row_range(n, n + tile_rows), w + o * w_panel, w_step,
           z.row_range(n, n + tile_rows).column_range(o, o + tile_columns));
    }
  }
}

// The numbers, in every layout that a step wants.
struct Numbers {
  Matrix<float> x{examples, inputs}, w{neurons, inputs};
  Matrix<float> wt{inputs, neurons};  // transposed
  // 5. Packed: the 8 weights that a tile reads for one i side by side, then those for the next i.
  Matrix<float> packed{1, wt.size()};
  Matrix<float> exact{examples, neurons}, bound{examples, neurons};

  Numbers() {
    bp::Random random(17);
    for (float& number : x.span()) number = static_cast<float>(random.uniform(-1, 1));
    for (float& number : w.span()) number = static_cast<float>(random.uniform(-1, 1));
    for (std::size_t o = 0; o < neurons; ++o) {
      for (std::size_t i = 0; i < inputs; ++i) {
        wt(i, o) = w(o, i);
        packed(0, o / tile_columns * tile_columns * inputs + i * tile_columns + o % tile_columns) = w(o, i);
      }
    }
    // The reference kernel adds in double. A sum of 784 products in float may be off by 784 * 2^-24 of the
    // sum of their sizes (Higham, 2nd ed., section 3.1); a little more, since these two are rounded to float.
    const batch::Kernels<float>& k = batch::reference_kernels<float>();
    k.dense_forward(x, {w}, nullptr, {}, {}, exact);
    Matrix<float> x_size = x, w_size = w;
    for (float& number : x_size.span()) number = std::abs(number);
    for (float& number : w_size.span()) number = std::abs(number);
    k.dense_forward(x_size, {w_size}, nullptr, {}, {}, bound);
    for (float& number : bound.span()) number *= (inputs + 2) * 0x1p-24f;
  }
};

// What a step was measured at, and what it computed. The first four are the loops above.
constexpr std::ptrdiff_t loops = 4;
struct Step {
  std::string name;
  double gflops;  // 10^9 operations a second
  bool right;
  Matrix<float> z;
};

template <class Work>
Step time(std::string name, const Numbers& numbers, Work work) {
  Matrix<float> z(examples, neurons);
  const double seconds = fastest([&] { work(Result(z)); });
  bool right = true;
  for (std::size_t i = 0; i < z.size(); ++i) {
    right = right && std::abs(z.span()[i] - numbers.exact.span()[i]) <= numbers.bound.span()[i];
  }
  return {std::move(name), operations / seconds / 1e9, right, std::move(z)};
}

std::string row(const Step& step, double peak) {
  return fmt::format("      {:<24} {:7.1f} GFLOP/s {:7.1f} % of the peak", step.name, step.gflops,
                     100 * step.gflops / peak);
}

// What each instruction set could do; the best of them is the measure of all steps.
std::vector<double> show_peaks() {
  print(R"(1. The work, and the best that this machine could do

   A layer of {} inputs and {} neurons, a batch of {}: that is {:.1f} million
   multiplications and as many additions. A billion of either a second is a GFLOP/s.

   Lines that begin with ~ were measured just now, on one core of this machine. They differ
   from machine to machine and from run to run.

What a processor works on is in its registers, a few dozen of them. Into the large ones go
   several floats, and one instruction does the same to all of these: SIMD, for single
   instruction, multiple data. Not every processor has the wide ones, so this program asks
   what there is. The best that each can do, with nothing to be fetched from memory:

      instructions    floats in a register    GFLOP/s
)",
        inputs, neurons, examples, operations / 2e6);
  std::vector<double> peaks;
  for (const batch::Multiply_adds& loop : batch::multiply_add_loops()) {
    peaks.push_back(batch::measure_peak(loop) / 1e9);
    print("{}", bp::measured(fmt::format("      {:<15} {:>20} {:>10.1f}\n", loop.name,
                                         loop.numbers / batch::Multiply_adds::chains, peaks.back())));
  }
  print(R"(
   (Reference is a loop in plain C++, of which the compiler makes what it can for any machine
   of this kind.) The greatest number is the peak.

)");
  return peaks;
}

void show_loops(const Numbers& numbers, double peak, std::vector<Step>& steps) {
  const auto step = [&](std::string name, auto work) {
    steps.push_back(time(std::move(name), numbers, work));
    print("{}\n", bp::measured(row(steps.back(), peak) + "\n"));
  };
  print(R"(2. The plain loop

      for n, for o, for i:  sum += x[n][i] * w[o][i]

)");
  step("plain loop", [&](Result z) { plain(numbers.x, numbers.w, z); });
  print(R"(   Every addition waits for the sum that the one before it makes, three or four clocks,
   and there is nothing else to do meanwhile. The compiler may not help: adding in another
   order would round otherwise.

3. Another order

      for n, for i, for o:  z[n][o] += x[n][i] * wt[i][o]

)");
  step("another order", [&](Result z) { reordered(numbers.x, numbers.wt, z); });
  print(R"(   Neighbours in the inner loop are now different sums, and none waits for another. Each sum
   still adds its products in the same order, so the compiler is free to take four at once.
   It has to be able to load four weights at once, too: therefore wt, the weights transposed.

4. A tile: sums that stay in registers

      for 4 examples and 8 neurons at a time, for i:  32 sums += 4 x's * 8 w's

)");
  step("tile", [&](Result z) { tiled(numbers.x, numbers.wt.data(), neurons, 1, z); });
  print(R"(   Before, each multiplication and addition loaded a weight and a sum and stored the sum, and
   no processor loads and stores as fast as it calculates. Now the sums do not move until
   they are finished, and what is loaded is used often: a weight 4 times, an x 8 times.

5. Packing: the weights in the order in which they are read

)");
  step("tile, weights packed",
       [&](Result z) { tiled(numbers.x, numbers.packed.data(), tile_columns, inputs, z); });
  print(R"(   Memory comes in lines, mostly of 64 bytes, 16 floats. The tile wants 8 floats of each row
   of wt, and the other half of every line takes up room in the fastest memory, the first
   cache, for nothing. Packed, the weights of 8 neurons are one piece, read from end to end.
   What that gains depends on how large the cache is and who else uses it.

)");
}

// 6. The kernels of engine/vector: a tile like ours (kernels_simd_tile.inc), for every instruction set.
void show_kernels(const Numbers& numbers, const std::vector<double>& peaks, double peak,
                  std::vector<Step>& steps) {
  print(R"(6. The library's kernels: a tile like this one, for every kind of registers

)");
  const auto all = batch::available_kernels<float>();
  for (std::size_t i = all.size(); i-- > 0;) {  // from the slowest
    const batch::Kernels<float>& k = *all[i];
    Matrix<float> packed(1, k.packed_size(neurons, inputs));
    k.pack(numbers.w, packed.data());
    const Step step = time(k.name, numbers, [&](Result z) {
      k.dense_forward(numbers.x, {numbers.w, packed.data()}, nullptr, {}, {}, z);
    });
    print("{}", bp::measured(
                    fmt::format("{} {:9.1f} % of its own\n", row(step, peak), 100 * step.gflops / peaks[i])));
    steps.push_back(step);
  }
  print(R"(
   Wider registers, more at a time. Where there is an instruction that multiplies and adds in
   one go, it does two operations in the time of one. And more registers make a larger tile,
   of which every number that was loaded is used more often. The first, reference, is the
   plain loop of the library, which adds in double and is there to check the others.

)");
}

// 7. Bias and activation: as separate passes over Z, or while the sums are still at hand.
void add_bias(std::span<const float> b, Result z) {
  for (std::size_t n = 0; n < z.rows; ++n) {
    float* row = z.row(n);
    for (std::size_t o = 0; o < b.size(); ++o) row[o] += b[o];
  }
}

void show_fusing() {
  print(R"(7. One pass in place of three

   The layer is y = relu(z + b). Product, bias and activation one after the other, or all in
   one, in microseconds:

      inputs   neurons   one after the other   in one
)");
  const batch::Kernels<float>& k = batch::best_kernels<float>();
  bp::Random random(7);
  for (const auto& [I, O] : {std::pair<std::size_t, std::size_t>{784, 128}, {64, 512}, {16, 512}}) {
    Matrix<float> x(examples, I), w(O, I), b(1, O), z(examples, O), y(examples, O),
        packed(1, k.packed_size(O, I));
    for (Matrix<float>* m : {&x, &w, &b}) {
      for (float& number : m->span()) number = static_cast<float>(random.uniform(-1, 1));
    }
    k.pack(w, packed.data());
    const batch::Activation relu{batch::Curve::relu};
    const double apart = fastest([&] {
      k.dense_forward(x, {w, packed.data()}, nullptr, {}, {}, z);
      add_bias(b.row(0), z);
      k.activation_forward(z, relu, y);
    });
    const double fused = fastest([&] { k.dense_forward(x, {w, packed.data()}, b.data(), relu, {}, y); });
    print("{}", bp::measured(
                    fmt::format("      {:>6} {:>9} {:>20.1f} {:>9.1f}\n", I, O, 1e6 * apart, 1e6 * fused)));
  }
  print(R"(
   For each number of Z the product does two operations an input, the other passes just one,
   but each of them reads and writes all of Z once more. With 784 inputs that is lost beside
   the product; the fewer inputs, the more it weighs.

)");
}

void show_that_nothing_changed(const std::vector<Step>& steps) {
  const bool same_bits = std::all_of(steps.begin(), steps.begin() + loops, [&](const Step& step) {
    return std::memcmp(step.z.data(), steps[0].z.data(), step.z.size() * sizeof(float)) == 0;
  });
  const bool all_right = std::ranges::all_of(steps, &Step::right);
  print(R"(8. Is it still the same product?

   The loops of sections 2 to 5 give the same bits: {}. They add the same products in the
   same order, whatever else they do meanwhile. The kernels may round otherwise, for a
   multiply-add rounds once and not twice. Every step is as close to the product, worked out
   in double, as {} additions in float can promise: {}.

)",
        same_bits ? "yes" : "no", inputs, all_right ? "yes" : "no");
}

void draw(const std::vector<Step>& steps, double peak) {
  bp::Bar_plot bars{.title = "The same matrix product, in float, on one core",
                    .labels = {},
                    .lengths = {"GFLOP/s"},
                    .series = {{"", {}}}};
  const auto bar = [&](std::string label, double length) {
    bars.labels.push_back(std::move(label));
    bars.series[0].lengths.push_back(length);
  };
  for (const Step& step : steps) {
    if (step.name == batch::reference_kernels<float>().name) continue;  // the plain loop once more
    const bool is_kernel = &step - steps.data() >= loops;
    bar((is_kernel ? "kernel, " : "") + step.name, step.gflops);
  }
  bar("peak: nothing fetched", peak);
  bp::plot(bars, bp::picture("17_simd.svg"));
  bp::show(bars, "17_simd.png", "   The steps, and last what this machine could do.\n");
}

void lesson() {
  print("Lesson 17: from a plain loop to SIMD, in measured steps\n{:=<55}\n\n", "");
  const std::vector<double> peaks = show_peaks();
  const double peak = *std::ranges::max_element(peaks);
  const Numbers numbers;
  std::vector<Step> steps;
  show_loops(numbers, peak, steps);
  show_kernels(numbers, peaks, peak, steps);
  show_fusing();
  show_that_nothing_changed(steps);
  draw(steps, peak);
}

int main() { return bp::run(lesson); }
