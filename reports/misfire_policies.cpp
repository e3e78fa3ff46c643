#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <reports/misfire_policies.hpp>
#include <reports/table.hpp>

#include "json_text.hpp"

namespace chronofault::reports {
namespace {

using scenarios::MisfireCell;
using scenarios::MisfirePolicies;
using scenarios::MisfireRow;
using scenarios::MisfireRun;

/// "5", "4.999".
std::string seconds(Duration d) {
  const std::int64_t ms = d.count_ms();
  return ms % 1'000 == 0 ? fmt::format("{}", ms / 1'000) : fmt::format("{}.{:03}", ms / 1'000, ms % 1'000);
}

std::string cell_text(const MisfireCell& cell) {
  std::string text = cell.misfires > 0 ? "*" : "";
  if (cell.runs.empty()) return text + "-";
  const char* between = "";
  for (const MisfireRun& run : cell.runs) {
    text += between + seconds(run.fired);
    between = " ";
    if (run.scheduled != run.fired) text += fmt::format("({})", seconds(run.scheduled));
  }
  return text;
}

std::string delay_text(Duration delay) {
  return delay == Duration() ? "at it"
                             : fmt::format("{} ms {}", delay.count_ms() < 0 ? 1 : delay.count_ms(),
                                           delay.count_ms() < 0 ? "below" : "above");
}

/// Rows of one store, trigger and policy whose cells are equal.
struct Line {
  explicit Line(const MisfireRow& row) : row(&row), causes{row.cause} {}
  const MisfireRow* row;
  std::vector<std::string> causes;
};

std::vector<Line> lines_of(const std::vector<MisfireRow>& rows, std::size_t first, std::size_t last) {
  std::vector<Line> lines;
  for (std::size_t i = first; i < last; ++i) {
    const auto alike =
        std::find_if(lines.begin(), lines.end(), [&](const Line& line) { return line.row->cells == rows[i].cells; });
    if (alike == lines.end()) {
      lines.emplace_back(rows[i]);
    } else {
      alike->causes.push_back(rows[i].cause);
    }
  }
  return lines;
}

/// "all", "all but scheduler stopped", or their names.
std::string causes_text(const std::vector<Line>& lines, std::size_t which) {
  if (lines.size() == 1) return "all";
  const Line& line = lines[which];
  if (lines.size() == 2 && line.causes.size() > 1) {
    const Line& other = lines[1 - which];
    if (other.causes.size() == 1) return "all but " + other.causes.front();
  }
  return fmt::format("{}", fmt::join(line.causes, ", "));
}

}  // namespace

std::string to_text(const MisfirePolicies& table) {
  std::string text = fmt::format(
      "Fire times in seconds from the first missed one on, until {} s; in brackets what a late fire was scheduled "
      "for.\n"
      "The trigger is due every 2 s and is looked at again after {} s, the misfire threshold, or 1 ms before or after\n"
      "that. *: it was declared misfired.\n\n",
      seconds(table.until), seconds(table.threshold));
  std::vector<Table::Column> columns = {{"store"}, {"trigger"}, {"policy"}, {"cause"}};
  if (table.rows.empty()) return text;
  for (const MisfireCell& cell : table.rows.front().cells) columns.push_back({delay_text(cell.delay)});
  Table out(std::move(columns));
  const auto same = [&](std::size_t a, std::size_t b) {
    return table.rows[a].store == table.rows[b].store && table.rows[a].trigger == table.rows[b].trigger &&
           table.rows[a].policy == table.rows[b].policy;
  };
  for (std::size_t first = 0, last = 0; first < table.rows.size(); first = last) {
    while (last < table.rows.size() && same(first, last)) ++last;
    const std::vector<Line> lines = lines_of(table.rows, first, last);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const MisfireRow& row = *lines[i].row;
      std::vector<std::string> cells = {row.store, row.trigger, row.policy, causes_text(lines, i)};
      for (const MisfireCell& cell : row.cells) cells.push_back(cell_text(cell));
      out.row(std::move(cells));
    }
  }
  return text + out.text();
}

std::string to_json(const MisfirePolicies& table) {
  std::string text = fmt::format("{{\"threshold_ms\":{},\"rows\":[", table.threshold.count_ms());
  const char* between_rows = "\n";
  for (const MisfireRow& row : table.rows) {
    text += fmt::format("{}{{\"store\":{},\"trigger\":{},\"policy\":{},\"cause\":{},\"cells\":[", between_rows,
                        json_text(row.store), json_text(row.trigger), json_text(row.policy), json_text(row.cause));
    between_rows = ",\n";
    const char* between_cells = "";
    for (const MisfireCell& cell : row.cells) {
      text += fmt::format("{}{{\"delay_ms\":{},\"misfires\":{},\"runs\":[", between_cells, cell.delay.count_ms(),
                          cell.misfires);
      between_cells = ",";
      const char* between_runs = "";
      for (const MisfireRun& run : cell.runs) {
        text += fmt::format("{}{{\"fired_ms\":{},\"scheduled_ms\":{}}}", between_runs, run.fired.count_ms(),
                            run.scheduled.count_ms());
        between_runs = ",";
      }
      text += "]}";
    }
    text += "]}";
  }
  return text + "\n]}\n";
}

}  // namespace chronofault::reports
