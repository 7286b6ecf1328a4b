#include "tests/bench/training.h"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "engine/data/dataset.h"
#include "engine/vector/trainer.h"

namespace bp::bench {
namespace {

using namespace batch;

std::vector<Layer_description> layers_of(const std::string& task) {
  const Activation relu{Curve::relu}, sigmoid{Curve::sigmoid};
  if (task == "A") return {Dense{128}, relu, Dense{10}};
  if (task == "B") {
    return {Dense{512},   relu, Dropout_rate{0.2}, Dense{.outputs = 512, .l2 = 0.001},
            Batch_norm{}, relu, Dropout_rate{0.2}, Dense{10}};
  }
  const auto dense = [](std::size_t outputs) {
    return Dense{.outputs = outputs,
                 .weights = Initializer::normal(0.0, 1.0),
                 .biases = Initializer::normal(0.0, 1.0)};
  };
  return {dense(30), sigmoid, dense(10), sigmoid};
}

Loss_kind loss_of(const std::string& task) {
  return task == "C" ? Loss_kind::half_squared_error : Loss_kind::softmax_cross_entropy;
}

std::unique_ptr<Optimizer<float>> optimizer_of(const std::string& task, Network<float>& net) {
  if (task == "C") return std::make_unique<Sgd<float>>(net, 3.0);
  return std::make_unique<Adam<float>>(net, Adam_options{.learning_rate = 1e-3, .epsilon = 1e-7});
}

// --- What is measured -------------------------------------------------------------------------------------

double seconds_now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

/// How long this process has existed; the system counts its start in hundredths of a second.
double seconds_since_start() {
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));  // field 3 on
  std::string field;
  for (int i = 3; i <= 22; ++i) fields >> field;  // 22: when it started, in ticks since the machine did
  timespec now{};
  if (!fields || clock_gettime(CLOCK_BOOTTIME, &now) != 0) {
    throw std::runtime_error("no /proc/self/stat to tell when this process was started");
  }
  const double started = std::stod(field) / static_cast<double>(sysconf(_SC_CLK_TCK));
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec) - started;
}

/// The most memory that was resident in this process; unlike getrusage's figure not that of the process that
/// started it, which counts until the program is loaded.
double peak_megabytes() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024.0;
  }
  throw std::runtime_error("no VmHWM in /proc/self/status to tell how much memory was taken");
}

double median(std::vector<double> numbers) {
  std::sort(numbers.begin(), numbers.end());
  const std::size_t half = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[half] : 0.5 * (numbers[half - 1] + numbers[half]);
}

struct Measured {
  std::vector<double> epoch_seconds;
  double test_accuracy = 0.0, data_seconds = 0.0, first_step_seconds = 0.0;
};

void print_epoch(const Training_options& options, const Epoch_report& report, double seconds) {
  constexpr const char* line = "task {}, batch {}, epoch {}: {:.3f} s, loss {:.4f}, accuracy {:.4f}\n";
  constexpr const char* json =
      "{{\"task\":\"{}\",\"batch\":{},\"epoch\":{},\"seconds\":{:.4f},\"loss\":{:.5f},"
      "\"accuracy\":{:.4f}}}\n";
  fmt::print(fmt::runtime(options.json ? json : line), options.task, options.batch, report.epoch, seconds,
             report.loss, report.accuracy);
  std::fflush(stdout);
}

void print_whole(const Training_options& options, const Measured& measured, const char* kernels) {
  constexpr const char* line =
      "task {}, batch {}, {} thread(s), {}: epochs [{:.3f}] s, median {:.3f} s, test accuracy {:.4f}, at "
      "most "
      "{:.1f} MB, data read in {:.3f} s, first step {:.3f} s after start\n";
  constexpr const char* json =
      "{{\"peer\":\"backstep\",\"task\":\"{}\",\"batch\":{},\"threads\":{},\"kernels\":\"{}\","
      "\"epoch_s\":[{:.4f}],\"median_s\":{:.4f},\"test_acc\":{:.4f},\"rss_mb\":{:.1f},"
      "\"data_s\":{:.3f},\"first_step_s\":{:.3f}}}\n";
  fmt::print(fmt::runtime(options.json ? json : line), options.task, options.batch, options.threads, kernels,
             fmt::join(measured.epoch_seconds, ","), median(measured.epoch_seconds), measured.test_accuracy,
             peak_megabytes(), measured.data_seconds, measured.first_step_seconds);
}

}  // namespace

const std::vector<std::string>& all_tasks() {
  static const std::vector<std::string> names = {"A", "B", "C"};
  return names;
}

std::size_t usual_batch(const std::string& task) { return task == "A" ? 32 : task == "B" ? 128 : 10; }

void run_training(const Training_options& options) {
  Measured measured;
  const double start = seconds_now();
  const Dataset data = load_dataset(options.data.empty() ? find_dataset() : options.data);
  measured.data_seconds = seconds_now() - start;
  const Image_examples<float> train(data.train), test(data.test);

  Thread_pool pool(options.threads);
  Random random(options.seed);
  Network<float> net(data.train.images.pixels(), layers_of(options.task), random);
  net.use(pool);
  const auto optimizer = optimizer_of(options.task, net);
  const Loss<float> loss(loss_of(options.task));
  Trainer<float> trainer(net, *optimizer, loss, train.examples(),
                         {.epochs = options.epochs, .batch = options.batch, .seed = options.seed});
  trainer.on_step = [&](const Step_report&) {
    if (measured.first_step_seconds == 0.0) measured.first_step_seconds = seconds_since_start();
    return true;
  };
  double last = seconds_now();
  trainer.on_epoch = [&](const Epoch_report& report) {
    const double now = seconds_now();
    measured.epoch_seconds.push_back(now - last);
    print_epoch(options, report, now - last);
    last = seconds_now();
    return true;
  };
  trainer.run();
  measured.test_accuracy = evaluate(net, loss, test.examples()).accuracy;
  print_whole(options, measured, net.kernels().name);
}

}  // namespace bp::bench
