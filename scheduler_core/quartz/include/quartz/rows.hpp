// The QRTZ_ tables (quartz 2.1). Every key begins with SCHED_NAME, the name of the scheduler whose nodes share the
// rows. Instants are whole milliseconds in integer columns, as upstream's BIGINTs; tables.hpp has what 0, -1 and NULL
// mean. Columns that nothing here decides by (DESCRIPTION, DEC_PROP) are left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/database/typed.hpp>

namespace chronofault::quartz {

struct JobDetailRow {
  static constexpr std::string_view table = "QRTZ_JOB_DETAILS";
  JobDetailRow() = default;
  std::string sched_name;
  std::string job_name;
  std::string job_group;
  std::string job_class_name;
  bool is_durable = false;
  bool is_nonconcurrent = false;  // written, never read: the class decides
  bool is_update_data = false;    // likewise
  bool requests_recovery = false;
  std::optional<std::string> job_data;

  template <class V>
  static void columns(V&& v) {
    v("SCHED_NAME", &JobDetailRow::sched_name, db::primary_key);
    v("JOB_NAME", &JobDetailRow::job_name, db::primary_key);
    v("JOB_GROUP", &JobDetailRow::job_group, db::primary_key);
    v("JOB_CLASS_NAME", &JobDetailRow::job_class_name);
    v("IS_DURABLE", &JobDetailRow::is_durable);
    v("IS_NONCONCURRENT", &JobDetailRow::is_nonconcurrent);
    v("IS_UPDATE_DATA", &JobDetailRow::is_update_data);
    v("REQUESTS_RECOVERY", &JobDetailRow::requests_recovery);
    v("JOB_DATA", &JobDetailRow::job_data);
  }
  static std::vector<IndexSpec> indexes() { return {{"IDX_QRTZ_J_GRP", {"SCHED_NAME", "JOB_GROUP"}, false}}; }
};

struct TriggerRow {
  static constexpr std::string_view table = "QRTZ_TRIGGERS";
  TriggerRow() = default;
  std::string sched_name;
  std::string trigger_name;
  std::string trigger_group;
  std::string job_name;
  std::string job_group;
  std::optional<std::int64_t> next_fire_time;
  std::optional<std::int64_t> prev_fire_time;
  std::optional<std::int64_t> priority;
  std::string trigger_state;
  std::string trigger_type;
  std::int64_t start_time = 0;
  std::optional<std::int64_t> end_time;
  std::optional<std::string> calendar_name;
  std::optional<std::int64_t> misfire_instr;
  std::optional<std::string> job_data;

  template <class V>
  static void columns(V&& v) {
    v("SCHED_NAME", &TriggerRow::sched_name, db::primary_key);
    v("TRIGGER_NAME", &TriggerRow::trigger_name, db::primary_key);
    v("TRIGGER_GROUP", &TriggerRow::trigger_group, db::primary_key);
    v("JOB_NAME", &TriggerRow::job_name);
    v("JOB_GROUP", &TriggerRow::job_group);
    v("NEXT_FIRE_TIME", &TriggerRow::next_fire_time);
    v("PREV_FIRE_TIME", &TriggerRow::prev_fire_time);
    v("PRIORITY", &TriggerRow::priority);
    v("TRIGGER_STATE", &TriggerRow::trigger_state);
    v("TRIGGER_TYPE", &TriggerRow::trigger_type);
    v("START_TIME", &TriggerRow::start_time);
    v("END_TIME", &TriggerRow::end_time);
    v("CALENDAR_NAME", &TriggerRow::calendar_name);
    v("MISFIRE_INSTR", &TriggerRow::misfire_instr);
    v("JOB_DATA", &TriggerRow::job_data);
  }
  static std::vector<IndexSpec> indexes() {
    return {{"IDX_QRTZ_T_J", {"SCHED_NAME", "JOB_NAME", "JOB_GROUP"}, false},
            {"IDX_QRTZ_T_C", {"SCHED_NAME", "CALENDAR_NAME"}, false},
            {"IDX_QRTZ_T_G", {"SCHED_NAME", "TRIGGER_GROUP"}, false},
            {"IDX_QRTZ_T_STATE", {"SCHED_NAME", "TRIGGER_STATE"}, false},
            {"IDX_QRTZ_T_NFT_ST", {"SCHED_NAME", "TRIGGER_STATE", "NEXT_FIRE_TIME"}, false},
            {"IDX_QRTZ_T_NFT_ST_MISFIRE", {"SCHED_NAME", "MISFIRE_INSTR", "NEXT_FIRE_TIME", "TRIGGER_STATE"}, false}};
  }
};

struct SimpleTriggerRow {
  static constexpr std::string_view table = "QRTZ_SIMPLE_TRIGGERS";
  SimpleTriggerRow() = default;
  std::string sched_name;
  std::string trigger_name;
  std::string trigger_group;
  std::int64_t repeat_count = 0;
  std::int64_t repeat_interval = 0;
  std::int64_t times_triggered = 0;

