#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <zlib.h>

#include <scenarios/verify/vector_file.hpp>

namespace chronofault::verify {
namespace {

constexpr std::size_t unpacked_max = 256 << 20;

std::string read_whole(const std::string& path) {
  const std::filesystem::file_status status = std::filesystem::status(path);
  if (!std::filesystem::exists(status)) throw BadVectors(path, 0, "no such file");
  if (std::filesystem::is_directory(status)) throw BadVectors(path, 0, "is a folder");
  if (!std::filesystem::is_regular_file(status)) throw BadVectors(path, 0, "is not a file");
  if (std::filesystem::file_size(path) > unpacked_max) throw BadVectors(path, 0, "above 256 MiB");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw BadVectors(path, 0, "cannot be opened");
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) throw BadVectors(path, 0, "cannot be read");
  return text;
}

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

struct Inflation {
  Inflation() { inflateInit2(&stream, 16 + MAX_WBITS); }  // gzip alone
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;
  ~Inflation() { inflateEnd(&stream); }
  z_stream stream{};
};

// One member of a gzip file, appended to `text`. Returns what follows it.
std::string_view unpack_member(const std::string& path, std::string_view packed, std::string& text) {
  Inflation inflation;
  z_stream& stream = inflation.stream;
  // zlib does not write to it.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::array<char, 1 << 16> part{};
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(part.data(), part.size() - stream.avail_out);
    if (text.size() > unpacked_max) throw BadVectors(path, 0, "above 256 MiB");
  }
  if (state != Z_STREAM_END) throw BadVectors(path, 0, "damaged: it does not unpack to its end");
  return packed.substr(packed.size() - stream.avail_in);
}

// A file that is not gzip is taken as it is. Members of one that is follow each other, and nothing else does.
std::string read_unpacked(const std::string& path) {
  std::string bytes = read_whole(path);
  if (!is_gzip(bytes)) return bytes;
  std::string text;
  for (std::string_view packed = bytes; !packed.empty();) {
    if (!is_gzip(packed)) throw BadVectors(path, 0, fmt::format("{} bytes after its end", packed.size()));
    packed = unpack_member(path, packed, text);
  }
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
  // JSON ends at one for its parser: what follows would not be seen.
  if (const std::size_t nul = text.find('\0'); nul != std::string::npos) {
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n') + 1;
    throw BadVectors(path, static_cast<int>(line), "holds a NUL byte");
  }
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
