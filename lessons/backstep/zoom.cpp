// `backstep zoom`: one weight of a trained network, opened as a graph of single numbers for one image.
#include "viz/zoom.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/file_error.h"
#include "engine/data/prepare.h"
#include "engine/model/model_notes.h"
#include "engine/model/network_file.h"
#include "engine/model/safetensors.h"
#include "lessons/backstep/command.h"
#include "lessons/backstep/drawn.h"
#include "lessons/backstep/loss_name.h"
#include "lessons/backstep/terminal.h"
#include "viz/page.h"
#include "viz/text.h"
#include "viz/tree.h"

namespace backstep {
namespace {

namespace batch = bp::batch;

struct Options {
  std::string model, weight, data, out, loss;
  std::size_t image = 0;
  bool of_training_set = false;
  bp::Zoom_options zoom;
  int digits = 6;
};

// ---- What is opened -------------------------------------------------------------------------------------

/// The model's network, in double whatever the file has: every float is a double, too.
batch::Network<double> network_of(const bp::Tensor_file& file) {
  if (bp::network_dtype(file) == bp::Dtype::f64) return bp::load_network<double>(file);
  batch::Network<float> single = bp::load_network<float>(file);
  bp::Random random(1);
  batch::Network<double> net(single.inputs(), single.description(), random);
  const auto from = single.state();
  const auto to = net.state();
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::copy(from[i].data.begin(), from[i].data.end(), to[i].data.begin());
  }
  return net;
}

/// The images of the set, and how messages call it.
const bp::Labelled_images& set_of(const bp::Dataset& data, const Options& options) {
  const bp::Labelled_images& set = options.of_training_set ? data.train : data.test;
  if (options.image < set.size()) return set;
  throw Failure(bad_input,
                fmt::format("--image {}: the {} set of {} has {} images, counted from 0", options.image,
                            options.of_training_set ? "training" : "test", options.data, set.size()));
}

void check_size(const bp::Images& images, const batch::Network<double>& net, const Options& options) {
  if (images.pixels() == net.inputs()) return;
  throw Failure(bad_input, fmt::format("the images in {} have {} x {} = {} pixels, and {} takes {}",
                                       options.data, images.rows, images.cols, images.pixels(),
                                       bp::quoted(options.model), net.inputs()));
}

// ---- What is said ---------------------------------------------------------------------------------------

/// "Coat, and the network says Pullover (52.1 %)"
std::string verdict(const bp::Zoom& zoom, const bp::Zoom_example& example) {
  const auto best = std::max_element(zoom.outputs.begin(), zoom.outputs.end());
  const auto name = [&](std::size_t k) {
    return k < example.classes.size() ? example.classes[k] : std::to_string(k);
  };
  std::string text = fmt::format("{}, and the network says {}", name(example.label),
                                 name(static_cast<std::size_t>(best - zoom.outputs.begin())));
  if (example.loss != batch::Loss_kind::softmax_cross_entropy) return text;
  double sum = 0.0;
  for (const double y : zoom.outputs) sum += std::exp(y - *best);
  return text + fmt::format(" ({:.1f} %)", 100.0 / sum);
}

/// Why a gradient is 0, where one number says it.
std::string why_nothing(const bp::Zoom& zoom, const bp::Weight_place& place) {
  const bp::Value product = zoom.weight;
  if (product.grad() != 0.0) return "";
  const auto z = zoom.graph->find(fmt::format("z{}[{}]", place.layer, place.unit));
  if (z && z->has_grad() && z->grad() == 0.0) return "It is 0, for no gradient comes back to the neuron.\n";
  return place.is_bias ? "" : "It is 0, for the input that it multiplies is 0.\n";
}

void report(const bp::Zoom& zoom, const bp::Weight_place& place, const bp::Zoom_example& example,
            const Options& options) {
  constexpr double alike = 1e-9;  // two orders of the same sums in double differ by some 1e-15
  const std::string name = fmt::format("dloss/d{}", options.weight);
  fmt::print("Image {} of the {} set is {}.\n", options.image, options.of_training_set ? "training" : "test",
             verdict(zoom, example));
  fmt::print("loss = {:.{}g}   {} = {:.{}g}\n\n", zoom.loss.data(), options.digits, options.weight,
             zoom.weight.data(), options.digits);
  fmt::print("{} = {:.{}g} by the scalar engine, from the graph below\n", name, zoom.weight.grad(),
             options.digits + 6);
  const bool same = zoom.difference() <= alike;
  fmt::print("{:>{}} = {:.{}g} by the vector engine, from the whole network: {}\n", "", name.size(),
             zoom.by_vector_engine, options.digits + 6,
             zoom.difference() == 0.0 ? "the same" : fmt::format("the same to {:.1g}", zoom.difference()));
  if (!same) {
    throw std::logic_error(fmt::format(
        "the two engines differ by {:.2g} of {}: this is a mistake in Backstep", zoom.difference(), name));
  }
  fmt::print("{}", why_nothing(zoom, place));
  if (!zoom.folded.empty()) {
    fmt::print("{}", bp::wrapped(fmt::format("Each in one number: {}.", fmt::join(zoom.folded, "; ")), 100));
  }
}

// ---- The command ----------------------------------------------------------------------------------------

bool ends_in(const std::string& path, const std::string& ending) {
  return std::filesystem::path(path).extension() == ending;
}

void show(const bp::Zoom& zoom, const Options& options) {
  const std::string title = fmt::format("{}, image {}", options.weight, options.image);
  if (options.out.empty()) {
    bp::Tree_options tree;
    tree.digits = options.digits;
    tree.colour = wants_colour();
    const std::vector<bp::Value> roots = {zoom.loss};
    fmt::print("\n{}", bp::to_tree(roots, tree));
  } else if (ends_in(options.out, ".html")) {
    bp::write_page(zoom.loss, options.out, {.title = title, .digits = options.digits});
    fmt::print("Written: {}\n", options.out);
  } else {
    bp::Picture_options look;
    look.title = title;
    look.digits = options.digits;
    look.weighted_sums = bp::Weighted_sums::folded;
    bp::Picture picture = bp::picture_of(zoom.loss, look);
    bp::keep_paths(picture, zoom.weight, zoom.loss);
    draw_to(options.out, picture, look);
  }
}

void zoom(Options options) {
  const bp::Tensor_file file = bp::read_safetensors(options.model);
  batch::Network<double> net = network_of(file);
  const bp::Model_notes notes = bp::read_notes(file, net.inputs(), net.outputs());
  const bp::Weight_place place = bp::place_of(options.weight, net);
  const batch::Loss_kind loss = loss_named(options.loss.empty() ? notes.loss : options.loss, options.model);
  if (options.data.empty()) options.data = bp::find_dataset().string();
  const bp::Dataset data = bp::load_dataset(options.data, std::max<std::size_t>(net.outputs(), 2));
  check_size(data.train.images, net, options);
  const bp::Labelled_images& set = set_of(data, options);

  std::vector<double> x(set.images.pixels());
  bp::scale(set.images[options.image], bp::Scaling{}, std::span(x));  // as in training
  const bp::Zoom_example example{.x = x,
                                 .label = set.labels.bytes[options.image],
                                 .loss = loss,
                                 .columns = set.images.cols,
                                 .classes = notes.classes};
  const bp::Zoom opened = bp::zoom_into(net, place, example, options.zoom);
  report(opened, place, example, options);
  show(opened, options);
}

}  // namespace

