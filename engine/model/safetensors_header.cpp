// nlohmann-json costs 3 s of compile time: the few files of this folder that read or write JSON include it.
//
// Its parser is used as a reader of events (SAX). That way nothing is built that we did not ask for, a key
// that stands twice is seen (a document would keep one of the two and say nothing), and brackets nested a
// million deep end at the third.
#include "engine/model/safetensors_header.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <unordered_set>
#include <utility>

#include "engine/model/bad_file.h"
#include "engine/model/json_text.h"

namespace bp {
namespace {

class Header_reader {
 public:
  explicit Header_reader(const std::string& source) : source_(source) {}

  Safetensors_header take() { return std::move(header_); }

  // What nlohmann-json calls. It goes on for as long as the answer is true; we never say false, but throw.

  bool start_object(std::size_t) {
    if (in_ == In::nothing) return enter(In::root);
    if (in_ != In::root) unexpected("an object");
    if (key_ == "__metadata__") return enter(In::metadata);
    header_.tensors.push_back({key_, Dtype::f32, {}, 0, 0});
    has_dtype_ = has_shape_ = has_offsets_ = false;
    return enter(In::tensor);
  }

  bool end_object() {
    if (in_ == In::tensor && !(has_dtype_ && has_shape_ && has_offsets_)) {
      const char* const missing = !has_dtype_ ? "dtype" : !has_shape_ ? "shape" : "data_offsets";
      refuse_tensor(std::string("expected '") + missing + "', found none");
    }
    return enter(in_ == In::root ? In::end : In::root);
  }

  bool key(std::string& text) {
    if (in_ == In::root) {
      if (!seen_.insert(text).second) refuse("expected every name once, found " + in_quotes(text) + " twice");
      const std::string fault = text == "__metadata__" ? "" : name_fault(text);
      if (!fault.empty()) refuse("tensor " + in_quotes(text) + ": " + fault);
      key_ = std::move(text);
    } else if (in_ == In::metadata) {
      if (header_.metadata.contains(text)) refuse("metadata " + in_quotes(text) + ": it stands twice");
      metadata_key_ = std::move(text);
    } else {
      bool* const seen = text == "dtype"          ? &has_dtype_
                         : text == "shape"        ? &has_shape_
                         : text == "data_offsets" ? &has_offsets_
                                                  : nullptr;
      if (seen == nullptr) refuse_tensor("expected dtype, shape and data_offsets, found " + in_quotes(text));
      if (std::exchange(*seen, true)) refuse_tensor(in_quotes(text) + " stands twice");
      field_ = std::move(text);
    }
    return true;
  }

  bool string(std::string& text) {
    if (in_ == In::metadata) return metadata(text);
    if (in_ != In::tensor || field_ != "dtype") unexpected("the text " + in_quotes(text));
    for (const Dtype_names& row : dtypes()) {
      if (row.safetensors == text) {
        tensor().dtype = row.dtype;
        return true;
      }
    }
    refuse_tensor("expected a type that we have, such as F32, found " + in_quotes(text));
  }

  bool start_array(std::size_t) {
    if (in_ != In::tensor || field_ == "dtype") unexpected("a list");
    return enter(field_ == "shape" ? In::shape : In::offsets);
  }

  bool end_array() {
    if (in_ == In::offsets) {
      if (offsets_.size() != 2) {
        refuse_tensor("expected two data_offsets, found " + std::to_string(offsets_.size()));
      }
      tensor().begin = offsets_[0];
      tensor().end = offsets_[1];
      offsets_.clear();
    }
    return enter(In::tensor);
  }

  bool number_unsigned(std::uint64_t number) {
    if (in_ == In::shape) {
      tensor().shape.push_back(number);
    } else if (in_ == In::offsets) {
      offsets_.push_back(number);
    } else {
      unexpected("the number " + std::to_string(number));
    }
    return true;
  }

