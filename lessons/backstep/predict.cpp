// `backstep predict`: what a trained network takes pictures for. The pictures are those of an IDX file, as
// the data set has them, or PNGs of any size, which are prepared as the data set was.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/data/file.h"
#include "engine/data/file_error.h"
#include "engine/data/fit_picture.h"
#include "engine/data/idx.h"
#include "engine/data/png.h"
#include "lessons/backstep/command.h"
#include "lessons/backstep/predict_output.h"
#include "lessons/backstep/reader.h"

namespace backstep {
namespace {

struct Options {
  std::string model;
  std::vector<std::string> files;
  std::string prepare;  // "": as the model says
  std::string labels;
  std::size_t top = 0;
  bool json = false;
};

const std::map<std::string, bp::Preparation> preparations = {
    {"fashion-mnist", bp::Preparation::fashion_mnist},
    {"mnist", bp::Preparation::mnist},
    {"plain", bp::Preparation::plain},
};

enum class Kind { png, idx };

/// What a file is by its first bytes; its name does not matter.
Kind kind_of(std::span<const std::byte> file, const std::string& name) {
  if (bp::is_png(file)) return Kind::png;
  const auto begins_with = [&](int first, int second) {
    return file.size() > 1 && file[0] == std::byte(first) && file[1] == std::byte(second);
  };
  if (begins_with(0x1F, 0x8B) || begins_with(0, 0)) return Kind::idx;
  std::string found = file.empty() ? "an empty file" : "one that begins with";
  for (const std::byte byte : file.first(std::min<std::size_t>(4, file.size()))) {
    found += fmt::format(" {:02x}", std::to_integer<unsigned>(byte));
  }
  throw bp::Bad_file(fmt::format("{}: expected a PNG or an IDX file of pictures, found {}", name, found));
}

// ---- PNGs -----------------------------------------------------------------------------------------------

struct Size {
  std::size_t rows, cols;
};

/// How large the network's pictures are; where the model does not say, they are square if they can be.
Size size_of_pictures(const Reader& reader) {
  if (reader.notes().rows > 0) return {reader.notes().rows, reader.notes().cols};
  const auto side = static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(reader.inputs()))));
  if (side * side == reader.inputs()) return {side, side};
  throw Failure(bad_input,
                fmt::format("{} does not say what size its pictures have, and its {} inputs are no "
                            "square: give it pictures as an IDX file",
                            reader.source(), reader.inputs()));
}

/// The picture as the network takes it, with a hint where the reader may want it otherwise.
bp::Fitted_picture fitted(const bp::Grey_picture& picture, const Reader& reader, const Options& options) {
  const Size size = size_of_pictures(reader);
  if (!options.prepare.empty()) {
    return bp::prepare_picture(picture, preparations.at(options.prepare), size.rows, size.cols);
  }
  const auto known = preparations.find(reader.notes().data);
  const bp::Preparation preparation = known == preparations.end() ? bp::Preparation::plain : known->second;
  bp::Fitted_picture ready = bp::fit_picture(picture, preparation, size.rows, size.cols);
  if (ready.inverted) ready.how += fmt::format(" (--prepare {} changes that)", known->first);
  return ready;
}

/// All PNGs, read and prepared before the first line is printed: one that cannot be read ends it all.
class Prepared_pngs {
 public:
  void add(const std::string& path, const std::string& bytes, const Reader& reader, const Options& options) {
    const bp::Grey_picture picture = bp::parse_png(std::as_bytes(std::span(bytes)), bp::quoted(path));
    const bp::Fitted_picture ready = fitted(picture, reader, options);
    pixels_.insert(pixels_.end(), ready.pixels.begin(), ready.pixels.end());
    predictions_.push_back({.image = predictions_.size(),
                            .file = path,
                            .how = fmt::format("{} x {} pixels; {}", picture.cols, picture.rows, ready.how)});
  }

  void predict(Reader& reader, const Prediction_printer& printer, bool json) {
    const std::vector<double> scores = reader(pixels_);
    const std::size_t classes = reader.classes().size();
    printer.heading();
    for (Prediction& prediction : predictions_) {
      prediction.scores = std::span(scores).subspan(prediction.image * classes, classes);
      json ? printer.json_line(prediction) : printer.alone(prediction);
    }
  }

 private:
  std::vector<std::uint8_t> pixels_;
  std::vector<Prediction> predictions_;
};

// ---- IDX files ------------------------------------------------------------------------------------------