  template <class V>
  static void columns(V&& v) {
    v("SCHED_NAME", &SimpleTriggerRow::sched_name, db::primary_key);
    v("TRIGGER_NAME", &SimpleTriggerRow::trigger_name, db::primary_key);
    v("TRIGGER_GROUP", &SimpleTriggerRow::trigger_group, db::primary_key);
    v("REPEAT_COUNT", &SimpleTriggerRow::repeat_count);
    v("REPEAT_INTERVAL", &SimpleTriggerRow::repeat_interval);
    v("TIMES_TRIGGERED", &SimpleTriggerRow::times_triggered);
  }
};

struct CronTriggerRow {
  static constexpr std::string_view table = "QRTZ_CRON_TRIGGERS";
  CronTriggerRow() = default;
  std::string sched_name;
  std::string trigger_name;
  std::string trigger_group;
  std::string cron_expression;
  std::optional<std::string> time_zone_id;

  template <class V>
  static void columns(V&& v) {
    v("SCHED_NAME", &CronTriggerRow::sched_name, db::primary_key);
    v("TRIGGER_NAME", &CronTriggerRow::trigger_name, db::primary_key);
    v("TRIGGER_GROUP", &CronTriggerRow::trigger_group, db::primary_key);
    v("CRON_EXPRESSION", &CronTriggerRow::cron_expression);
    v("TIME_ZONE_ID", &CronTriggerRow::time_zone_id);
  }
};

struct SimpropTriggerRow {
  static constexpr std::string_view table = "QRTZ_SIMPROP_TRIGGERS";
  SimpropTriggerRow() = default;
  std::string sched_name;
  std::string trigger_name;
  std::string trigger_group;
  std::optional<std::string> str_prop_1;
  std::optional<std::string> str_prop_2;
  std::optional<std::string> str_prop_3;
  std::int64_t int_prop_1 = 0;
  std::int64_t int_prop_2 = 0;
  std::int64_t long_prop_1 = 0;
  std::int64_t long_prop_2 = 0;
  bool bool_prop_1 = false;
  bool bool_prop_2 = false;

  template <class V>
  static void columns(V&& v) {
    v("SCHED_NAME", &SimpropTriggerRow::sched_name, db::primary_key);
    v("TRIGGER_NAME", &SimpropTriggerRow::trigger_name, db::primary_key);
    v("TRIGGER_GROUP", &SimpropTriggerRow::trigger_group, db::primary_key);
    v("STR_PROP_1", &SimpropTriggerRow::str_prop_1);
    v("STR_PROP_2", &SimpropTriggerRow::str_prop_2);
    v("STR_PROP_3", &SimpropTriggerRow::str_prop_3);
    v("INT_PROP_1", &SimpropTriggerRow::int_prop_1);
    v("INT_PROP_2", &SimpropTriggerRow::int_prop_2);
    v("LONG_PROP_1", &SimpropTriggerRow::long_prop_1);
    v("LONG_PROP_2", &SimpropTriggerRow::long_prop_2);
    v("BOOL_PROP_1", &SimpropTriggerRow::bool_prop_1);
    v("BOOL_PROP_2", &SimpropTriggerRow::bool_prop_2);
  }
};

/// For kinds of trigger that are none of the above. Nothing here makes one.
struct BlobTriggerRow {
  static constexpr std::string_view table = "QRTZ_BLOB_TRIGGERS";
  BlobTriggerRow() = default;
  std::string sched_name;
  std::string trigger_name;
  std::string trigger_group;
  std::optional<std::string> blob_data;

  template <class V>
  static void columns(V&& v) {
    v("SCHED_NAME", &BlobTriggerRow::sched_name, db::primary_key);
    v("TRIGGER_NAME", &BlobTriggerRow::trigger_name, db::primary_key);
    v("TRIGGER_GROUP", &BlobTriggerRow::trigger_group, db::primary_key);
    v("BLOB_DATA", &BlobTriggerRow::blob_data);
  }
};

struct CalendarRow {
  static constexpr std::string_view table = "QRTZ_CALENDARS";
  CalendarRow() = default;
  std::string sched_name;
  std::string calendar_name;
  std::string calendar;  // rows_calendar.cpp: upstream's is a serialized object

