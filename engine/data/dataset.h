// A data set of the MNIST family: a folder of four IDX files, found, read, and checked against each other.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/data/idx.h"

namespace bp {

/// Pictures and the class of each: as many labels as images.
struct Labelled_images {
  Images images;
  Labels labels;

  std::size_t size() const { return images.count; }
};

/// What to learn from, and what to be tested on.
///
/// Shapes:  the images of both parts are of one size.
struct Dataset {
  Labelled_images train;
  Labelled_images test;
  std::size_t classes = 0;  ///< every label is below
};

/// Reads a data set from a folder.
///
/// Files:   train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte,
///          t10k-labels-idx1-ubyte; each may be spelt with a dot (train-images.idx3-ubyte), and each may be
///          packed (.gz). A plain file is preferred to a packed one.
/// Throws:  std::runtime_error in one line: a file that is missing, with the names looked for and the
///          command that fetches it, or one that cannot be read; Bad_file (file_error.h): a file that is
///          damaged, counts of images and labels that differ, test images of another size, a label that is
///          not below `classes`.
Dataset load_dataset(const std::filesystem::path& folder, std::size_t classes = 10);

/// Where a data set may lie, the first to be preferred: $BACKSTEP_DATA, the MNIST folder in the user's data
/// directory, and where Debian's package dataset-fashion-mnist puts Fashion-MNIST.
///
/// The user's data directory is $XDG_DATA_HOME when that is an absolute path, else ~/.local/share;
/// lessons/get-mnist saves MNIST in backstep/mnist there. A variable that is unset or empty gives no
/// folder.
std::vector<std::filesystem::path> dataset_folders();

/// The first of the folders that exists.
///
/// Throws:  std::runtime_error in one line: what was looked for, where, and the commands that get it.
std::filesystem::path find_dataset(const std::vector<std::filesystem::path>& folders = dataset_folders());

/// What the ten classes of Fashion-MNIST are, in its authors' words.
const std::vector<std::string>& fashion_class_names();

/// The names of a folder's classes: Fashion-MNIST's kinds where there are ten and a folder of the path (or
/// of the path that it links to) has "fashion" in its name, else the numbers "0", "1", ...
std::vector<std::string> class_names(const std::filesystem::path& folder, std::size_t classes = 10);

}  // namespace bp
