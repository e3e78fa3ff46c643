// Which workers this server believes in: upstream's ClusterStatusHolders, one per app (powerjob 2.2, 4.1, 3.1.3).
//
// Nothing here asks who owns the app: any server keeps any heartbeat. A worker leaves in two ways only: the 03:00 pass
// removes those whose last heartbeat is older than 60 s, and the schedule pass of a server that still owns some app
// drops the holders of apps that it does not own.
//
// For causes (not upstream): a table cites the heartbeat or the pass that changed it last; whoever acts on an entry
// that is too old (the 03:00 pass, a dispatch) cites that worker's last heartbeat as an absence.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <powerjob/rules/worker_table.hpp>
#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class ClusterStatus {
 public:
  explicit ClusterStatus(ServerContext& server);

  /// M3. `record` brought it. False: older than what is stored, dropped.
  bool heartbeat(const WorkerHeartbeat& message, RecordId record);
  /// All entries of the app in table order, timed out or not; no holder: none.
  std::vector<WorkerInfo> workers(std::int64_t app_id);
  /// Whether the worker is known here (its M11 is sent then). Cites the table.
  bool knows(std::int64_t app_id, const std::string& worker);
  /// Says that the running unit passed over the entries that are too old: for causes alone.
  void cite_absence(std::int64_t app_id);

  /// 3.1.1 step 2.
  void keep_only(const std::vector<std::int64_t>& app_ids);
  /// 3.1.3 step 1.
  void clean();

 private:
  struct Holder {
    Holder(Events& events, std::uint64_t order_seed) : table(events, "worker table", WorkerTable(order_seed)) {}
    std::string app_name;
    bool present = true;  // false: dropped; the object stays, so that who finds nothing cites who dropped it
    Tracked<WorkerTable> table;
  };
  Holder* present(std::int64_t app_id);

  ServerContext& server_;
  std::uint64_t order_seed_ = 0;
  bool seeded_ = false;
  std::map<std::int64_t, std::unique_ptr<Holder>> holders_;
};

}  // namespace chronofault::powerjob
