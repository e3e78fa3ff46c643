#include <algorithm>

#include <ports/assert.hpp>
#include <reports/table.hpp>

namespace chronofault::reports {
namespace {

using Cell = std::vector<std::string>;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.push_back(text);
  return lines;
}

void append(std::string& line, std::string_view text, std::size_t width, Table::Align align) {
  const std::string blanks(width - std::min(width, width_of(text)), ' ');
  line += align == Table::Align::right ? blanks + std::string(text) : std::string(text) + blanks;
}

void finish(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

}  // namespace

std::size_t width_of(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; }));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> out;
  for (std::string_view line : lines_of(text)) {
    while (width != 0 && width_of(line) > width) {
      std::size_t at = line.rfind(' ', width);
      if (at == std::string_view::npos || at == 0) at = line.find(' ', width);
      if (at == std::string_view::npos) break;
      out.emplace_back(line.substr(0, at));
      line.remove_prefix(at + 1);
    }
    out.emplace_back(line);
  }
  return out;
}

void Table::row(std::vector<std::string> cells) {
  CF_ASSERT(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::text(std::size_t indent) const {
  std::vector<std::vector<Cell>> rows;
  for (const auto& row : rows_) {
    std::vector<Cell>& cells = rows.emplace_back();
    for (std::size_t c = 0; c < columns_.size(); ++c) cells.push_back(wrapped(row[c], columns_[c].width_max));
  }
  std::vector<std::size_t> widths;
  bool titled = false;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = width_of(columns_[c].title);
    titled = titled || width > 0;
    for (const auto& row : rows) {
      for (const std::string& line : row[c]) width = std::max(width, width_of(line));
    }
    widths.push_back(width);
  }
  const std::string margin(indent, ' ');
  const std::string gap = "  ";
  std::string out;
  if (titled) {
    std::string titles = margin;
    std::string rule = margin;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (c > 0) titles += gap;
      if (c > 0) rule += gap;
      append(titles, columns_[c].title, widths[c], columns_[c].align);
      rule += std::string(widths[c], columns_[c].title.empty() ? ' ' : '-');
    }
    finish(out, std::move(titles));
    finish(out, std::move(rule));
  }
  for (const auto& row : rows) {
    std::size_t height = 1;
    for (const Cell& cell : row) height = std::max(height, cell.size());
    for (std::size_t l = 0; l < height; ++l) {
      std::string line = margin;
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        if (c > 0) line += gap;
        append(line, l < row[c].size() ? row[c][l] : std::string_view(), widths[c], columns_[c].align);
      }
      finish(out, std::move(line));
    }
  }
  return out;
}

}  // namespace chronofault::reports
