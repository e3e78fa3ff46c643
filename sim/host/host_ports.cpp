#include <algorithm>

#include <sim/host/host_ports.hpp>

namespace chronofault::sim {

std::optional<std::string> FilesPort::read(std::string_view path) const {
  const auto found = machine_.files().find(path);
  if (found == machine_.files().end()) return std::nullopt;
  return found->second;
}

void FilesPort::require_space() const {
  if (machine_.disk_full()) throw IoError("no space left on device");
}

void FilesPort::write(std::string_view path, std::string content) {
  if (executor_.dying()) return;
  require_space();
  machine_.files().insert_or_assign(std::string(path), std::move(content));
}

void FilesPort::append(std::string_view path, std::string_view content) {
  if (executor_.dying()) return;
  require_space();
  machine_.files()[std::string(path)] += content;
}

bool FilesPort::remove(std::string_view path) {
  if (executor_.dying()) return false;
  return machine_.files().erase(std::string(path)) > 0;
}

std::vector<std::string> FilesPort::list(std::string_view prefix) const {
  std::vector<std::string> paths;
  for (auto it = machine_.files().lower_bound(prefix); it != machine_.files().end(); ++it) {
    if (!std::string_view(it->first).starts_with(prefix)) break;
    paths.push_back(it->first);
  }
  return paths;
}

std::optional<std::string> HostPort::resolve(std::string_view name) const {
  const bool is_ip =
      !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  if (is_ip) return std::string(name);
  return resolver_(name, zone());
}

void HostPort::exit(int) noexcept {
  if (!executor_.dying()) process_.stop(Duration{});
}

void HostPort::on_shutdown(std::string_view name, std::function<Task<>()> hook) {
  process_.add_shutdown_hook(std::string(name), std::move(hook));
}

RecordId EventsPort::emit(const Event& event) { return executor_.dying() ? 0 : trace_.domain(process_, event); }

RecordId EventsPort::wrote(std::string_view what, std::string_view routes) {
  if (executor_.dying() || !trace_.kept()) return 0;
  const RecordId record = trace_.world(RecordKind::memory, process_, trace_.label(what));
  if (!routes.empty()) trace_.rerouted(process_, trace_.label(routes), record);
  return record;
}

void EventsPort::absent(const Absence& absence) {
  if (!executor_.dying()) trace_.absent(process_, absence);
}

}  // namespace chronofault::sim