  template <class V>
  static void columns(V&& v) {
    v("SCHED_NAME", &CalendarRow::sched_name, db::primary_key);
    v("CALENDAR_NAME", &CalendarRow::calendar_name, db::primary_key);
    v("CALENDAR", &CalendarRow::calendar);
  }
};

struct PausedTriggerGroupRow {
  static constexpr std::string_view table = "QRTZ_PAUSED_TRIGGER_GRPS";
  PausedTriggerGroupRow() = default;
  std::string sched_name;
  std::string trigger_group;

  template <class V>
  static void columns(V&& v) {
    v("SCHED_NAME", &PausedTriggerGroupRow::sched_name, db::primary_key);
    v("TRIGGER_GROUP", &PausedTriggerGroupRow::trigger_group, db::primary_key);
  }
};

struct FiredTriggerRow {
  static constexpr std::string_view table = "QRTZ_FIRED_TRIGGERS";
  FiredTriggerRow() = default;
  std::string sched_name;
  std::string entry_id;
  std::string trigger_name;
  std::string trigger_group;
  std::string instance_name;
  std::int64_t fired_time = 0;
  std::int64_t sched_time = 0;
  std::int64_t priority = 0;
  std::string state;
  std::optional<std::string> job_name;
  std::optional<std::string> job_group;
  std::optional<bool> is_nonconcurrent;
  std::optional<bool> requests_recovery;

  template <class V>
  static void columns(V&& v) {
    v("SCHED_NAME", &FiredTriggerRow::sched_name, db::primary_key);
    v("ENTRY_ID", &FiredTriggerRow::entry_id, db::primary_key);
    v("TRIGGER_NAME", &FiredTriggerRow::trigger_name);
    v("TRIGGER_GROUP", &FiredTriggerRow::trigger_group);
    v("INSTANCE_NAME", &FiredTriggerRow::instance_name);
    v("FIRED_TIME", &FiredTriggerRow::fired_time);
    v("SCHED_TIME", &FiredTriggerRow::sched_time);
    v("PRIORITY", &FiredTriggerRow::priority);
    v("STATE", &FiredTriggerRow::state);
    v("JOB_NAME", &FiredTriggerRow::job_name);
    v("JOB_GROUP", &FiredTriggerRow::job_group);
    v("IS_NONCONCURRENT", &FiredTriggerRow::is_nonconcurrent);
    v("REQUESTS_RECOVERY", &FiredTriggerRow::requests_recovery);
  }
  static std::vector<IndexSpec> indexes() {
    return {{"IDX_QRTZ_FT_TRIG_INST_NAME", {"SCHED_NAME", "INSTANCE_NAME"}, false},
            {"IDX_QRTZ_FT_J_G", {"SCHED_NAME", "JOB_NAME", "JOB_GROUP"}, false},
            {"IDX_QRTZ_FT_T_G", {"SCHED_NAME", "TRIGGER_NAME", "TRIGGER_GROUP"}, false}};
  }
};

struct SchedulerStateRow {
  static constexpr std::string_view table = "QRTZ_SCHEDULER_STATE";
  SchedulerStateRow() = default;
  std::string sched_name;
  std::string instance_name;
  std::int64_t last_checkin_time = 0;
  std::int64_t checkin_interval = 0;

  template <class V>
  static void columns(V&& v) {
    v("SCHED_NAME", &SchedulerStateRow::sched_name, db::primary_key);
    v("INSTANCE_NAME", &SchedulerStateRow::instance_name, db::primary_key);
    v("LAST_CHECKIN_TIME", &SchedulerStateRow::last_checkin_time);
    v("CHECKIN_INTERVAL", &SchedulerStateRow::checkin_interval);
  }
};

struct LockRow {
  static constexpr std::string_view table = "QRTZ_LOCKS";
  LockRow() = default;
  std::string sched_name;
  std::string lock_name;

  template <class V>
  static void columns(V&& v) {
    v("SCHED_NAME", &LockRow::sched_name, db::primary_key);
    v("LOCK_NAME", &LockRow::lock_name, db::primary_key);
  }
};

}  // namespace chronofault::quartz
