// `backstep lessons` lists the lessons, `backstep lesson N` runs one and says where its picture is, and with
// --page also the page on which a reader steps through what the lesson draws.
#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "lessons/backstep/command.h"
#include "lessons/backstep/process.h"

namespace backstep {
namespace {

namespace fs = std::filesystem;

struct Lesson {
  int number;
  std::string_view file;   // "06_worked_example"
  bool has_page;           // it draws a graph, through which one can step
  std::string_view title;  // the first line of the lesson's file, behind "Lesson 6: "
};

constexpr Lesson lessons[] = {
#include <lesson_list.inc>  // made from the first lines of the lessons' files, when this is built
};

/// The lesson that somebody calls "6" or "06".
const Lesson& find_lesson(const std::string& number) {
  int wanted = 0;
  const char* end = number.data() + number.size();
  const auto [read_to, error] = std::from_chars(number.data(), end, wanted);
  for (const Lesson& lesson : lessons) {
    if (error == std::errc() && read_to == end && lesson.number == wanted) return lesson;
  }
  throw Failure(bad_input, fmt::format("there is no lesson {}; `backstep lessons` shows them", number));
}

/// In the build tree the lessons stand beside this program; once installed, in a folder of their own, which
/// is looked for from here (an installed tree may have been moved) and then where it was installed.
fs::path program_of(const Lesson& lesson) {
  const fs::path here = own_folder();
  const fs::path installed = BACKSTEP_LESSON_DIR;
  for (const fs::path& folder : {here, here / installed.lexically_relative(BACKSTEP_BIN_DIR), installed}) {
    fs::path program = (folder / lesson.file).lexically_normal();
    if (fs::is_regular_file(program)) return program;
  }
  throw Failure(file_trouble, fmt::format("lesson {} is not installed: found no {} in {}", lesson.number,
                                          lesson.file, installed.string()));
}

/// The folder for pictures: $BACKSTEP_PICTURES, else where lessons/run puts them when this is a build tree,
/// else `pictures` where the reader stands. The lesson learns it from the environment.
fs::path picture_folder(const fs::path& program) {
  fs::path folder = "pictures";
  if (const char* chosen = std::getenv("BACKSTEP_PICTURES"); chosen != nullptr && *chosen != '\0') {
    folder = chosen;
  } else if (program.parent_path() == own_folder()) {
    const fs::path build_folder = own_folder().parent_path();
    const fs::path seen_from_here = build_folder.lexically_proximate(fs::current_path());
    folder = (*seen_from_here.begin() == ".." ? build_folder : seen_from_here) / "pictures";
    folder = folder.lexically_normal();
  }
  std::error_code trouble;
  fs::create_directories(folder, trouble);
  if (trouble) {
    throw Failure(file_trouble, fmt::format("cannot make the folder {} for pictures: {}", folder.string(),
                                            trouble.message()));
  }
  setenv("BACKSTEP_PICTURES", folder.c_str(), 1);
  return folder;
}

/// The lesson's pictures and pages in the folder, each with the time at which it was written.
std::map<fs::path, fs::file_time_type> pictures_of(const Lesson& lesson, const fs::path& folder) {
  std::map<fs::path, fs::file_time_type> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().starts_with(lesson.file)) {
      found[entry.path()] = entry.last_write_time();
    }
  }
  return found;
}

Failure has_no_page(const Lesson& lesson) {
  std::string with_one;
  for (const Lesson& other : lessons) {
    if (other.has_page) with_one += fmt::format("{}{}", with_one.empty() ? "" : ", ", other.number);
  }
  return {bad_input,
          fmt::format("lesson {} has no page to step through; these have: {}", lesson.number, with_one)};
}

int run_lesson(const Lesson& lesson, bool with_page) {
  if (with_page && !lesson.has_page) throw has_no_page(lesson);
  const fs::path program = program_of(lesson);
  const fs::path folder = picture_folder(program);
  const auto before = pictures_of(lesson, folder);
  if (with_page) setenv("BACKSTEP_PAGE", "1", 1);
  const int status = run_program(program);
  // A lesson that fails, and has said so, could not write, or found no images to learn from. An interruption
  // stays one.
  if (status != done) return status >= 128 ? status : file_trouble;
  for (const auto& [picture, written] : pictures_of(lesson, folder)) {
    const auto old = before.find(picture);
    if (old != before.end() && old->second == written) continue;
    fmt::print("Its {}: {}\n", picture.extension() == ".html" ? "page" : "picture", picture.string());
  }
  return done;
}

}  // namespace

void add_lessons_command(CLI::App& app) {
  Command(app, "lessons", "List the lessons").runs([] {
    for (const Lesson& lesson : lessons) fmt::print("{:3}  {}\n", lesson.number, lesson.title);
  });
}

void add_lesson_command(CLI::App& app, int& status) {
  struct Options {
    std::string number;
    bool page = false;
  };
  Command command(app, "lesson", "Run lesson N");
  const auto options = std::make_shared<Options>();
  command.option("N", options->number, "Which one: `backstep lessons` lists them").called("").required();
  command.option("--page", options->page,
                 "Write a page, too: a browser then steps through the graph that it draws");
  command.runs([options, &status] { status = run_lesson(find_lesson(options->number), options->page); });
}

}  // namespace backstep
