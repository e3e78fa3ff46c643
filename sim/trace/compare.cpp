#include <algorithm>
#include <charconv>
#include <istream>
#include <ostream>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include <ports/value.hpp>
#include <sim/trace/compare.hpp>

namespace chronofault::sim {

namespace {

std::string fields_of(const Event& event) {
  std::string text;
  const auto add = [&text](std::string_view name, const std::string& value) {
    if (!text.empty()) text += ' ';
    text += fmt::format("{}={}", name, value);
  };
  if (!event.job.empty()) add("job", event.job);
  if (event.fire) add("fire", to_string(Value(*event.fire)));
  if (event.run != 0) add("run", std::to_string(event.run));
  if (event.parent_run != 0) add("parent_run", std::to_string(event.parent_run));
  if (!event.node.empty()) add("node", event.node);
  if (event.shard >= 0) add("shard", std::to_string(event.shard));
  if (event.attempt >= 0) add("attempt", std::to_string(event.attempt));
  if (!event.scope.empty()) add("scope", event.scope);
  if (!event.member.empty()) add("member", event.member);
  add("ok", event.ok ? "true" : "false");
  if (event.bound != Duration{}) add("bound", to_string(event.bound));
  if (!event.detail.empty()) add("detail", event.detail);
  return text;
}

// Tabs and line ends separate; a backslash hides them in texts.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 't' ? '\t' : text[i] == 'n' ? '\n' : text[i];
  }
  return out;
}

template <class N>
bool parse(std::string_view text, N& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool parse_record(std::string_view line, PlainRecord& record) {
  const std::vector<std::string_view> parts = split(line, '\t');
  std::int64_t at = 0;
  if (parts.size() != 9 || !parse(parts[0], record.id) || !parse(parts[1], record.step) || !parse(parts[2], at)) {
    return false;
  }
  record.at = TrueTime::from_us(at);
  record.process = unescaped(parts[3]);
  record.peer = unescaped(parts[4]);
  record.kind = unescaped(parts[5]);
  record.label = unescaped(parts[6]);
  record.detail = unescaped(parts[7]);
  if (parts[8].empty()) return true;
  for (const std::string_view part : split(parts[8], ' ')) {
    RecordId cause = 0;
    if (!parse(part, cause)) return false;
    record.causes.push_back(cause);
  }
  return true;
}

void tell(std::string& out, std::span<const PlainRecord> records, const PlainRecord& record, int depth, int indent,
          std::set<RecordId>& told) {
  out += fmt::format("{:{}}{}\n", "", indent, to_string(record));
  if (depth == 0) return;
  for (const RecordId cause : record.causes) {
    if (cause == 0 || cause > records.size()) continue;
    if (told.insert(cause).second) {
      tell(out, records, records[cause - 1], depth - 1, indent + 2, told);
    } else {
      out += fmt::format("{:{}}{} (above)\n", "", indent + 2, cause);
    }
  }
}

}  // namespace

PlainRecord plain(const Trace& trace, const Record& record) {
  PlainRecord out;
  out.id = record.id;
  out.step = record.step;
  out.at = record.at;
  out.process = trace.processes()[record.process].name;
  if (record.peer != 0) out.peer = trace.processes()[record.peer].name;
  out.kind = name_of(record.kind);
  out.label = trace.text(record.label);
  out.detail = record.kind == RecordKind::domain ? fields_of(trace.event(record)) : std::to_string(record.detail);
  const auto causes = trace.causes(record);
  out.causes.assign(causes.begin(), causes.end());
  return out;
}

std::vector<PlainRecord> plain(const Trace& trace) {
  std::vector<PlainRecord> all;
  all.reserve(trace.records().size());
  for (const Record& record : trace.records()) all.push_back(plain(trace, record));
  return all;
}

std::string to_string(const PlainRecord& record) {
  return fmt::format("{} step {} at {}us {} {} {}{}: {}", record.id, record.step, record.at.us(), record.process,
                     record.kind, record.label, record.peer.empty() ? "" : " (" + record.peer + ")", record.detail);
}

void write_records(std::ostream& out, std::span<const PlainRecord> records) {
  for (const PlainRecord& record : records) {
    std::string causes;
    for (const RecordId cause : record.causes) {
      if (!causes.empty()) causes += ' ';
      causes += std::to_string(cause);
    }
    out << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", record.id, record.step, record.at.us(),
                       escaped(record.process), escaped(record.peer), escaped(record.kind), escaped(record.label),
                       escaped(record.detail), causes);
  }
}

std::vector<PlainRecord> read_records(std::istream& in) {
  std::vector<PlainRecord> all;
  std::string line;
  while (std::getline(in, line)) {
    all.emplace_back();
    if (!parse_record(line, all.back())) throw std::runtime_error(fmt::format("line {} is not a record", all.size()));
  }
  return all;
}

std::optional<std::size_t> first_difference(std::span<const Checkpoint> a, std::span<const Checkpoint> b) {
  const std::size_t common = std::min(a.size(), b.size());
  std::size_t low = 0;
  std::size_t high = common;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (a[middle] == b[middle]) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == common && a.size() == b.size()) return std::nullopt;
  return low;
}

std::optional<std::size_t> first_difference(std::span<const PlainRecord> a, std::span<const PlainRecord> b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_a == a.end() && in_b == b.end()) return std::nullopt;
  return static_cast<std::size_t>(in_a - a.begin());
}

std::string explain_difference(std::span<const PlainRecord> a, std::span<const PlainRecord> b, int depth) {
  const std::optional<std::size_t> index = first_difference(a, b);
  if (!index) return std::string();
  std::string out = fmt::format("the runs part at record {}\n", *index + 1);
  const auto version = [&](std::string_view name, std::span<const PlainRecord> records) {
    out += fmt::format("{}:\n", name);
    if (*index >= records.size()) {
      out += "  none: the run ended before it\n";
      return;
    }
    std::set<RecordId> told;
    tell(out, records, records[*index], depth, 2, told);
  };
  version("one run", a);
  version("the other run", b);
  return out;
}

}  // namespace chronofault::sim
