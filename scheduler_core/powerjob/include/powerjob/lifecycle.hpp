// The column `lifecycle` of jobs and workflows: {"start": ms, "end": ms}, both optional, both inclusive (powerjob 7.1).
#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include <ports/time.hpp>

namespace chronofault::powerjob {

struct LifeCycle {
  std::optional<WallTime> start;
  std::optional<WallTime> end;
};

/// Empty text is no life cycle; the error says what is wrong.
tl::expected<LifeCycle, std::string> parse_lifecycle(const std::string& json);
std::string to_json(const LifeCycle& lifecycle);

}  // namespace chronofault::powerjob