void check_size(const bp::Images& images, const Reader& reader, const std::string& name) {
  const bp::Model_notes& notes = reader.notes();
  const bool fits = notes.rows > 0 ? images.rows == notes.rows && images.cols == notes.cols
                                   : images.pixels() == reader.inputs();
  if (fits) return;
  throw Failure(bad_input, fmt::format("{}: its pictures have {} x {} pixels, and {} takes {}", name,
                                       images.cols, images.rows, reader.source(),
                                       notes.rows > 0 ? fmt::format("{} x {}", notes.cols, notes.rows)
                                                      : fmt::format("{} in all", reader.inputs())));
}

/// Empty where no labels are given.
bp::Labels labels_for(const bp::Images& images, const Reader& reader, const Options& options) {
  if (options.labels.empty()) return {};
  bp::Labels labels = bp::read_labels(options.labels);
  const std::string name = bp::quoted(options.labels);
  if (labels.count() != images.count) {
    throw Failure(bad_input, fmt::format("{}: expected {} labels, one for each picture, found {}", name,
                                         images.count, labels.count()));
  }
  for (std::size_t i = 0; i < labels.count(); ++i) {
    if (labels.bytes[i] < reader.classes().size()) continue;
    throw Failure(bad_input,
                  fmt::format("{}: label {}: expected one below {}, the number of classes, found {}", name, i,
                              reader.classes().size(), labels.bytes[i]));
  }
  return labels;
}

void predict_idx(Reader& reader, const std::string& file, Prediction_printer& printer,
                 const Options& options) {
  if (!options.prepare.empty())
    throw Failure(bad_input, "--prepare is for PNGs: an IDX file's pictures are ready");
  const std::string name = bp::quoted(options.files.front());
  const bp::Images images = bp::parse_images(std::as_bytes(std::span(file)), name);
  check_size(images, reader, name);
  const bp::Labels labels = labels_for(images, reader, options);
  const std::vector<double> scores = reader(images.bytes);
  const std::size_t classes = reader.classes().size();
  const bool table = !options.json && images.count > 1;
  printer.heading();
  if (table) printer.table_head(images.count, labels.count() > 0);
  std::size_t right = 0;
  for (std::size_t i = 0; i < images.count; ++i) {
    Prediction prediction{.image = i, .scores = std::span(scores).subspan(i * classes, classes)};
    if (labels.count() > 0) {
      prediction.label = labels.bytes[i];
      right += ranked(prediction.scores).front() == prediction.label ? 1 : 0;
    }
    if (table)
      printer.table_row(prediction);
    else
      options.json ? printer.json_line(prediction) : printer.alone(prediction);
  }
  if (labels.count() > 0) printer.accuracy(right, images.count);
}

// ---- The command ----------------------------------------------------------------------------------------

void predict(const Options& options) {
  Reader reader(options.model);
  Prediction_printer printer(reader, options.top, options.json);
  Prepared_pngs pngs;
  for (const std::string& path : options.files) {
    const std::string file = bp::read_file(path, bp::largest_idx);
    if (kind_of(std::as_bytes(std::span(file)), bp::quoted(path)) == Kind::png) {
      if (!options.labels.empty()) throw Failure(bad_input, "--labels goes with an IDX file of pictures");
      pngs.add(path, file, reader, options);
    } else if (options.files.size() > 1) {
      throw Failure(bad_input, "an IDX file is read alone: give one IDX file, or one PNG or more");
    } else {
      return predict_idx(reader, file, printer, options);
    }
  }
  pngs.predict(reader, printer, options.json);
}

}  // namespace

void add_predict_command(CLI::App& app) {
  Command command(app, "predict", "Ask a trained network what pictures show");
  const auto options = std::make_shared<Options>();
  command.option("--load", options->model, "The network: a .safetensors that backstep train saved")
      .called("MODEL")
      .required();
  command.option("FILE", options->files, "PNGs of any size, or an IDX file, plain or .gz")
      .called("")
      .required();
  command.option("--top", options->top, "Show the N best classes of each picture")
      .called("N")
      .from_to(1, 1'000'000);
  command.option("--labels", options->labels, "What the pictures of an IDX file are; gives the accuracy")
      .called("IDX");
  command.option("--prepare", options->prepare, "Prepare PNGs as this, even those of the network's size")
      .called("DATA")
      .one_of({"mnist", "fashion-mnist", "plain"});
  command.option("--json", options->json, "Print JSON, a line a picture");
  command.runs([options] { predict(*options); });
}

}  // namespace backstep
