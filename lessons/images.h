// For lessons that learn from images: MNIST or its kin, as a network reads them.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/file_error.h"
#include "engine/vector/examples.h"
#include "lessons/plot.h"

namespace bp {

/// Some images and their labels: bytes, which become numbers from 0 to 1 a batch at a time.
struct Learning_images {
  std::span<const std::uint8_t> bytes;
  std::vector<std::uint32_t> labels;
  std::size_t pixels;

  /// `most` of them from the one at `first` on, or all there are; the images themselves stay where they are.
  Learning_images(const Labelled_images& from, std::size_t most, std::size_t first = 0)
      : pixels(from.images.pixels()) {
    const std::span<const std::uint8_t> all(from.labels.bytes),
        some = all.subspan(std::min(first, all.size()));
    labels.assign(some.begin(), some.begin() + static_cast<std::ptrdiff_t>(std::min(most, some.size())));
    bytes = std::span(from.images.bytes).subspan((all.size() - some.size()) * pixels, labels.size() * pixels);
  }

  std::size_t size() const { return labels.size(); }
  std::span<const std::uint8_t> operator[](std::size_t i) const { return bytes.subspan(i * pixels, pixels); }
  batch::Examples<float> examples() const { return {.bytes = bytes, .labels = labels}; }
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
