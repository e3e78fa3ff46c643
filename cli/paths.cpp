#include "paths.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>

namespace chronofault::cli {
namespace {

namespace fs = std::filesystem;

/// Where a file would come to lie that is made at this path: also at the end of a link to nothing.
fs::path resolved(const std::string& path) {
  constexpr int links_max = 40;
  std::error_code failed;
  fs::path at = fs::absolute(path, failed);
  for (int i = 0; i < links_max && fs::is_symlink(at, failed); ++i) {
    const fs::path target = fs::read_symlink(at, failed);
    at = at.parent_path() / target;
  }
  return fs::weakly_canonical(at, failed);
}

std::string last_error() { return std::generic_category().message(errno); }

}  // namespace

std::string cannot_write_into(const std::string& folder) {
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) return fmt::format("{}: there is no such folder", folder);
  if (access(folder.c_str(), W_OK | X_OK) == 0) return {};
  return fmt::format("{}: no file can be written into this folder: {}", folder, last_error());
}

std::string cannot_write(const std::string& path) {
  std::error_code failed;
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  if (!fs::is_directory(folder, failed)) return fmt::format("{}: there is no folder {}", path, folder.string());
  const fs::file_status there = fs::status(path, failed);
  if (fs::is_directory(there)) return fmt::format("{}: is a folder", path);
  if (there.type() == fs::file_type::none) return fmt::format("{}: cannot be written: {}", path, failed.message());
  if (!fs::exists(there)) return cannot_write_into(folder.string());
  return access(path.c_str(), W_OK) == 0 ? std::string() : fmt::format("{}: cannot be written: {}", path, last_error());
}

std::string write_text(const std::string& path, const std::string& text, bool fresh) {
  std::error_code failed;
  if (fresh && fs::exists(path, failed)) return fmt::format("{}: exists already; nothing was written", path);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file ? std::string() : fmt::format("{}: cannot be written", path);
}

bool same_file(const std::string& one, const std::string& other) {
  std::error_code failed;
  if (fs::exists(one, failed) && !fs::is_regular_file(one, failed)) return false;
  return fs::equivalent(one, other, failed) || resolved(one) == resolved(other);
}

bool reads_once(const std::string& path) {
  std::error_code failed;
  const fs::file_status there = fs::status(path, failed);
  return fs::exists(there) && !fs::is_regular_file(there) && !fs::is_directory(there);
}

}  // namespace chronofault::cli
