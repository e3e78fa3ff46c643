// `when:` of a fault and `because:` of an expectation.
#include <algorithm>

#include <scenarios/message_kinds.hpp>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

using faults::Pattern;
using faults::RecordField;

std::optional<Value> read_field(Reading& r, const Node& node, RecordField field, const std::string& path) {
  switch (field) {
    case RecordField::ok: {
      const auto value = r.values.boolean(node, path);
      return value ? std::optional<Value>(*value) : std::nullopt;
    }
    case RecordField::run:
    case RecordField::parent_run:
    case RecordField::shard:
    case RecordField::attempt: {
      const auto value = r.values.integer(node, path);
      return value ? std::optional<Value>(*value) : std::nullopt;
    }
    case RecordField::process:
    case RecordField::host: {
      const auto value = r.values.name(node, path, std::string(name_of(field)),
                                       field == RecordField::process ? r.processes() : r.hosts());
      return value ? std::optional<Value>(*value) : std::nullopt;
    }
    case RecordField::job: {
      std::vector<std::string> names = r.jobs();
      for (const std::string& workflow : r.workflows()) names.push_back(workflow);
      const auto value = r.values.name(node, path, "job or workflow", names);
      return value ? std::optional<Value>(*value) : std::nullopt;
    }
    default:
      break;
  }
  const auto value = r.values.text(node, path);
  return value ? std::optional<Value>(*value) : std::nullopt;
}

bool read_record(Reading& r, Fields& fields, const Node& kind, const std::string& path, Pattern& pattern) {
  std::vector<std::string> kinds;
  for (const EventKind known : faults::event_kinds()) kinds.emplace_back(chronofault::name_of(known));
  const auto name = r.values.name(kind, path + "/record", "kind of record", kinds);
  bool right = name.has_value();
  if (name) pattern.record = faults::event_kind(*name);
  for (const RecordField field : faults::record_fields()) {
    const std::string key(name_of(field));
    const Node* const value = fields.get(key);
    if (value == nullptr) continue;
    auto wanted = read_field(r, *value, field, path + "/" + key);
    right = right && wanted;
    if (wanted) pattern.fields.emplace_back(field, std::move(*wanted));
  }
  return right;
}

bool read_message(Reading& r, Fields& fields, const Node& kind, const std::string& path, Pattern& pattern) {
  pattern.message.emplace();
  bool right = read_message_kind(r, kind, path + "/message", *pattern.message);
  const auto& ends = faults::accepted_selectors(faults::Target::process);
  const auto read_end = [&](const char* key, std::vector<faults::Selector>& out) {
    const Node* const end = fields.get(key);
    if (end == nullptr) return;
    auto whom = read_selector(r, *end, path + "/" + key, ends, "a process");
    right = right && whom;
    if (whom) out.push_back(std::move(*whom));
  };
  read_end("from", pattern.message->from);
  read_end("to", pattern.message->to);
  return right;
}

}  // namespace

bool read_message_kind(Reading& r, const Node& node, const std::string& path, faults::MessageMatch& match) {
  std::vector<std::string> names;
  for (const MessageKindInfo& kind : message_kinds(r.info)) {
    names.push_back(kind.kind);
    if (kind.has_reply) names.push_back(kind.kind + ".reply");
  }
  const auto name = r.values.name(node, path, "kind of message of " + r.info.name, names);
  if (!name) return false;
  match.reply = name->ends_with(".reply");
  match.kind = match.reply ? name->substr(0, name->size() - 6) : *name;
  return true;
}

std::optional<Pattern> read_pattern(Reading& r, const Node& node, const std::string& path) {
  Fields fields(node, "a pattern", r.problems);
  Pattern pattern;
  const Node* const message = fields.get("message");
  const Node* const record = fields.get("record");
  bool right = true;
  if ((message == nullptr) == (record == nullptr)) {
    if (node.is_map())
      r.problems.add(node.place, "a pattern needs one of message and record", "{message: KIND} or {record: KIND}");
    right = false;
  } else if (message != nullptr) {
    right = read_message(r, fields, *message, path, pattern);
  } else {
    right = read_record(r, fields, *record, path, pattern);
  }
  if (const Node* nth = fields.get("nth")) {
    if (nth->is_scalar() && nth->text == "each") {
      pattern.each = true;
    } else {
      pattern.nth = static_cast<int>(r.values.integer(*nth, path + "/nth", 1, 1'000'000'000).value_or(1));
    }
  }
  if (const Node* from = fields.get("not_before")) pattern.not_before = r.values.instant(*from, path + "/not_before");
  if (const Node* from = fields.get("request_not_before")) {
    pattern.request_not_before = r.values.instant(*from, path + "/request_not_before");
    if (pattern.message && !pattern.message->reply) {
      r.problems.add(from->place, "request_not_before of a message that is no reply", "message: KIND.reply");
    }
  }
  fields.done();
  if (!right) return std::nullopt;
  return pattern;
}

}  // namespace chronofault::scenarios