void add_zoom_command(CLI::App& app) {
  Command command(app, "zoom", "Open one weight of a trained network as a graph, for one image");
  const auto options = std::make_shared<Options>();
  command.option("--load", options->model, "The network: a .safetensors that backstep train saved")
      .called("MODEL")
      .required();
  command.option("--weight", options->weight, "Which, such as 0.weight[37,405] or 2.bias[5]")
      .called("NAME")
      .required();
  command.option("--image", options->image, "Which image of the test set, counted from 0")
      .called("N")
      .whole()
      .required();
  command.option("--train", options->of_training_set, "Take the image from the training set");
  command.option("--data", options->data, "Folder of the data set; else the same as for backstep train")
      .called("DIR");
  command.option("--loss", options->loss, "Which loss, where the model does not say")
      .called("LOSS")
      .one_of(loss_names());
  command.option("-o", options->out, "A page (.html) or a picture (.png, .svg, .pdf, .dot); else a tree")
      .called("OUT");
  command.option("--products", options->zoom.products, "Show the N largest products of the neuron")
      .called("N")
      .from_to(1, 100)
      .shows_default();
  command.option("--units", options->zoom.units, "Show N units of each later layer")
      .called("N")
      .from_to(1, 100)
      .shows_default();
  command.digits(options->digits);
  command.runs([options] { zoom(*options); });
}

}  // namespace backstep
