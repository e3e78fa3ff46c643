#include <iterator>

#include <fmt/format.h>

#include <ports/time_zone.hpp>
#include <reports/trace_lines.hpp>

#include "json_text.hpp"

namespace chronofault::reports {
namespace {

using Buffer = fmt::memory_buffer;

template <class... Args>
void put(Buffer& out, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

void put_event(Buffer& out, const Event& event) {
  put(out, ",\"event\":{{\"kind\":{}", json_text(name_of(event.kind)));
  const auto text = [&out](std::string_view key, const std::string& value) {
    if (!value.empty()) put(out, ",\"{}\":{}", key, json_text(value));
  };
  const auto number = [&out](std::string_view key, std::int64_t value, std::int64_t nothing) {
    if (value != nothing) put(out, ",\"{}\":{}", key, value);
  };
  text("job", event.job);
  if (event.fire) put(out, ",\"fire\":{}", json_instant(*event.fire));
  number("run", event.run, 0);
  number("parent_run", event.parent_run, 0);
  text("node", event.node);
  number("shard", event.shard, -1);
  number("attempt", event.attempt, -1);
  text("scope", event.scope);
  text("member", event.member);
  put(out, ",\"ok\":{}", event.ok);
  number("bound_us", event.bound.count_us(), 0);
  text("detail", event.detail);
  put(out, "}}");
}

}  // namespace

bool write_trace(std::ostream& out, const sim::Trace& trace) {
  Buffer line;
  std::uint64_t step = 0;
  std::uint64_t ordinal = 0;
  for (const sim::Record& record : trace.records()) {
    ordinal = record.step == step ? ordinal + 1 : 1;
    step = record.step;
    const sim::ProcessInfo& where = trace.processes()[record.process];
    line.clear();
    put(line, "{{\"id\":{},\"step\":{},\"ordinal\":{},\"at\":{},\"us\":{},\"host\":{},\"process\":{},\"kind\":{}",
        record.id, record.step, ordinal, json_instant(WallTime::from_us(record.at.us())), record.at.us(),
        json_text(where.host), json_text(where.name), json_text(name_of(record.kind)));
    if (record.kind == sim::RecordKind::domain) {
      put_event(line, trace.event(record));
    } else {
      if (record.label != 0) put(line, ",\"label\":{}", json_text(trace.text(record.label)));
      if (record.peer != 0) put(line, ",\"peer\":{}", json_text(trace.processes()[record.peer].name));
      if (record.detail != 0) put(line, ",\"number\":{}", record.detail);
    }
    put(line, ",\"causes\":[{}]}}\n", fmt::join(trace.causes(record), ","));
    out.write(line.data(), static_cast<std::streamsize>(line.size()));
  }
  return static_cast<bool>(out);
}

}  // namespace chronofault::reports
