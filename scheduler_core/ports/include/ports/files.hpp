// Files of this host. They survive a crash of the process; what was written is durable when write() returns.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chronofault {

/// The disk is full or read-only.
struct IoError {
  explicit IoError(std::string what) : what(std::move(what)) {}
  std::string what;
};

class Files {
 public:
  virtual std::optional<std::string> read(std::string_view path) const = 0;
  /// Replaces the file whole. Throws IoError; the old content then stays.
  virtual void write(std::string_view path, std::string content) = 0;
  virtual void append(std::string_view path, std::string_view content) = 0;
  virtual bool remove(std::string_view path) = 0;
  /// Paths that start with `prefix`, in byte order.
  virtual std::vector<std::string> list(std::string_view prefix) const = 0;

 protected:
  ~Files() = default;
};

}  // namespace chronofault
