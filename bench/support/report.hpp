// What benchmarks print: one table for people, one JSON file for comparisons. A file of bench/ registers its suite:
//
//   void measure(bench::Report& report) { report.add("events per CPU second", 12.3, "M/s", "digest on"); }
//   const bench::Suite suite("kernel", measure);
//
// Times are CPU times of this process: other work on the machine disturbs them less. Compare ratios, not absolutes.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The shortest CPU time of `repeats` calls, in seconds. `run` may return what it measured itself.
template <class F>
double best_of(int repeats, F run) {
  double best = std::numeric_limits<double>::max();
  for (int i = 0; i < repeats; ++i) {
    const double before = cpu_seconds();
    if constexpr (std::is_void_v<decltype(run())>) {
      run();
      best = std::min(best, cpu_seconds() - before);
    } else {
      best = std::min(best, run());
    }
  }
  return best;
}

class Report {
 public:
  struct Row {
    std::string suite;
    std::string name;
    double value;
    std::string unit;
    std::string note;
  };

  void begin(std::string suite) { suite_ = std::move(suite); }
  void add(std::string name, double value, std::string unit, std::string note = {}) {
    std::printf("  %-44s %12.3f %-8s %s\n", name.c_str(), value, unit.c_str(), note.c_str());
    std::fflush(stdout);
    rows_.push_back(Row{suite_, std::move(name), value, std::move(unit), std::move(note)});
  }

  /// An array of objects, one line each. False: the file cannot be written.
  bool write_json(const std::string& path) const {
    std::ofstream out(path);
    out << "[\n";
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const Row& row = rows_[i];
      out << "  {\"suite\": " << quoted(row.suite) << ", \"name\": " << quoted(row.name)
          << ", \"value\": " << number(row.value) << ", \"unit\": " << quoted(row.unit)
          << ", \"note\": " << quoted(row.note) << (i + 1 < rows_.size() ? "},\n" : "}\n");
    }
    out << "]\n";
    return static_cast<bool>(out.flush());
  }

 private:
  static std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') result += '\\';
      result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return result + '"';
  }
  static std::string number(double value) {
    char text[32];
    return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
  }

  std::string suite_;
  std::vector<Row> rows_;
};

class Suite {
 public:
  using Measure = void (*)(Report&);
  Suite(const char* name, Measure measure) { all().emplace_back(name, measure); }
  static std::vector<std::pair<std::string, Measure>>& all() {
    static std::vector<std::pair<std::string, Measure>> suites;
    return suites;
  }
};

}  // namespace bench
