#include <algorithm>
#include <limits>
#include <span>

#include <ports/assert.hpp>
#include <powerjob/rules/worker_select.hpp>

namespace chronofault::powerjob {

namespace {

std::vector<std::string_view> comma_items(std::string_view list) {
  std::vector<std::string_view> items;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view item = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (!item.empty()) items.push_back(item);
  }
  return items;
}

bool is_suitable(const WorkerInfo& worker, const JobInfo& job, WallTime now, const Profile& profile) {
  return !timed_out(worker, now, profile) && is_designated(job.designated_workers, worker, profile) &&
         has_resources(worker.metrics, job.min_cpu_cores, job.min_memory_space, job.min_disk_space);
}

void cut(std::vector<WorkerInfo>& workers, std::int32_t max_worker_count) {
  if (max_worker_count <= 0) return;
  const auto most = static_cast<std::size_t>(max_worker_count);
  if (workers.size() > most) workers.erase(workers.begin() + max_worker_count, workers.end());
}

void sort_by_score(std::vector<WorkerInfo>& workers) {
  std::stable_sort(workers.begin(), workers.end(),
                   [](const WorkerInfo& a, const WorkerInfo& b) { return score_of(a.metrics) > score_of(b.metrics); });
}

}  // namespace

std::int32_t score_of(const SystemMetrics& metrics) {
  if (metrics.score > 0) return metrics.score;
  const double memory = (metrics.jvm_max_memory - metrics.jvm_used_memory) * 2;
  const double cpu = metrics.cpu_load < 0 ? 1 : metrics.cpu_processors - metrics.cpu_load;
  constexpr double largest = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::clamp(memory + cpu, -largest, largest));
}

bool has_resources(const SystemMetrics& metrics, double min_cpu_cores, double min_memory_gb, double min_disk_gb) {
  if (metrics.memory_total - metrics.memory_used < min_memory_gb) return false;
  if (metrics.disk_total - metrics.disk_used < min_disk_gb) return false;
  if (metrics.cpu_load <= 0 || min_cpu_cores <= 0) return true;
  return min_cpu_cores < metrics.cpu_processors - metrics.cpu_load;
}

bool is_designated(const std::string& designated_workers, const WorkerInfo& worker, const Profile& profile) {
  const std::vector<std::string_view> items = comma_items(designated_workers);
  if (items.empty()) return true;
  return std::any_of(items.begin(), items.end(), [&](std::string_view item) {
    return item == worker.address || (profile.designated_matches_tags && item == worker.tag);
  });
}

bool matches_specify(std::string_view config, std::string_view address, std::string_view tag) {
  constexpr std::string_view tag_in = "tagIn:";
  constexpr std::string_view tag_equals = "tagEquals:";
  if (config.starts_with(tag_in)) return tag.find(config.substr(tag_in.size())) != std::string_view::npos;
  if (config.starts_with(tag_equals)) return tag == config.substr(tag_equals.size());
  const std::vector<std::string_view> items = comma_items(config);
  return std::any_of(items.begin(), items.end(), [&](std::string_view item) { return item == address || item == tag; });
}

Selection suitable_workers(const std::vector<WorkerInfo>& table, const JobInfo& job, WallTime now,
                           const Profile& profile, RandomStream& draws) {
  Selection selection;
  std::vector<WorkerInfo>& workers = selection.workers;
  for (const WorkerInfo& worker : table) {
    if (is_suitable(worker, job, now, profile)) workers.push_back(worker);
  }
  if (!profile.strategy_before_cut) {
    cut(workers, job.max_worker_count);
    if (profile.overloaded_workers_are_spared) {
      const bool any = !workers.empty();
      std::erase_if(workers, [](const WorkerInfo& worker) { return worker.overloaded; });
      selection.all_overloaded = any && workers.empty();
    }
    return selection;
  }
  if (profile.score_order_always || job.dispatch_strategy == DispatchStrategy::health_first) {
    sort_by_score(workers);
  } else {
    draws.shuffle(std::span<WorkerInfo>(workers));
  }
  cut(workers, job.max_worker_count);
  return selection;
}

const WorkerInfo& choose_tracker(const std::vector<WorkerInfo>& workers, const JobInfo& job, const Profile& profile,
                                 RandomStream& draws) {
  CF_ASSERT(!workers.empty());
  if (profile.strategy_before_cut) return workers.front();
  if (job.dispatch_strategy == DispatchStrategy::health_first) {
    return *std::max_element(workers.begin(), workers.end(), [](const WorkerInfo& a, const WorkerInfo& b) {
      return score_of(a.metrics) < score_of(b.metrics);
    });
  }
  std::vector<const WorkerInfo*> candidates;
  for (const WorkerInfo& worker : workers) {
    const bool asked = profile.specify_strategy && job.dispatch_strategy == DispatchStrategy::specify &&
                       !job.dispatch_strategy_config.empty();
    if (!asked || matches_specify(job.dispatch_strategy_config, worker.address, worker.tag)) {
      candidates.push_back(&worker);
    }
  }
  if (candidates.empty()) {
    for (const WorkerInfo& worker : workers) candidates.push_back(&worker);
  }
  return *candidates[static_cast<std::size_t>(draws.below(candidates.size()))];
}

}  // namespace chronofault::powerjob
