// A disk that fills up, a limit, a place without permission, a redirected output: each in a child process,
// because it takes a change to the whole process to bring it about.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "engine/data/file.h"
#include "tests/data/place.h"
#include "tests/support/catch2.h"

namespace fs = std::filesystem;
using bp::check_writable, bp::read_file, bp::write_file_whole, bp::test::complaint, bp::test::Place;

namespace {

int syncs = 0;
int sync_error = 0;  // what fsync fails with; 0: it does its work

}  // namespace

// Takes the place of the C library's, for this program.
extern "C" int fsync(int file) {
  ++syncs;
  if (sync_error == 0) return static_cast<int>(::syscall(SYS_fsync, file));
  errno = sync_error;
  return -1;
}

namespace {

constexpr std::size_t plenty = 1'000'000;

// What `work` returns, run in a child process; "cannot: ..." where the child could not even be prepared.
std::string in_child(const std::function<std::string()>& work) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::string said;
    try {
      said = work();
    } catch (const std::exception& error) { said = std::string("threw: ") + error.what(); }
    const bool whole = ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    ::_exit(whole ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  char byte = 0;
  while (::read(ends[0], &byte, 1) == 1) said += byte;
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status == 0 ? said : said + " (the child ended with status " + std::to_string(status) + ")";
}

// From here on a user without root's permissions.
bool become_nobody() { return ::geteuid() != 0 || ::seteuid(65534) == 0; }

// A view of the file system of this process's own, in which `folder` is a new disk of 64 KiB. An ordinary
// user gets one where the system allows user namespaces: in it this user is root.
bool mount_small_disk(const fs::path& folder) {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (::unshare(user == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0) return false;
  if (user != 0) {
    std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
  }
  return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=64k") == 0;
}

// True where the test must be left out; says so.
bool left_out(const std::string& said) {
  if (said.rfind("cannot: ", 0) != 0) return false;
  bp::test::skip(said);
  return true;
}

}  // namespace

TEST_CASE("a write that runs into the file size limit leaves the old file and no temporary", "[file]") {
  const Place place;
  write_file_whole(place / "a", "old");

  const std::string said = in_child([&]() -> std::string {
    const rlimit limit{10'000, 10'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return "cannot: set a file size limit";
    std::signal(SIGXFSZ, SIG_IGN);
    return complaint([&] { write_file_whole(place / "a", std::string(100'000, 'x')); });
  });

  if (left_out(said)) return;
  CHECK(said == "'" + (place / "a").string() + "': cannot write 100000 bytes: File too large");
  CHECK(read_file(place / "a", plenty) == "old");
  CHECK(place.names() == "a");
}

TEST_CASE("a write that fills the disk leaves the old file and no temporary", "[file]") {
  const Place place;

  const std::string said = in_child([&]() -> std::string {
    if (!mount_small_disk(place.path())) return "cannot: mount a small disk";
    write_file_whole(place / "a", "old");
    const std::string full = complaint([&] { write_file_whole(place / "a", std::string(100'000, 'x')); });
    const std::string fresh = complaint([&] { write_file_whole(place / "b", std::string(100'000, 'x')); });
    return full + "|" + fresh + "|" + read_file(place / "a", plenty) + "|" + place.names();
  });

  if (left_out(said)) return;
  const std::string why = "': cannot write 100000 bytes: No space left on device";
  CHECK(said == "'" + (place / "a").string() + why + "|'" + (place / "b").string() + why + "|old|a");
}

TEST_CASE("a write is forced to the disk before it takes its place, or does not take it", "[file]") {
  const Place place;
  syncs = 0;

  write_file_whole(place / "a", "old");
  sync_error = EIO;
  const std::string said = complaint([&] { write_file_whole(place / "a", "new"); });
  sync_error = 0;

  CHECK(syncs == 2);
  CHECK(said == "'" + (place / "a").string() + "': cannot bring 3 bytes to the disk: Input/output error");
  CHECK(read_file(place / "a", plenty) == "old");
  CHECK(place.names() == "a");
}

TEST_CASE("a write without permission is refused, beforehand too, and changes nothing", "[file]") {
  const Place place;
  write_file_whole(place / "guarded", "old");
  write_file_whole(place / "secret", "hidden");
  fs::create_directory(place / "closed");
  write_file_whole(place / "closed/a", "old");
  fs::permissions(place / "guarded", fs::perms(0444));
  fs::permissions(place / "secret", fs::perms(0000));
  fs::permissions(place / "closed/a", fs::perms(0666));
  fs::permissions(place / "closed", fs::perms(0555));
  fs::permissions(place.path(), fs::perms(0777));

  const std::string said = in_child([&]() -> std::string {
    if (!become_nobody()) return "cannot: become an ordinary user";
    std::string all;
    for (const char* name : {"guarded", "closed/a", "closed/b"}) {
      all += complaint([&] { write_file_whole(place / name, "new"); }) + "|";
      all += complaint([&] { check_writable(place / name); }) + "|";
    }
    return all + complaint([&] { read_file(place / "secret", plenty); });
  });
  fs::permissions(place / "closed", fs::perms(0755));

  if (left_out(said)) return;
  const std::string at = "'" + place.path().string() + "/";
  const std::string guarded = at + "guarded': cannot replace it: Permission denied|";
  const std::string a = at + "closed/a': cannot create a file in its folder: Permission denied|";
  const std::string b = at + "closed/b': cannot create a file in its folder: Permission denied|";
  CHECK(said == guarded + guarded + a + a + b + b + at + "secret': cannot open it: Permission denied");
  CHECK(read_file(place / "guarded", plenty) == "old");
  CHECK(read_file(place / "closed/a", plenty) == "old");
  CHECK(place.names() == "closed guarded secret");
}

TEST_CASE("a move to the place that fails leaves no temporary", "[file]") {
  // In a sticky folder everybody may create files, but only its owner may replace one.
  const Place place;
  write_file_whole(place / "a", "old");
  fs::permissions(place / "a", fs::perms(0666));
  fs::permissions(place.path(), fs::perms(01777));
  if (::geteuid() != 0) {
    bp::test::skip("takes two users");
    return;
  }

  const std::string said = in_child([&]() -> std::string {
    if (!become_nobody()) return "cannot: become an ordinary user";
    return complaint([&] { write_file_whole(place / "a", "new"); });
  });

  if (left_out(said)) return;
  CHECK(said ==
        "'" + (place / "a").string() + "': cannot move the new file to its place: Operation not permitted");
  CHECK(read_file(place / "a", plenty) == "old");
  CHECK(place.names() == "a");
}

TEST_CASE("standard output is written where it stands, redirected to a file or a pipe", "[file]") {
  if (!fs::exists("/dev/stdout")) {
    bp::test::skip("this system has no /dev/stdout");
    return;
  }
  const Place place;
  write_file_whole(place / "out", "");
  write_file_whole(place / "other", "a file that is not standard output");

  const std::string to_file = in_child([&]() -> std::string {
    const int file = ::open((place / "out").c_str(), O_WRONLY);
    if (file < 0 || ::dup2(file, STDOUT_FILENO) < 0) return "cannot: redirect standard output";
    std::fputs("before, ", stdout);
    write_file_whole("/dev/stdout", "the bytes, ");
    write_file_whole(place / "other", "elsewhere");
    std::fputs("after", stdout);
    std::fflush(stdout);
    return "";
  });
  const std::string to_pipe = in_child([]() -> std::string {
    int ends[2];
    if (::pipe(ends) != 0 || ::dup2(ends[1], STDOUT_FILENO) < 0) return "cannot: redirect standard output";
    write_file_whole("/dev/stdout", "through the pipe");
    char got[64];
    const ssize_t size = ::read(ends[0], got, sizeof got);
    return size < 0 ? "nothing came" : std::string(got, static_cast<std::size_t>(size));
  });

  CHECK(to_file.empty());
  CHECK(read_file(place / "out", plenty) == "before, the bytes, after");
  CHECK(read_file(place / "other", plenty) == "elsewhere");
  CHECK(to_pipe == "through the pipe");
  CHECK(place.names() == "other out");
}
