// chronofault_bench [--json FILE] [--only SUITE]
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "support/report.hpp"

int main(int argc, char** argv) {
  std::string json;
  std::string only;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    std::string* const target = option == "--json" ? &json : option == "--only" ? &only : nullptr;
    if (target == nullptr || i + 1 == argc) {
      std::fprintf(stderr, "usage: %s [--json FILE] [--only SUITE]\n", argv[0]);
      return 2;
    }
    *target = argv[++i];
  }
  auto suites = bench::Suite::all();
  std::sort(suites.begin(), suites.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  bench::Report report;
  for (const auto& [name, measure] : suites) {
    if (!only.empty() && only != name) continue;
    std::printf("%s\n", name.c_str());
    report.begin(name);
    measure(report);
  }
  if (!json.empty() && !report.write_json(json)) {
    std::fprintf(stderr, "cannot write %s\n", json.c_str());
    return 1;
  }
  return 0;
}
