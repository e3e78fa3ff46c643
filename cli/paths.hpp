// Files that a command writes: whether they can be, and whether one is another.
#pragma once

#include <string>

namespace chronofault::cli {

/// Writes it; empty: done, else the message. `fresh`: the file must not exist.
std::string write_text(const std::string& path, const std::string& text, bool fresh = false);
/// Empty if a file can be made or overwritten at this path, else why not; makes nothing.
std::string cannot_write(const std::string& path);
/// The same of new files in a folder.
std::string cannot_write_into(const std::string& folder);
/// True if what is written at one path would be read at the other, by whatever links. Only of regular files, and of
/// paths at which there is none yet: devices and pipes hold nothing that could be lost.
bool same_file(const std::string& one, const std::string& other);
/// True for a pipe or a device: what is read from it cannot be read again.
bool reads_once(const std::string& path);

}  // namespace chronofault::cli
