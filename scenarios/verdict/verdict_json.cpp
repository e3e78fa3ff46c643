// The only unit of this room's judging half that knows JSON.
#include <nlohmann/json.hpp>

#include <scenarios/verdict.hpp>

namespace chronofault::scenarios {

namespace {

using Json = nlohmann::ordered_json;

std::string offset_text(Duration offset) {
  const std::int64_t minutes = (offset < Duration{} ? -offset : offset).count_us() / 60'000'000;
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return (offset < Duration{} ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60);
}

class Writer {
 public:
  explicit Writer(Duration offset) : zone_("", offset), offset_(offset_text(offset)) {}

  std::string at(WallTime t) const {
    std::string text = to_string(t, zone_, t.us() % 1000 != 0);
    text[text.find(' ')] = 'T';
    return text + offset_;
  }
  std::string at(sim::TrueTime t) const { return at(WallTime::from_us(t.us())); }

  static Json bound(const Bound& bound) {
    Json parts = Json::array();
    for (const Bound::Part& part : bound.parts)
      parts.push_back({{"what", part.what}, {"length", to_string(part.length)}});
    return {{"total", to_string(bound.total())}, {"parts", std::move(parts)}};
  }

  Json violation(const Violation& violation) const {
    Json json;
    json["at"] = at(violation.at);
    json["step"] = violation.step;
    json["message"] = violation.message;
    if (!violation.job.empty()) json["job"] = violation.job;
    if (violation.fire) json["fire"] = at(*violation.fire);
    if (violation.run != 0) json["run"] = violation.run;
    if (!violation.bound.parts.empty()) json["bound"] = bound(violation.bound);
    json["records"] = violation.records;
    return json;
  }

  Json property(const PropertyResult& result) const {
    Json json;
    json["name"] = result.name;
    json["state"] = std::string(name_of(result.state));
    json["premises"] = result.premises;
    json["excused"] = result.excused;
    json["open"] = result.open;
    if (!result.open_subjects.empty()) json["open_subjects"] = result.open_subjects;
    json["violation_count"] = result.violation_count;
    json["violations"] = Json::array();
    for (const Violation& each : result.violations) json["violations"].push_back(violation(each));
    return json;
  }

 private:
  TimeZone zone_;
  std::string offset_;
};

Json slice_json(const Slice& slice) {
  Json entries = Json::array();
  for (const SliceEntry& entry : slice.entries) {
    Json json;
    json["record"] = entry.record;
    if (entry.count > 1) json["count"] = entry.count;
    json["causes"] = entry.causes;
    if (entry.leaf) json["leaf"] = true;
    if (entry.evidence) json["evidence"] = true;
    entries.push_back(std::move(json));
  }
  return {{"ancestors", slice.ancestors}, {"entries", std::move(entries)}};
}

}  // namespace

std::string to_json(const Verdict& verdict) {
  const Writer writer(verdict.utc_offset);
  Json json;
  json["scenario"] = verdict.scenario;
  json["variant"] = verdict.variant;
  json["seed"] = verdict.seed;
  json["start"] = writer.at(verdict.start);
  json["until"] = writer.at(verdict.until);
  json["end"] = writer.at(verdict.end);
  json["settle"] = to_string(verdict.settle);
  json["steps"] = verdict.steps;
  json["digest"] = sim::to_string(verdict.digest);
  json["domain_digest"] = sim::to_string(verdict.domain_digest);
  json["properties"] = Json::array();
  for (const PropertyResult& result : verdict.properties) json["properties"].push_back(writer.property(result));
  json["metrics"] = Json::object();
  for (const auto& [name, value] : verdict.metrics) json["metrics"][name] = value;
  json["slices"] = Json::object();
  for (const auto& [property, slice] : verdict.slices) json["slices"][property] = slice_json(slice);
  // Texts may come from the scenario or the system; what is not UTF-8 is replaced, never thrown at.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace chronofault::scenarios
