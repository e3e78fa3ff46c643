// A node as a cache knows it.
#pragma once

#include <string>

#include <ports/coordination/types.hpp>
#include <ports/task/fiber.hpp>

namespace chronofault::curator {

struct ChildData {
  ChildData() = default;
  ChildData(std::string path, zk::Stat stat, zk::Data data)
      : path(std::move(path)), stat(stat), data(std::move(data)) {}
  std::string path;
  zk::Stat stat;
  zk::Data data;
  RecordId record = 0;  // of the write to the cache; who reads it there cites it
};

}  // namespace chronofault::curator
