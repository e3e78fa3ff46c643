#include <quartz/statements.hpp>

namespace chronofault::quartz {

template <class R>
Task<std::vector<R>> Statements::rows(db::Select select) {
  db::Statement statement = std::move(select);
  db::Result result = co_await session_->execute(std::move(statement));
  co_return db::from_rows<R>(result);
}

template <class R>
Task<std::optional<R>> Statements::first(db::Where where) {
  db::Select select(R::table, std::move(where));
  std::vector<R> found = co_await rows<R>(std::move(select));
  std::optional<R> row;
  if (!found.empty()) row = std::move(found.front());
  co_return row;
}

Task<std::int64_t> Statements::change(db::Statement statement) {
  db::Result result = co_await session_->execute(std::move(statement));
  co_return result.count;
}

db::Where Statements::via(std::string_view index, db::Values rest, db::Test residual) const {
  rest.insert(rest.begin(), Value(*sched_name_));
  return db::Where(index, std::move(rest), std::move(residual));
}

/// Keys of jobs and triggers have the name before the group.
template <class R>
db::Where Statements::at(const TriggerKey& key, db::Test residual) const {
  return via("pk", {Value(key.name), Value(key.group)}, std::move(residual));
}

// --- which triggers are due ---------------------------------------------------------------------------------------

namespace {

void order_by_due(db::Select& select) {
  select.order_by.emplace_back(db::column(&TriggerRow::next_fire_time));
  select.order_by.emplace_back(db::column(&TriggerRow::priority), true);
}

db::Test can_misfire() { return db::ne(&TriggerRow::misfire_instr, triggers::misfire::ignore); }

db::Test one_of(const std::vector<std::string>& states) { return db::in(&TriggerRow::trigger_state, states); }

}  // namespace

Task<std::vector<TriggerRow>> Statements::q_acq(std::int64_t to, std::int64_t from, std::size_t n) {
  db::Test ignores = db::eq(&TriggerRow::misfire_instr, triggers::misfire::ignore);
  db::Test in_time = can_misfire() && db::ge(&TriggerRow::next_fire_time, from);
  db::Where where = via("IDX_QRTZ_T_NFT_ST", {Value(std::string(state::waiting))}, ignores || in_time);
  where.high.emplace(Value(to), true);
  db::Select select(TriggerRow::table, std::move(where));
  order_by_due(select);
  select.limit = n;
  return rows<TriggerRow>(std::move(select));
}

Task<std::vector<TriggerRow>> Statements::q_misf(std::int64_t ts, std::string state, std::optional<std::size_t> limit) {
  db::Where where = via("IDX_QRTZ_T_NFT_ST", {Value(std::move(state))}, can_misfire());
  where.high.emplace(Value(ts), false);
  db::Select select(TriggerRow::table, std::move(where));
  order_by_due(select);
  select.limit = limit;
  return rows<TriggerRow>(std::move(select));
}

Task<std::int64_t> Statements::cnt_misf(std::int64_t ts, std::string state) {
  db::Where where = via("IDX_QRTZ_T_NFT_ST", {Value(std::move(state))}, can_misfire());
  where.high.emplace(Value(ts), false);
  db::Select select(TriggerRow::table, std::move(where));
  select.count_only = true;
  return change(std::move(select));
}

// --- states of triggers -------------------------------------------------------------------------------------------

Task<std::int64_t> Statements::u_st(TriggerKey key, std::string to, std::string from) {
  db::Where where = at<TriggerRow>(key, db::eq(&TriggerRow::trigger_state, std::move(from)));
  return change(db::Update(TriggerRow::table, std::move(where), db::set(&TriggerRow::trigger_state, std::move(to))));
}
Task<std::int64_t> Statements::u_st(TriggerKey key, std::string to) {
  db::Where where = at<TriggerRow>(key);
  return change(db::Update(TriggerRow::table, std::move(where), db::set(&TriggerRow::trigger_state, std::move(to))));
}
Task<std::int64_t> Statements::u_jobst(JobKey job, std::string to, std::string from) {
  db::Where where =
      via("IDX_QRTZ_T_J", {Value(job.name), Value(job.group)}, db::eq(&TriggerRow::trigger_state, std::move(from)));
  return change(db::Update(TriggerRow::table, std::move(where), db::set(&TriggerRow::trigger_state, std::move(to))));
}
Task<std::int64_t> Statements::u_jobst(JobKey job, std::string to) {
  db::Where where = via("IDX_QRTZ_T_J", {Value(job.name), Value(job.group)});
  return change(db::Update(TriggerRow::table, std::move(where), db::set(&TriggerRow::trigger_state, std::move(to))));
}
Task<std::int64_t> Statements::u_group_st(std::string group, std::string to, std::vector<std::string> from) {
  db::Where where = via("IDX_QRTZ_T_G", {Value(std::move(group))}, one_of(from));
  return change(db::Update(TriggerRow::table, std::move(where), db::set(&TriggerRow::trigger_state, std::move(to))));
}
Task<std::int64_t> Statements::u_all_st(std::string to, std::vector<std::string> from) {
  db::Where where = via("pk", db::Values(), one_of(from));
  return change(db::Update(TriggerRow::table, std::move(where), db::set(&TriggerRow::trigger_state, std::move(to))));
}

// --- FIRED_TRIGGERS -----------------------------------------------------------------------------------------------

Task<> Statements::i_fired(FiredTriggerRow row) { co_await change(db::to_row(row)); }

Task<> Statements::u_fired(FiredTriggerRow row) {
  db::Where where = via("pk", {Value(row.entry_id)});
  auto set = db::set(&FiredTriggerRow::instance_name, row.instance_name)
                 .to(&FiredTriggerRow::fired_time, row.fired_time)
                 .to(&FiredTriggerRow::sched_time, row.sched_time)
                 .to(&FiredTriggerRow::state, row.state)
                 .to(&FiredTriggerRow::job_name, row.job_name)
                 .to(&FiredTriggerRow::job_group, row.job_group)
                 .to(&FiredTriggerRow::is_nonconcurrent, row.is_nonconcurrent)
                 .to(&FiredTriggerRow::requests_recovery, row.requests_recovery);
  db::Update update(FiredTriggerRow::table, std::move(where), std::move(set));
  co_await change(std::move(update));
}
Task<> Statements::d_fired(std::string id) {
  db::Delete remove(FiredTriggerRow::table, via("pk", {Value(std::move(id))}));
  co_await change(std::move(remove));
}
Task<> Statements::d_fired_inst(std::string instance) {
  db::Delete remove(FiredTriggerRow::table, via("IDX_QRTZ_FT_TRIG_INST_NAME", {Value(std::move(instance))}));
  co_await change(std::move(remove));
}
Task<> Statements::d_fired_all() {
  db::Delete remove(FiredTriggerRow::table, via("pk", db::Values()));
  co_await change(std::move(remove));
}
Task<std::vector<FiredTriggerRow>> Statements::q_fired_inst(std::string instance) {
  db::Where where = via("IDX_QRTZ_FT_TRIG_INST_NAME", {Value(std::move(instance))});
  return rows<FiredTriggerRow>(db::Select(FiredTriggerRow::table, std::move(where)));
}
Task<std::vector<FiredTriggerRow>> Statements::q_fired_job(JobKey job) {
  db::Where where = via("IDX_QRTZ_FT_J_G", {Value(job.name), Value(job.group)});
  return rows<FiredTriggerRow>(db::Select(FiredTriggerRow::table, std::move(where)));
}
Task<std::vector<FiredTriggerRow>> Statements::q_fired_trig(TriggerKey key) {
  db::Where where = via("IDX_QRTZ_FT_T_G", {Value(key.name), Value(key.group)});
  return rows<FiredTriggerRow>(db::Select(FiredTriggerRow::table, std::move(where)));
}
Task<std::set<std::string>> Statements::q_fired_instances() {
  db::Select select(FiredTriggerRow::table, via("pk", db::Values()));
  std::vector<FiredTriggerRow> all = co_await rows<FiredTriggerRow>(std::move(select));
  std::set<std::string> names;
  for (const FiredTriggerRow& row : all) names.insert(row.instance_name);
  co_return names;
}

// --- SCHEDULER_STATE ----------------------------------------------------------------------------------------------

Task<std::vector<SchedulerStateRow>> Statements::q_state() {
  return rows<SchedulerStateRow>(db::Select(SchedulerStateRow::table, via("pk", db::Values())));
}
Task<std::int64_t> Statements::u_state(std::string instance, std::int64_t t) {
  db::Where where = via("pk", {Value(std::move(instance))});
  return change(
      db::Update(SchedulerStateRow::table, std::move(where), db::set(&SchedulerStateRow::last_checkin_time, t)));
}
Task<> Statements::i_state(std::string instance, std::int64_t t, std::int64_t interval) {
  SchedulerStateRow row;
  row.sched_name = *sched_name_;
  row.instance_name = std::move(instance);
  row.last_checkin_time = t;
  row.checkin_interval = interval;
  co_await change(db::to_row(row));
}
Task<> Statements::d_state(std::string instance) {
  db::Delete remove(SchedulerStateRow::table, via("pk", {Value(std::move(instance))}));
  co_await change(std::move(remove));
}

// --- JOB_DETAILS --------------------------------------------------------------------------------------------------

Task<std::optional<JobDetailRow>> Statements::q_job(JobKey key) { return first<JobDetailRow>(at<JobDetailRow>(key)); }
Task<> Statements::i_job(JobDetailRow row) { co_await change(db::to_row(row)); }
Task<> Statements::u_job(JobDetailRow row) {
  db::Where where = at<JobDetailRow>(JobKey(row.job_group, row.job_name));
  auto set = db::set(&JobDetailRow::job_class_name, row.job_class_name)
                 .to(&JobDetailRow::is_durable, row.is_durable)
                 .to(&JobDetailRow::is_nonconcurrent, row.is_nonconcurrent)
                 .to(&JobDetailRow::is_update_data, row.is_update_data)
                 .to(&JobDetailRow::requests_recovery, row.requests_recovery)
                 .to(&JobDetailRow::job_data, row.job_data);
  db::Update update(JobDetailRow::table, std::move(where), std::move(set));
  co_await change(std::move(update));
}
Task<> Statements::u_job_data(JobKey key, std::optional<std::string> data) {
  db::Where where = at<JobDetailRow>(key);
  db::Update update(JobDetailRow::table, std::move(where), db::set(&JobDetailRow::job_data, std::move(data)));
  co_await change(std::move(update));
}
Task<std::int64_t> Statements::d_job(JobKey key) {
  return change(db::Delete(JobDetailRow::table, at<JobDetailRow>(key)));
}
Task<std::vector<JobKey>> Statements::q_jobs_of_group(std::string group) {
  db::Select select(JobDetailRow::table, via("IDX_QRTZ_J_GRP", {Value(std::move(group))}));
  std::vector<JobDetailRow> all = co_await rows<JobDetailRow>(std::move(select));
  std::vector<JobKey> keys;
  for (const JobDetailRow& row : all) keys.emplace_back(row.job_group, row.job_name);
  co_return keys;
}

// --- PAUSED_TRIGGER_GRPS, CALENDARS -------------------------------------------------------------------------------

Task<bool> Statements::q_group_paused(std::string group) {
  db::Where where = via("pk", {Value(std::move(group))});
  std::optional<PausedTriggerGroupRow> row = co_await first<PausedTriggerGroupRow>(std::move(where));
  co_return row.has_value();
}
Task<> Statements::i_group_paused(std::string group) {
  PausedTriggerGroupRow row;
  row.sched_name = *sched_name_;
  row.trigger_group = std::move(group);
  co_await change(db::to_row(row));
}
Task<> Statements::d_group_paused(std::string group) {
  db::Delete remove(PausedTriggerGroupRow::table, via("pk", {Value(std::move(group))}));
  co_await change(std::move(remove));
}

Task<std::optional<CalendarRow>> Statements::q_calendar(std::string name) {
  return first<CalendarRow>(via("pk", {Value(std::move(name))}));
}
Task<> Statements::i_calendar(CalendarRow row) { co_await change(db::to_row(row)); }
Task<> Statements::u_calendar(CalendarRow row) {
  db::Where where = via("pk", {Value(row.calendar_name)});
  db::Update update(CalendarRow::table, std::move(where), db::set(&CalendarRow::calendar, row.calendar));
  co_await change(std::move(update));
}

// --- TRIGGERS -----------------------------------------------------------------------------------------------------

Task<std::optional<TriggerRow>> Statements::q_trigger(TriggerKey key) { return first<TriggerRow>(at<TriggerRow>(key)); }

Task<std::vector<TriggerKey>> Statements::trigger_keys(db::Where where) {
  db::Select select(TriggerRow::table, std::move(where));
  std::vector<TriggerRow> all = co_await rows<TriggerRow>(std::move(select));
  std::vector<TriggerKey> keys;
  for (const TriggerRow& row : all) keys.emplace_back(row.trigger_group, row.trigger_name);
  co_return keys;
}
Task<std::vector<TriggerKey>> Statements::q_triggers_of_job(JobKey job) {
  return trigger_keys(via("IDX_QRTZ_T_J", {Value(job.name), Value(job.group)}));
}
Task<std::vector<TriggerKey>> Statements::q_triggers_of_group(std::string group) {
  return trigger_keys(via("IDX_QRTZ_T_G", {Value(std::move(group))}));
}
Task<std::vector<TriggerKey>> Statements::q_triggers_of_calendar(std::string calendar) {
  return trigger_keys(via("IDX_QRTZ_T_C", {Value(std::move(calendar))}));
}
Task<std::vector<TriggerKey>> Statements::q_triggers_in_state(std::string state) {
  return trigger_keys(via("IDX_QRTZ_T_STATE", {Value(std::move(state))}));
}
Task<std::set<std::string>> Statements::q_trigger_groups() {
  db::Where all = via("pk", db::Values());
  std::vector<TriggerKey> keys = co_await trigger_keys(std::move(all));
  std::set<std::string> groups;
  for (const TriggerKey& key : keys) groups.insert(key.group);
  co_return groups;
}

Task<> Statements::i_trigger(TriggerRow row) { co_await change(db::to_row(row)); }
Task<> Statements::u_trigger(TriggerRow row, bool with_data) {
  db::Where where = at<TriggerRow>(TriggerKey(row.trigger_group, row.trigger_name));
  db::Assignments set = db::set(&TriggerRow::job_name, row.job_name)
                            .to(&TriggerRow::job_group, row.job_group)
                            .to(&TriggerRow::next_fire_time, row.next_fire_time)
                            .to(&TriggerRow::prev_fire_time, row.prev_fire_time)
                            .to(&TriggerRow::trigger_state, row.trigger_state)
                            .to(&TriggerRow::trigger_type, row.trigger_type)
                            .to(&TriggerRow::start_time, row.start_time)
                            .to(&TriggerRow::end_time, row.end_time)
                            .to(&TriggerRow::calendar_name, row.calendar_name)
                            .to(&TriggerRow::misfire_instr, row.misfire_instr)
                            .to(&TriggerRow::priority, row.priority);
  if (with_data) {
    set.emplace_back(db::column(&TriggerRow::job_data), db::value_for<std::optional<std::string>>(row.job_data));
  }
  db::Update update(TriggerRow::table, std::move(where), std::move(set));
  co_await change(std::move(update));
}
Task<std::int64_t> Statements::d_trigger(TriggerKey key) {
  return change(db::Delete(TriggerRow::table, at<TriggerRow>(key)));
}

// --- extensions ---------------------------------------------------------------------------------------------------

Task<std::optional<ExtensionRow>> Statements::q_extension(TriggerKey key, std::string type) {
  std::optional<ExtensionRow> found;
  if (type == trigger_type::simple) {
    auto row = co_await first<SimpleTriggerRow>(at<SimpleTriggerRow>(key));
    if (row) found = std::move(*row);
  } else if (type == trigger_type::cron) {
    auto row = co_await first<CronTriggerRow>(at<CronTriggerRow>(key));
    if (row) found = std::move(*row);
  } else {
    auto row = co_await first<SimpropTriggerRow>(at<SimpropTriggerRow>(key));
    if (row) found = std::move(*row);
  }
  co_return found;
}

Task<> Statements::i_extension(ExtensionRow row) {
  db::Insert insert = std::visit([](const auto& r) { return db::to_row(r); }, row);
  co_await change(std::move(insert));
}

namespace {

db::Assignments assignments(const SimpleTriggerRow& row) {
  return db::set(&SimpleTriggerRow::repeat_count, row.repeat_count)
      .to(&SimpleTriggerRow::repeat_interval, row.repeat_interval)
      .to(&SimpleTriggerRow::times_triggered, row.times_triggered);
}
db::Assignments assignments(const CronTriggerRow& row) {
  return db::set(&CronTriggerRow::cron_expression, row.cron_expression)
      .to(&CronTriggerRow::time_zone_id, row.time_zone_id);
}
db::Assignments assignments(const SimpropTriggerRow& row) {
  return db::set(&SimpropTriggerRow::str_prop_1, row.str_prop_1)
      .to(&SimpropTriggerRow::str_prop_2, row.str_prop_2)
      .to(&SimpropTriggerRow::str_prop_3, row.str_prop_3)
      .to(&SimpropTriggerRow::int_prop_1, row.int_prop_1)
      .to(&SimpropTriggerRow::int_prop_2, row.int_prop_2)
      .to(&SimpropTriggerRow::long_prop_1, row.long_prop_1)
      .to(&SimpropTriggerRow::long_prop_2, row.long_prop_2)
      .to(&SimpropTriggerRow::bool_prop_1, row.bool_prop_1)
      .to(&SimpropTriggerRow::bool_prop_2, row.bool_prop_2);
}

}  // namespace

Task<> Statements::u_extension(ExtensionRow row) {
  db::Update update = std::visit(
      [this]<class R>(const R& r) {
        const TriggerKey key(r.trigger_group, r.trigger_name);
        return db::Update(R::table, at<R>(key), assignments(r));
      },
      row);
  co_await change(std::move(update));
}

Task<> Statements::d_extension(TriggerKey key) {
  for (const std::string_view table :
       {SimpleTriggerRow::table, CronTriggerRow::table, SimpropTriggerRow::table, BlobTriggerRow::table}) {
    db::Delete remove(table, via("pk", {Value(key.name), Value(key.group)}));
    const std::int64_t removed = co_await change(std::move(remove));
    if (removed > 0) break;
  }
}

}  // namespace chronofault::quartz
