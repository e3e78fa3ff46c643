#include <coordination/paths.hpp>
#include <ports/task/result.hpp>

namespace chronofault::curator {

std::string make_path(std::string_view parent, std::string_view child) {
  std::string path(parent);
  if (path.empty() || path.back() != '/') path += '/';
  path += child;
  return path;
}

std::string_view node_of(std::string_view path) noexcept { return path.substr(path.rfind('/') + 1); }

std::string parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

Task<> make_parents(std::shared_ptr<zk::Handle> handle, std::string path, bool last_node, bool containers) {
  const std::shared_ptr<zk::Handle> keep = std::move(handle);
  const zk::CreateMode mode = containers ? zk::CreateMode::container : zk::CreateMode::persistent;
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    if (end == std::string::npos && !last_node) co_return;
    std::string at = path.substr(0, end);
    const std::optional<zk::Stat> stat = co_await keep->exists(at, nullptr);
    if (!stat) {
      try {
        co_await keep->create(std::move(at), std::string(), mode);
      } catch (const zk::NodeExists&) {
      }
    }
    if (end == std::string::npos) co_return;
  }
}

Task<> delete_children(std::shared_ptr<zk::Handle> handle, std::string path, bool self) {
  const std::shared_ptr<zk::Handle> keep = std::move(handle);
  while (true) {
    const auto children = co_await as_result<zk::NoNode>(keep->get_children(path, nullptr));
    if (!children) co_return;
    for (const std::string& child : *children) {
      std::string below = make_path(path, child);
      co_await delete_children(keep, std::move(below), true);
    }
    if (!self) co_return;
    try {
      co_await keep->del(path, -1);
      co_return;
    } catch (const zk::NotEmpty&) {
    } catch (const zk::NoNode&) {
      co_return;
    }
  }
}

}  // namespace chronofault::curator