  bool number_integer(std::int64_t number) { unexpected("the number " + std::to_string(number)); }
  bool number_float(double, const std::string& text) { unexpected("the number " + in_quotes(text)); }
  bool boolean(bool value) { unexpected(value ? "true" : "false"); }
  bool null() { unexpected("null"); }
  bool binary(std::vector<std::uint8_t>&) { unexpected("binary"); }  // JSON has none

  bool parse_error(std::size_t byte, const std::string&, const nlohmann::json::exception&) {
    refuse("expected JSON, which ends or goes wrong at byte " + std::to_string(byte));
  }

 private:
  enum class In { nothing, root, metadata, tensor, shape, offsets, end };

  bool enter(In in) {
    in_ = in;
    return true;
  }

  bool metadata(std::string& text) {
    for (const std::string* part : {&std::as_const(metadata_key_), &std::as_const(text)}) {
      const std::string fault = text_fault(*part);
      if (!fault.empty()) refuse("metadata " + in_quotes(metadata_key_) + ": " + fault);
    }
    header_.metadata.emplace(metadata_key_, std::move(text));
    return true;
  }

  Header_entry& tensor() { return header_.tensors.back(); }

  [[noreturn]] void refuse(const std::string& what) const { refuse_file(source_, "header: " + what); }
  [[noreturn]] void refuse_tensor(const std::string& what) const {
    refuse("tensor " + in_quotes(key_) + ": " + what);
  }
  [[noreturn]] void unexpected(const std::string& found) const {
    const std::string but = ", found " + found;
    switch (in_) {
      case In::nothing: refuse("expected an object" + but);
      case In::root: refuse(in_quotes(key_) + ": expected an object" + but);
      case In::metadata: refuse("metadata " + in_quotes(metadata_key_) + ": expected text" + but);
      case In::tensor: refuse_tensor(field_ + ": expected " + (field_ == "dtype" ? "text" : "a list") + but);
      default: refuse_tensor(field_ + ": expected whole numbers from 0 to 2^64 - 1" + but);
    }
  }

  const std::string& source_;
  Safetensors_header header_;
  In in_ = In::nothing;
  std::unordered_set<std::string> seen_;
  std::string key_, metadata_key_, field_;
  bool has_dtype_ = false, has_shape_ = false, has_offsets_ = false;
  std::vector<std::size_t> offsets_;
};

}  // namespace

Safetensors_header parse_header(std::string_view json, const std::string& source) {
  // The parser would take blanks or a byte order mark before the text, and end it at a zero byte.
  if (json.empty() || json[0] != '{') refuse_file(source, "header: expected it to begin with '{'");
  if (const std::size_t zero = json.find('\0'); zero != json.npos) {
    refuse_file(source, "header: expected JSON, found a zero byte at byte " + std::to_string(zero + 1));
  }
  Header_reader reader(source);
  nlohmann::json::sax_parse(json, &reader);
  return reader.take();
}

std::string print_header(const Safetensors_header& header, std::size_t max_size) {
  std::string json = "{";
  const auto part = [&](const std::string& name) { json += (json.size() > 1 ? "," : "") + name + ":{"; };
  if (!header.metadata.empty()) {
    part(json_text("__metadata__"));
    const char* comma = "";
    for (const auto& [key, text] : header.metadata) {
      json += std::exchange(comma, ",") + json_text(key) + ":" + json_text(text);
    }
    json += "}";
  }
  for (const Header_entry& tensor : header.tensors) {
    part(json_text(tensor.name));
    json += "\"dtype\":\"" + std::string(names(tensor.dtype).safetensors) + "\",\"shape\":[";
    const char* comma = "";
    for (const std::size_t length : tensor.shape) json += std::exchange(comma, ",") + std::to_string(length);
    json += "],\"data_offsets\":[" + std::to_string(tensor.begin) + "," + std::to_string(tensor.end) + "]}";
  }
  json += "}";
  json.append((8 - json.size() % 8) % 8, ' ');
  if (json.size() > max_size) {
    throw std::invalid_argument("a safetensors header has at most " + std::to_string(max_size) +
                                " bytes, and these tensors need " + std::to_string(json.size()));
  }
  return json;
}

}  // namespace bp
