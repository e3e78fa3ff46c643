#include <elastic_job/errors.hpp>
#include <elastic_job/rules/item_parameters.hpp>
#include <elastic_job/rules/task_context.hpp>

#include "java_split.hpp"

namespace chronofault::elastic_job {

namespace {

std::string joined(const std::vector<int>& items) {
  std::string text;
  for (const int item : items) {
    if (!text.empty()) text += ',';
    text += std::to_string(item);
  }
  return text;
}

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (auto part = parts.begin(); part != parts.end(); ++part) {
    if (part != parts.begin()) text += id_delimiter;
    text += *part;
  }
  return text;
}

}  // namespace

// spec: elasticjob 1
std::string instance_id(std::string_view ip, int pid) { return join({ip, std::to_string(pid)}); }

std::string ip_of(std::string_view instance_id) {
  return std::string(instance_id.substr(0, instance_id.find(id_delimiter)));
}

TaskMeta task_meta(const std::string& text) {
  const std::vector<std::string> parts = java_split(text, id_delimiter);
  if (parts.size() != 1 && parts.size() != 2 && parts.size() != 5) throw IllegalStateError(text);
  TaskMeta meta;
  meta.job = parts[0];
  if (parts.size() == 1 || parts[1].empty()) return meta;
  std::size_t from = 0;
  while (true) {
    const std::size_t comma = parts[1].find(',', from);
    meta.items.push_back(parse_java_int(std::string_view(parts[1]).substr(from, comma - from)));
    if (comma == std::string::npos) return meta;
    from = comma + 1;
  }
}

std::string to_string(const TaskMeta& meta) { return join({meta.job, joined(meta.items)}); }

std::string TaskContext::task_name() const { return join({to_string(meta), type, slave_id}); }

TaskContext task_context(const std::string& id) {
  const std::vector<std::string> parts = java_split(id, id_delimiter);
  if (parts.size() != 5) throw IllegalStateError(id);
  TaskContext context;
  context.id = id;
  context.meta = task_meta(join({parts[0], parts[1]}));
  if (parts[2] != "READY" && parts[2] != "FAILOVER") throw JavaError("IllegalArgumentException", parts[2]);
  context.type = parts[2];
  context.slave_id = parts[3];
  return context;
}

// spec: elasticjob 7.6
std::string task_id(const std::string& job, const std::vector<int>& items, const std::string& own_id) {
  return join({job, joined(items), "READY", own_id});
}

}  // namespace chronofault::elastic_job
