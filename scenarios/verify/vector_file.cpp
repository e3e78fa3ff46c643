#include <array>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <zlib.h>

#include <scenarios/verify/vector_file.hpp>

namespace chronofault::verify {
namespace {

constexpr std::size_t unpacked_max = 256 << 20;

// zlib hands a file that is not gzip through as it is.
std::string read_unpacked(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) throw BadVectors(path, 0, "no such file");
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw BadVectors(path, 0, "cannot be opened");
  std::string text;
  std::array<char, 1 << 16> part{};
  for (;;) {
    const int got = gzread(file.get(), part.data(), static_cast<unsigned>(part.size()));
    if (got > 0) text.append(part.data(), static_cast<std::size_t>(got));
    if (text.size() > unpacked_max) throw BadVectors(path, 0, "above 256 MiB");
    if (got <= 0) break;
  }
  int error = Z_OK;
  gzerror(file.get(), &error);
  if (error != Z_OK) throw BadVectors(path, 0, "damaged: it does not unpack to its end");
  return text;
}

bool take_ending(std::string& name, std::string_view ending) {
  if (!name.ends_with(ending)) return false;
  name.resize(name.size() - ending.size());
  return true;
}

}  // namespace

BadVectors::BadVectors(const std::string& file, int line, const std::string& text)
    : std::runtime_error(line == 0 ? fmt::format("{}: {}", file, text) : fmt::format("{}:{}: {}", file, line, text)) {}

VectorFile VectorFile::read(const std::string& path) {
  VectorFile file;
  file.path = path;
  file.name = std::filesystem::path(path).filename().string();
  take_ending(file.name, ".gz");
  file.lines_are_cases = take_ending(file.name, ".jsonl");
  if (!file.lines_are_cases && !take_ending(file.name, ".json"))
    throw BadVectors(path, 0, "recordings end in .jsonl or .json, either may be gzipped (.gz)");

  std::string text = read_unpacked(path);
  if (file.lines_are_cases) {
    int number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      ++number;
      std::string line = text.substr(begin, end - begin);
      if (line.find_first_not_of(" \t\r") != std::string::npos) file.lines.push_back({number, std::move(line)});
      begin = end + 1;
    }
  } else if (text.find_first_not_of(" \t\r\n") != std::string::npos) {
    file.lines.push_back({1, std::move(text)});
  }
  if (file.lines.empty()) throw BadVectors(path, 0, "holds no case");
  return file;
}

}  // namespace chronofault::verify
