// Finding the four files, and what one file alone cannot say: whether they fit together. See dataset.h.
#include "engine/data/dataset.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include "engine/data/file_error.h"

namespace bp {
namespace {

namespace fs = std::filesystem;

constexpr const char* how_to_get =
    "; get MNIST with lessons/get-mnist, or Fashion-MNIST with sudo apt-get install dataset-fashion-mnist";

// A path that may not be looked at counts as there: opening it will say what is wrong.
bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::status(path, error).type() != fs::file_type::not_found;
}

// part: "train" or "t10k"; kind: "images" or "labels".
fs::path find_file(const fs::path& folder, const std::string& part, const std::string& kind) {
  const std::string stem = part + "-" + kind;
  const std::string ending = kind == "images" ? "idx3-ubyte" : "idx1-ubyte";
  for (const char* packed : {"", ".gz"}) {
    for (const char* mark : {"-", "."}) {
      fs::path path = folder / (stem + mark + ending + packed);
      if (is_there(path)) return path;
    }
  }
  throw std::runtime_error(quoted(folder) + ": expected " + stem + "-" + ending + " (or " + stem + "." +
                           ending + ", either also with .gz), found no such file" + how_to_get);
}

void check_labels(const fs::path& path, const Labels& labels, std::size_t classes) {
  constexpr std::size_t head = 8;  // bytes before the first label
  const auto wrong = std::find_if(labels.bytes.begin(), labels.bytes.end(),
                                  [classes](std::uint8_t label) { return label >= classes; });
  if (wrong == labels.bytes.end()) return;
  const auto position = static_cast<std::size_t>(wrong - labels.bytes.begin());
  throw Bad_file(quoted(path) + ": label " + std::to_string(position) + " (byte " +
                 std::to_string(head + position) + "): expected one below " + std::to_string(classes) +
                 ", the number of classes, found " + std::to_string(*wrong));
}

Labelled_images load_part(const fs::path& folder, const std::string& part, std::size_t classes) {
  const fs::path images = find_file(folder, part, "images"), labels = find_file(folder, part, "labels");
  Labelled_images found{read_images(images), read_labels(labels)};
  if (found.images.count != found.labels.count()) {
    throw Bad_file(quoted(labels) + ": expected " + std::to_string(found.images.count) +
                   " labels, one for each image of " + quoted(images.filename()) + ", found " +
                   std::to_string(found.labels.count()));
  }
  check_labels(labels, found.labels, classes);
  return found;
}

std::string size_of(const Images& images) {
  return std::to_string(images.rows) + " x " + std::to_string(images.cols);
}

// Nothing where the variable is unset or empty.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Dataset load_dataset(const fs::path& folder, std::size_t classes) {
  Dataset set{load_part(folder, "train", classes), load_part(folder, "t10k", classes), classes};
  const Images &train = set.train.images, &test = set.test.images;
  if (train.rows != test.rows || train.cols != test.cols) {
    throw Bad_file(quoted(find_file(folder, "t10k", "images")) + ": expected images of " + size_of(train) +
                   " pixels, as in the training set, found " + size_of(test));
  }
  return set;
}

std::vector<fs::path> dataset_folders() {
  std::vector<fs::path> folders;
  if (const std::string chosen = variable("BACKSTEP_DATA"); !chosen.empty()) folders.emplace_back(chosen);
  const fs::path data = variable("XDG_DATA_HOME"), home = variable("HOME");
  if (data.is_absolute()) {
    folders.push_back(data / "backstep" / "mnist");
  } else if (!home.empty()) {
    folders.push_back(home / ".local" / "share" / "backstep" / "mnist");
  }
  folders.emplace_back("/usr/share/datasets/fashion-mnist");
  return folders;
}

fs::path find_dataset(const std::vector<fs::path>& folders) {
  const auto found = std::find_if(folders.begin(), folders.end(), is_there);
  if (found != folders.end()) return *found;
  std::string looked;
  for (const fs::path& folder : folders) looked += (looked.empty() ? "" : ", ") + quoted(folder);
  throw std::runtime_error("no images to learn from: looked for a folder with MNIST's four files at " +
                           looked + how_to_get);
}

const std::vector<std::string>& fashion_class_names() {
  static const std::vector<std::string> names = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                                 "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  return names;
}

std::vector<std::string> class_names(const fs::path& folder, std::size_t classes) {
  std::error_code error;
  const fs::path real = fs::canonical(folder, error);  // empty where there is no such folder
  const auto is_fashion = [](const fs::path& path) {
    return path.string().find("fashion") != std::string::npos;
  };
  if (classes == fashion_class_names().size() && (is_fashion(folder) || is_fashion(real)))
    return fashion_class_names();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < classes; ++i) names.push_back(std::to_string(i));
  return names;
}

}  // namespace bp
