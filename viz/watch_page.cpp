#include "viz/watch_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>

#include "viz/html.h"
#include "viz/json.h"
#include "viz/page/operations.h"
#include "viz/web.h"

namespace bp {
namespace {

void check(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(std::string("backstep: a run to watch: ") + what);
}

std::size_t parameter_count(const std::vector<std::size_t>& layers) {
  std::size_t count = 0;
  for (std::size_t k = 1; k < layers.size(); ++k) count += layers[k] * (layers[k - 1] + 1);
  return count;
}

bool are_finite(std::span<const double> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](double x) { return std::isfinite(x); });
}

void check(const Watched_run& run) {
  check(run.layers.size() >= 2 && run.layers.front() == 2 && run.layers.back() == 1,
        "layers must be from 2 inputs to 1 output");
  check(std::isfinite(run.activation.slope()), "a slope that is not finite");
  check(std::find(run.layers.begin(), run.layers.end(), 0U) == run.layers.end(), "a layer without neurons");
  check(run.points.size() != 0 && run.points.inputs.size() == run.points.size(), "no points, or no labels");
  for (std::size_t i = 0; i < run.points.size(); ++i) {
    check(run.points.inputs[i].size() == 2 && are_finite(run.points.inputs[i]), "a point not in the plane");
    check(run.points.labels[i] == 0 || run.points.labels[i] == 1, "a label that is neither 0 nor 1");
  }
  check(!run.epochs.empty(), "no epochs");
  for (std::size_t i = 0; i < run.epochs.size(); ++i) {
    const Watched_epoch& epoch = run.epochs[i];
    check(i == 0 || epoch.epoch > run.epochs[i - 1].epoch, "epochs not in order");
    check(epoch.parameters.size() == parameter_count(run.layers), "another number of weights");
    check(epoch.norms.size() + 1 == run.layers.size(), "another number of norms than of layers");
    check(are_finite(epoch.parameters) && are_finite(epoch.norms) && std::isfinite(epoch.loss),
          "a number that is not finite");
  }
}

// Eight digits are those of a float: enough for any picture, and half as long as seventeen.
std::string number(double x) { return fmt::format("{:.8g}", x); }

std::string numbers(std::span<const double> list) { return json_list(list, number); }

std::string json_of(const Watched_run& run) {
  const auto pair = [](const auto& p) { return "[" + json_text(p.first) + "," + json_text(p.second) + "]"; };
  const auto each = [&](auto number_of) {
    return json_list(run.epochs, [&](const Watched_epoch& epoch) { return number_of(epoch); });
  };
  std::string json = "{\"name\":" + json_text(run.name) + ",\n\"about\":" + json_list(run.about, pair);
  json +=
      ",\n\"axes\":" + json_list(run.axes, json_text) + ",\"classes\":" + json_list(run.classes, json_text);
  json += ",\n\"mean\":" + numbers(run.standardized.mean) +
          ",\"deviation\":" + numbers(run.standardized.deviation);
  json += ",\n\"layers\":" + json_list(run.layers, [](std::size_t n) { return std::to_string(n); });
  json +=
      ",\"activation\":" + json_text(run.activation.name()) + ",\"slope\":" + number(run.activation.slope());
  json += ",\n\"points\":" + json_list(run.points.inputs, [](const auto& point) { return numbers(point); });
  json += ",\n\"labels\":" + json_list(run.points.labels, [](int label) { return std::to_string(label); });
  json += ",\n\"epochs\":" + each([](const auto& epoch) { return std::to_string(epoch.epoch); });
  json += ",\n\"loss\":" + each([](const auto& epoch) { return number(epoch.loss); });
  json += ",\n\"right\":" + each([](const auto& epoch) { return std::to_string(epoch.right); });
  json += ",\n\"norms\":" + each([](const auto& epoch) { return numbers(epoch.norms); });
  json += ",\n\"weights\":" + each([](const auto& epoch) { return numbers(epoch.parameters) + "\n"; });
  return json + "}";
}

}  // namespace

Watched_epoch watched_epoch(const Mlp& net, std::size_t epoch, double loss, std::size_t right) {
  Watched_epoch seen;
  seen.epoch = epoch;
  seen.loss = loss;
  seen.right = right;
  for (const Layer& layer : net.layers()) {
    double squares = 0;
    for (const Value parameter : layer.parameters()) {
      seen.parameters.push_back(parameter.data());
      squares += parameter.grad() * parameter.grad();
    }
    seen.norms.push_back(std::sqrt(squares));
  }
  return seen;
}

std::string watch_page(const Watched_run& run) {
  check(run);
  const std::string operations = operations_as_javascript();
  return to_html(
      {.title = "Watch: " + run.name,
       .styles = {web::common_css, web::watch_css},
       .body = std::string(web::watch_html),
       .data = {{"run", json_of(run)}},
       .scripts = {web::elementary_js, operations, web::digits_js, web::watch_net_js, web::watch_map_js,
                   web::watch_chart_js, web::watch_neurons_js, web::watch_large_js, web::watch_js}});
}

}  // namespace bp
