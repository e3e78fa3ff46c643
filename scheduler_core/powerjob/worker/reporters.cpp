#include <powerjob/worker/reporters.hpp>
#include <powerjob/worker/task_trackers.hpp>

namespace chronofault::powerjob {

namespace {

constexpr std::size_t lines_per_message = 20;

double gigabytes(std::int64_t bytes) { return static_cast<double>(bytes) / (1 << 30); }

SystemMetrics system_metrics(const HostMetrics& host) {
  SystemMetrics metrics;
  metrics.cpu_processors = host.cores;
  metrics.cpu_load = host.load;
  metrics.jvm_max_memory = gigabytes(host.process_memory_max);
  metrics.jvm_used_memory = gigabytes(host.process_memory_used);
  metrics.memory_total = gigabytes(host.memory_total);
  metrics.memory_used = gigabytes(host.memory_used);
  metrics.disk_total = gigabytes(host.disk_total);
  metrics.disk_used = gigabytes(host.disk_used);
  return metrics;
}

}  // namespace

void HealthReporter::beat() {
  if (!worker_.current_server.get()) return;
  WorkerHeartbeat heartbeat;
  heartbeat.worker_address = worker_.address;
  heartbeat.app_name = worker_.config.app_name;
  heartbeat.app_id = worker_.app_id;
  heartbeat.heartbeat_time = worker_.now();
  heartbeat.protocol = worker_.config.protocol;
  heartbeat.tag = worker_.config.tag;
  heartbeat.metrics = system_metrics(worker_.ports.host.metrics());
  if (worker_.profile.overloaded_workers_are_spared) {
    heartbeat.light_trackers = static_cast<std::int64_t>(worker_.task_trackers->light_count());
    heartbeat.heavy_trackers = static_cast<std::int64_t>(worker_.task_trackers->heavy_count());
    heartbeat.overloaded = heartbeat.light_trackers >= worker_.profile.light_tracker_max ||
                           heartbeat.heavy_trackers >= worker_.profile.heavy_tracker_max;
  }
  worker_.tell_server(body_of(std::move(heartbeat)));
}

void LogReporter::submit() {
  if (!worker_.current_server.get()) {
    lines_.clear();
    return;
  }
  while (!lines_.empty()) {
    WorkerLogReportReq batch;
    batch.worker_address = worker_.address;
    while (!lines_.empty() && batch.lines.size() < lines_per_message) {
      batch.lines.push_back(std::move(lines_.front()));
      lines_.pop_front();
    }
    worker_.tell_server(body_of(std::move(batch)));
  }
}

}  // namespace chronofault::powerjob
