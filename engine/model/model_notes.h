// What a model file says of how its network came to be, beside the network itself: enough for somebody else's
// picture to be prepared as the network's own were, and for its outputs to be named.
//
// All of it is text in the metadata. A file made elsewhere may lack any of it; what is there must be right.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/model/tensor.h"

namespace bp {

struct Model_notes {
  std::string loss;                  ///< "loss": "cross-entropy", "half-squared", "mse"; "" where not said
  std::string data;                  ///< "data": "mnist", "fashion-mnist" or another name; "" where not said
  std::size_t rows = 0, cols = 0;    ///< "image": "28x28"; 0 where not said
  std::vector<std::string> classes;  ///< "classes": a JSON list of names; empty where not said
};

/// The notes of a file, for a network of so many inputs and outputs.
///
/// Throws:  Bad_file in one line: a note that cannot be read, an image that has not as many pixels as there
///          are inputs, names that are not as many as there are outputs or of which two are the same.
Model_notes read_notes(const Tensor_file& file, std::size_t inputs, std::size_t outputs);

/// The notes as metadata, for Tensor_file::set_metadata().
///
/// Throws:  std::invalid_argument for a name that is not UTF-8.
Tensor_file::Metadata notes_metadata(const Model_notes& notes);

}  // namespace bp
