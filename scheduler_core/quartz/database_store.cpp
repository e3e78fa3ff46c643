#include <quartz/cluster_manager.hpp>
#include <quartz/database_store.hpp>
#include <quartz/misfire_handler.hpp>
#include <quartz/process_years.hpp>

namespace chronofault::quartz {

namespace {

std::unique_ptr<LockHandler> make_lock_handler(Clock& clock, const DatabaseStoreOptions& options) {
  if (!options.use_db_locks && !options.clustered && !options.managed_connections) {
    return std::make_unique<SimpleSemaphore>();
  }
  RowLockOptions rows;
  rows.max_retry = options.lock_max_retry;
  rows.retry_period = options.lock_retry_period;
  rows.rolls_back_before_retry = options.policies.roll_back_before_lock_retry;
  return std::make_unique<RowLockSemaphore>(clock, options.scheduler_name, rows);
}

/// The zone of the host by its name, UTC, then what was handed in.
ZoneTable zones_of(Clock& clock, ZoneTable others) {
  return [&clock, others = std::move(others)](std::string_view id) -> const TimeZone* {
    if (id == clock.zone().name()) return &clock.zone();
    if (id == utc().name()) return &utc();
    return others ? others(id) : nullptr;
  };
}

Task<> roll_back_quietly(db::PooledConnection* connection) {
  if (!*connection || !(*connection)->usable()) co_return;
  try {
    co_await (*connection)->rollback();
  } catch (const db::DatabaseError&) {
  }
}

Task<> ask(const std::function<Task<bool>(StoreTransaction*)>* validate, StoreTransaction* tx, bool* happened) {
  *happened = co_await (*validate)(tx);
}

}  // namespace

DatabaseStore::DatabaseStore(Ports& ports, DatabaseStoreOptions options, const JobClasses& classes)
    : ports_(ports),
      options_(std::move(options)),
      classes_(classes),
      reader_(zones_of(ports.clock, options_.zones), give_up_year_of(ports.clock), options_.policies.long_properties),
      locks_(make_lock_handler(ports.clock, options_)),
      fire_counter_(ports.clock.wall().ms()),
      last_check_in_(now()),
      misfire_handler_(std::make_unique<MisfireHandler>(*this)),
      cluster_manager_(std::make_unique<ClusterManager>(*this)),
      threads_(ports.executor) {}

DatabaseStore::~DatabaseStore() = default;

Task<> DatabaseStore::scheduler_started() {
  if (options_.clustered) {
    co_await cluster_manager_->first_pass();
    cluster_manager_->start(threads_);
  } else {
    co_await recover_jobs();
  }
  misfire_handler_->start(threads_);
  scheduler_running_ = true;
}

Task<> DatabaseStore::shutdown() {
  shut_down_ = true;
  co_await misfire_handler_->stop();
  co_await cluster_manager_->stop();
}

// --- transactions -------------------------------------------------------------------------------------------------

Task<db::PooledConnection> DatabaseStore::open() {
  db::PooledConnection connection = co_await ports_.database.acquire();
  co_await connection->begin(std::nullopt);
  co_return connection;
}

Task<> DatabaseStore::in_lock(Lock lock, Body body) {
  if (options_.managed_connections) return in_managed_connection(lock, std::move(body));
  return in_own_transaction(lock, std::move(body), Validator());
}

Task<> DatabaseStore::in_managed_connection(Lock lock, Body body) {
  std::exception_ptr failure;
  try {
    db::PooledConnection connection = co_await ports_.database.acquire();
    LockHandler::Guard guard;
    if (lock) guard = co_await locks_->obtain(&*connection, *lock);
    StoreTransaction tx(*connection, options_.scheduler_name);
    co_await body(&tx);
    if (tx.scheduling_changed) signaler_->scheduling_changed(std::nullopt);
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) throw_persistence(failure);
}

Task<> DatabaseStore::in_own_transaction(Lock lock, Body body, Validator validate) {
  db::PooledConnection connection;
  LockHandler::Guard guard;  // released before the connection goes back
  bool scheduling_changed = false;
  bool committing = false;
  std::exception_ptr failure;
  try {
    if (lock && !locks_->requires_connection()) guard = co_await locks_->obtain(nullptr, *lock);
    connection = co_await open();
    if (lock && locks_->requires_connection()) guard = co_await locks_->obtain(&*connection, *lock);
    StoreTransaction tx(*connection, options_.scheduler_name);
    co_await body(&tx);
    scheduling_changed = tx.scheduling_changed;
    committing = true;
    co_await connection->commit();
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    co_await roll_back_quietly(&connection);
    bool happened = false;
    if (committing && validate) happened = co_await validate_for_ever(std::move(validate));
    if (!happened) throw_persistence(failure);
  }
  if (scheduling_changed) signaler_->scheduling_changed(std::nullopt);
}

/// What leaves a store is JobPersistence, or what its own rules threw.
void DatabaseStore::throw_persistence(const std::exception_ptr& failure) {
  std::string what;
  try {
    std::rethrow_exception(failure);
  } catch (const SchedulerException&) {
    throw;
  } catch (const db::DatabaseError& error) {
    what = error.what;
  } catch (const UnreadableRow& error) {
    what = error.what;
  } catch (const std::exception& error) {
    what = std::string("Unexpected runtime exception: ") + error.what();
  } catch (const Interrupted&) {
    what = "interrupted";
  }
  throw JobPersistence(what);
}

Task<> DatabaseStore::sleep_before_retry() {
  try {
    co_await ports_.clock.sleep_for(options_.db_retry_interval);
  } catch (const Interrupted&) {
    throw JobPersistence("Received interrupted exception");
  }
}

Task<bool> DatabaseStore::validate_for_ever(Validator validate) {
  bool happened = false;
  const Body look = [&](Tx tx) { return ask(&validate, tx, &happened); };
  co_await retry_for_ever(std::nullopt, look, "validating a transaction");
  co_return happened;
}

/// retryExecuteInNonManagedTXLock.
Task<> DatabaseStore::retry_for_ever(Lock lock, Body body, std::string what) {
  constexpr int failures_told_each = 4;
  for (int tries = 1; !shut_down_; ++tries) {
    try {
      co_await in_own_transaction(lock, body, Validator());
      co_return;
    } catch (const JobPersistence&) {
    }
    if (tries % failures_told_each == 0) {
      const std::string message = "An error occurred while " + what;
      co_await signaler_->scheduler_error(message);
    }
    co_await sleep_before_retry();
  }
  throw JobPersistence("JobStore is shutdown - aborting retry");
}

// --- what a node knows --------------------------------------------------------------------------------------------

triggers::TriggerContext DatabaseStore::context() const {
  return triggers::TriggerContext(now(), ports_.clock.zone(), reader_.year_max);
}

WallTime DatabaseStore::misfire_time() const {
  return std::max(now() - options_.misfire_threshold, WallTime::from_ms(0));
}

Task<std::vector<TriggerRow>> DatabaseStore::select_to_acquire(StoreTransaction* tx, WallTime to, WallTime from,
                                                               std::size_t n) {
  return tx->rows.q_acq(to.ms(), from.ms(), n);
}

Task<std::vector<TriggerRow>> DatabaseStore::select_misfired(StoreTransaction* tx, WallTime ts,
                                                             std::optional<std::size_t> limit) {
  return tx->rows.q_misf(ts.ms(), state::waiting, limit);
}

}  // namespace chronofault::quartz
