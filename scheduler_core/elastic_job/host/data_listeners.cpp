#include "data_listeners.hpp"

#include <span>

#include "../swallowing.hpp"

namespace chronofault::elastic_job {

DataListeners::DataListeners(const JobContext& context, Settings settings, Journal& journal,
                             std::vector<std::unique_ptr<DataListener>> listeners)
    : context_(context), settings_(settings), journal_(journal), listeners_(std::move(listeners)) {
  settings_.draws.shuffle(std::span(listeners_));
  if (!settings_.thread_of_its_own) return;
  ThreadPool::Settings thread("ListenerNotify-" + context.job, 1, 1, ThreadPool::unlimited);
  thread_ = std::make_unique<ThreadPool>(settings_.executor, std::move(thread));
}

void DataListeners::listen_to(curator::CuratorCache& cache) {
  cache.add_listener([this](const curator::CuratorCacheEvent& event) { return this->event(&event); });
}

void DataListeners::remove() { removed_ = true; }

void DataListeners::end_thread() {
  if (thread_) thread_->shutdown();
}

// spec: elasticjob 4.2
Task<> DataListeners::event(const curator::CuratorCacheEvent* event) {
  using Type = curator::CuratorCacheEvent::Type;
  const bool deleted = event->type == Type::node_deleted;
  const std::optional<curator::ChildData>& subject = deleted ? event->old : event->data;
  if (removed_ || !subject || subject->path.empty()) co_return;
  DataChanged changed;
  if (event->type == Type::node_changed) changed.type = DataChanged::Type::changed;
  if (deleted) changed.type = DataChanged::Type::deleted;
  changed.path = subject->path;
  if (subject->data) changed.data = *subject->data;
  record(changed);
  if (!thread_) {
    co_await tell(std::move(changed));
    co_return;
  }
  if (thread_->is_shutdown()) co_return;
  ThreadPool::Job job = [this, changed] { return tell(changed); };
  thread_->execute(std::move(job));
}

// spec: elasticjob 8.8
Task<> DataListeners::tell(DataChanged event) {
  if (settings_.lag_max > Duration()) {
    const Duration lag = settings_.draws.between(Duration(), settings_.lag_max);
    co_await sleep_quietly(&context_.clock, lag);
  }
  for (const auto& listener : listeners_) {
    if (!listener->concerns(event)) continue;
    bool interrupted = false;
    try {
      co_await listener->data_changed(event);
    } catch (const Interrupted&) {
      interrupted = true;
    } catch (...) {
      // Logged upstream; the next one is told.
    }
    if (interrupted) co_await curator::keep_interrupt();
  }
}

/// What this process learns of the job's members and of itself as leader.
void DataListeners::record(const DataChanged& event) {
  const JobInstance* const own = context_.instance();
  if (own == nullptr) return;
  const bool created = event.type == DataChanged::Type::created;
  const bool deleted = event.type == DataChanged::Type::deleted;
  if (context_.paths.is_leader_instance(event.path) && event.data == own->id) {
    if (deleted) {
      journal_.leader_lost();
    } else {
      journal_.leader_taken(own->id);
    }
  }
  if (!context_.paths.is_instance(event.path)) return;
  const std::string members = context_.paths.full(node::instances) + "/";
  if (!event.path.starts_with(members)) return;
  if (created) journal_.member_seen(event.path.substr(members.size()));
  if (deleted) journal_.member_lost(event.path.substr(members.size()));
}

}  // namespace chronofault::elastic_job
