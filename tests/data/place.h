// A folder of its own for a test that writes files, and what a refused write said.
#pragma once

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace bp::test {

/// An empty folder, gone again at the end of the test.
class Place {
 public:
  Place() {
    std::string name = (std::filesystem::temp_directory_path() / "backstep-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("cannot make a folder for the test: " + name);
    path_ = name;
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    std::error_code error;  // a folder left behind is no reason to end the program
    std::filesystem::remove_all(path_, error);
  }

  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

  /// Everything in it, hidden files too, sorted and with a space between.
  std::string names() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      found.push_back(entry.path().filename().string());
    }
    std::sort(found.begin(), found.end());
    std::string joined;
    for (const std::string& name : found) joined += (joined.empty() ? "" : " ") + name;
    return joined;
  }

 private:
  std::filesystem::path path_;
};

/// The message of the std::runtime_error that `action` throws; "" when it throws none.
inline std::string complaint(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::runtime_error& error) { return error.what(); }
  return "";
}

}  // namespace bp::test
