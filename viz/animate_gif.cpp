// The backward sweep as a GIF: a PNG for each step, put together by ImageMagick.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "engine/data/file.h"
#include "viz/animate.h"
#include "viz/child.h"
#include "viz/dot.h"
#include "viz/render.h"
#include "viz/text.h"

namespace bp {

namespace {

constexpr std::size_t most_pictures = 150;
constexpr std::size_t largest_gif = std::size_t{1} << 30;  // bytes; 150 pictures of 1,600 x 1,600 have 384 MB
constexpr double longest_side = 1600.0;                    // pixels
constexpr const char* step_time = "80";                    // hundredths of a second
constexpr const char* first_time = "120";
constexpr const char* last_time = "300";

// A folder that is gone with everything in it when this is.
class Temporary_folder {
 public:
  Temporary_folder() : name_((std::filesystem::temp_directory_path() / "backstep-XXXXXX").string()) {
    if (::mkdtemp(name_.data()) == nullptr) {
      throw std::runtime_error("backstep: cannot make a temporary folder for the pictures of a GIF: " +
                               std::string(std::strerror(errno)));
    }
  }
  Temporary_folder(const Temporary_folder&) = delete;
  Temporary_folder& operator=(const Temporary_folder&) = delete;
  ~Temporary_folder() {
    std::error_code ignored;  // it is the system's temporary folder, which is emptied
    std::filesystem::remove_all(name_, ignored);
  }

  std::string operator/(const std::string& file) const { return name_ + "/" + file; }

 private:
  std::string name_;
};

// Draws the picture at each step, all in one layout.
std::vector<std::string> draw_steps(const Picture& picture, Picture_options options,
                                    const Temporary_folder& folder) {
  options.steady = true;
  const std::size_t steps = sweep_order(picture).size();
  std::vector<std::string> files;
  std::string size;  // of the first, as it stands in the file
  for (std::size_t step = 0; step <= steps + 1; ++step) {
    const std::string png =
        render(to_dot(at_step(picture, step), options), Picture_format::png, longest_side).bytes;
    constexpr std::size_t size_begin = 16, size_length = 8;
    if (size.empty()) size = png.substr(size_begin, size_length);
    if (png.substr(size_begin, size_length) != size) {
      throw std::logic_error("backstep: the pictures of a backward sweep have several sizes");
    }
    files.push_back(folder / fmt::format("{:03}.png", step));
    write_file_whole(files.back(), png);
  }
  return files;
}

std::vector<std::string> command(const std::string& program, const std::vector<std::string>& files,
                                 const std::string& gif) {
  std::vector<std::string> arguments = {program, "-delay", first_time, files.front(), "-delay", step_time};
  arguments.insert(arguments.end(), files.begin() + 1, files.end() - 1);
  for (const char* each : {"-delay", last_time}) arguments.emplace_back(each);
  arguments.push_back(files.back());
  for (const char* each :
       {"-background", "white", "-alpha", "remove", "+dither", "-loop", "0", "-layers", "Optimize"}) {
    arguments.emplace_back(each);
  }
  arguments.push_back("gif:" + gif);
  return arguments;
}

// Behind a series of blocks, each with its length before it and an empty one at the end; 0: they are cut off.
std::size_t behind_blocks(const std::string& bytes, std::size_t at) {
  while (at < bytes.size()) {
    const auto length = static_cast<unsigned char>(bytes[at]);
    at += length + std::size_t{1};
    if (length == 0) return at;
  }
  return 0;
}

}  // namespace

std::vector<std::string> imagemagick_among(const std::vector<std::string>& programs) {
  std::vector<std::string> found;
  for (const std::string& program : programs) {
    const auto output = run_child({program, "-version"});
    if (output && output->status == 0 && output->out.find("ImageMagick") != std::string::npos) {
      found.push_back(program);
    }
  }
  if (found.empty()) {
    throw Imagemagick_missing(
        "backstep: ImageMagick is not installed, and puts the pictures of a GIF together; on Debian: sudo "
        "apt-get install imagemagick; an .svg needs nothing");
  }
  return found;
}

// GIF89a, sections 18 to 27: a header, then extensions (0x21), pictures (0x2C) and the end (0x3B).
std::size_t pictures_in_gif(const std::string& bytes) {
  const auto byte = [&](std::size_t at) {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0u;
  };
  const auto palette = [](unsigned flags) {
    return (flags & 0x80) != 0 ? std::size_t{3} << ((flags & 7) + 1) : 0;
  };
  if (bytes.compare(0, 6, "GIF89a") != 0 && bytes.compare(0, 6, "GIF87a") != 0) return 0;
  std::size_t count = 0, at = 13 + palette(byte(10));
  while (at != 0 && at < bytes.size()) {
    if (byte(at) == 0x3B) return count;
    if (byte(at) == 0x21) {
      at = behind_blocks(bytes, at + 2);
    } else if (byte(at) == 0x2C) {
      ++count;
      at = behind_blocks(bytes, at + 11 + palette(byte(at + 9)));
    } else {
      return 0;
    }
  }
  return 0;
}

std::string animated_gif(const Picture& picture, const Picture_options& options) {
  const std::size_t steps = sweep_order(picture).size();
  if (steps > most_pictures) {
    throw Picture_too_large(
        fmt::format("backstep: a GIF of this backward sweep would have {} pictures, and {} is "
                    "the most; an .svg has no such bound",
                    steps, most_pictures));
  }
  // "magick" since version 7, "convert" before. Other programs are called convert, too, so that the first on
  // the PATH need not be the one.
  const std::vector<std::string> candidates =
      imagemagick_among({"magick", "convert", "/usr/bin/magick", "/usr/bin/convert"});
  const Temporary_folder folder;
  const std::vector<std::string> files = draw_steps(picture, options, folder);
  const std::string gif = folder / "sweep.gif";
  std::string said;
  for (const std::string& program : candidates) {
    const auto output = run_child(command(program, files, gif));
    if (output && output->status == 0 && std::filesystem::exists(gif)) {
      std::string bytes = read_file(gif, largest_gif);
      if (pictures_in_gif(bytes) == files.size()) return bytes;
    }
    if (output && said.empty()) said = shown_name(output->err, 300);
  }
  throw std::runtime_error("backstep: ImageMagick made no GIF of the pictures" +
                           (said.empty() ? "" : "; it says: " + said));
}

}  // namespace bp
