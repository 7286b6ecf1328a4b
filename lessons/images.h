// For lessons that learn from images: MNIST or its kin, as a network reads them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/file_error.h"
#include "engine/vector/examples.h"
#include "lessons/plot.h"

namespace bp {

/// Some images with their labels, to learn from and to look at.
struct Learning_images : batch::Image_examples<float> {
  using Image_examples::Image_examples;
  Tile tile(std::size_t i, std::string caption) const {
    return {{(*this)[i].begin(), (*this)[i].end()}, std::move(caption)};
  }
};

/// The data set that is found first, its classes' names, and what to call it.
struct Image_set {
  std::filesystem::path folder = find_dataset();
  Dataset data = load_dataset(folder);
  std::vector<std::string> classes = class_names(folder);

  /// Throws:    std::runtime_error when there is none (and how to get one), or its images are not 28 x 28.
  Image_set() {
    if (data.train.images.pixels() == 784) return;
    throw std::runtime_error(quoted(folder) +
                             ": this lesson learns from images of 28 x 28 pixels, and these have " +
                             std::to_string(data.train.images.pixels()));
  }
  std::string name() const { return classes == fashion_class_names() ? "Fashion-MNIST" : "MNIST"; }
};

}  // namespace bp
