// The statements of one transaction (StdJDBCDelegate), under the names of quartz 4. Each is one round trip; where
// upstream joins two tables there are two. What fails throws db::DatabaseError.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include <ports/database.hpp>
#include <ports/task/task.hpp>
#include <quartz/tables.hpp>

namespace chronofault::quartz {

class Statements {
 public:
  /// Both outlive it.
  Statements(db::Session& session, const std::string& sched_name) : session_(&session), sched_name_(&sched_name) {}

  // Which triggers are due. Ties of next fire time and priority come in the engine's order.
  /// Q-ACQ(to, from, n). Instants in ms, here and below.
  Task<std::vector<TriggerRow>> q_acq(std::int64_t to, std::int64_t from, std::size_t n);
  /// Q-MISF(ts, st): at most `limit` rows; none: all.
  Task<std::vector<TriggerRow>> q_misf(std::int64_t ts, std::string state, std::optional<std::size_t> limit);
  Task<std::int64_t> cnt_misf(std::int64_t ts, std::string state);

  // States of triggers. Each returns the number of rows.
  Task<std::int64_t> u_st(TriggerKey key, std::string to, std::string from);
  /// Whatever the state is.
  Task<std::int64_t> u_st(TriggerKey key, std::string to);
  Task<std::int64_t> u_jobst(JobKey job, std::string to, std::string from);
  Task<std::int64_t> u_jobst(JobKey job, std::string to);
  Task<std::int64_t> u_group_st(std::string group, std::string to, std::vector<std::string> from);
  Task<std::int64_t> u_all_st(std::string to, std::vector<std::string> from);

  // FIRED_TRIGGERS.
  Task<> i_fired(FiredTriggerRow row);
  /// Without looking whether the row is there.
  Task<> u_fired(FiredTriggerRow row);
  Task<> d_fired(std::string id);
  Task<> d_fired_inst(std::string instance);
  Task<> d_fired_all();
  Task<std::vector<FiredTriggerRow>> q_fired_inst(std::string instance);
  Task<std::vector<FiredTriggerRow>> q_fired_job(JobKey job);
  Task<std::vector<FiredTriggerRow>> q_fired_trig(TriggerKey key);
  /// INSTANCE_NAMEs of all rows.
  Task<std::set<std::string>> q_fired_instances();

  // SCHEDULER_STATE.
  Task<std::vector<SchedulerStateRow>> q_state();
  Task<std::int64_t> u_state(std::string instance, std::int64_t t);
  Task<> i_state(std::string instance, std::int64_t t, std::int64_t interval);
  Task<> d_state(std::string instance);

  // JOB_DETAILS.
  Task<std::optional<JobDetailRow>> q_job(JobKey key);
  Task<> i_job(JobDetailRow row);
  Task<> u_job(JobDetailRow row);
  Task<> u_job_data(JobKey key, std::optional<std::string> data);
  Task<std::int64_t> d_job(JobKey key);
  Task<std::vector<JobKey>> q_jobs_of_group(std::string group);

  // TRIGGERS and their extensions.
  Task<std::optional<TriggerRow>> q_trigger(TriggerKey key);
  /// Keys, in the order of the index.
  Task<std::vector<TriggerKey>> q_triggers_of_job(JobKey job);
  Task<std::vector<TriggerKey>> q_triggers_of_group(std::string group);
  Task<std::vector<TriggerKey>> q_triggers_of_calendar(std::string calendar);
  Task<std::vector<TriggerKey>> q_triggers_in_state(std::string state);
  Task<std::set<std::string>> q_trigger_groups();
  Task<> i_trigger(TriggerRow row);
  /// All columns but JOB_DATA, which is written only `with_data`.
  Task<> u_trigger(TriggerRow row, bool with_data);
  Task<std::int64_t> d_trigger(TriggerKey key);
  /// The extension of a trigger of this type; none: it is missing.
  Task<std::optional<ExtensionRow>> q_extension(TriggerKey key, std::string type);
  Task<> i_extension(ExtensionRow row);
  /// Nothing where there is no such row (quartz 7.15, #920).
  Task<> u_extension(ExtensionRow row);
  /// From the first table that has one.
  Task<> d_extension(TriggerKey key);

  // PAUSED_TRIGGER_GRPS.
  Task<bool> q_group_paused(std::string group);
  Task<> i_group_paused(std::string group);
  Task<> d_group_paused(std::string group);

  // CALENDARS.
  Task<std::optional<CalendarRow>> q_calendar(std::string name);
  Task<> i_calendar(CalendarRow row);
  Task<> u_calendar(CalendarRow row);

 private:
  template <class R>
  Task<std::vector<R>> rows(db::Select select);
  template <class R>
  Task<std::optional<R>> first(db::Where where);
  Task<std::int64_t> change(db::Statement statement);
  template <class R>
  db::Where at(const triggers::TriggerKey& key, db::Test residual = db::Test()) const;
  db::Where via(std::string_view index, db::Values rest, db::Test residual = db::Test()) const;
  Task<std::vector<TriggerKey>> trigger_keys(db::Where where);

  db::Session* session_;
  const std::string* sched_name_;
};

}  // namespace chronofault::quartz
