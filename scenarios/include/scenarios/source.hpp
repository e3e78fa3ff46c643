// The text of a scenario or of a chaos script, and the name under which messages speak of it.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include <scenarios/place.hpp>

namespace chronofault::scenarios {

struct Source {
  std::string name;  // of a file: its path; includes are relative to the folder of it
  std::string text;
};

/// Opens and reads a file once: a regular one of at most 4 MiB, or what the shell hands in as /dev/stdin or /dev/fd/N,
/// a pipe also. Anything else (a folder, a device, a named pipe, what cannot be opened) is a problem of the file as a
/// whole.
tl::expected<Source, Problem> read_source(const std::string& path);

}  // namespace chronofault::scenarios
