#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>

#include <scenarios/place.hpp>

namespace chronofault::scenarios {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Optimal string alignment distance, in halves.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = 2 * i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = 2 * j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const char x = a[i - 1];
      const char y = b[j - 1];
      const std::size_t change = x == y ? 0 : lower(x) == lower(y) ? 1 : 2;
      d[i][j] = std::min({d[i - 1][j] + 2, d[i][j - 1] + 2, d[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && x == b[j - 2] && a[i - 2] == y && x != y) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 2);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string to_string(const Place& place) {
  std::string text = place.file ? *place.file : "scenario";
  if (place.line > 0) text += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  return text;
}

std::string Problem::text() const {
  std::string text = to_string(place) + ": " + message;
  if (!expected.empty()) text += "; expected " + expected;
  if (!nearest.empty()) text += "; did you mean '" + nearest + "'?";
  return text;
}

void Problems::add(Place place, std::string message, std::string expected, std::string nearest) {
  Problem problem{std::move(place), std::move(message), std::move(expected), std::move(nearest)};
  const std::string text = problem.text();
  for (const Problem& known : list_) {
    if (known.text() == text) return;
  }
  if (list_.size() < most) {
    list_.push_back(std::move(problem));
  } else {
    ++left_out_;
  }
}

void Problems::add_all(const Problems& others) {
  for (const Problem& problem : others.list_) add(problem.place, problem.message, problem.expected, problem.nearest);
  left_out_ += others.left_out_;
}

void Problems::sort() {
  std::vector<std::string> files;
  const auto rank = [&files](const Place& place) {
    const std::string name = place.file ? *place.file : "";
    const auto known = std::find(files.begin(), files.end(), name);
    if (known != files.end()) return known - files.begin();
    files.push_back(name);
    return static_cast<std::ptrdiff_t>(files.size()) - 1;
  };
  for (const Problem& problem : list_) rank(problem.place);
  std::stable_sort(list_.begin(), list_.end(), [&rank](const Problem& a, const Problem& b) {
    return std::tuple(rank(a.place), a.place.line, a.place.column) <
           std::tuple(rank(b.place), b.place.line, b.place.column);
  });
}

std::string Problems::text() const {
  std::string text;
  for (const Problem& problem : list_) text += problem.text() + "\n";
  if (left_out_ > 0) text += "and more\n";
  return text;
}

std::string nearest_name(std::string_view text, const std::vector<std::string>& names) {
  if (text.empty() || text.size() > 100) return {};
  std::string nearest;
  std::size_t least = 0;
  for (const std::string& name : names) {
    const std::size_t d = distance(text, name);
    const std::size_t limit = 2 * ((std::max(text.size(), name.size()) + 2) / 3);
    if (d <= limit && d < 2 * std::max(text.size(), name.size()) && (nearest.empty() || d < least)) {
      nearest = name;
      least = d;
    }
  }
  return nearest;
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 40;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return names.size() > most ? text + " ..." : text;
}

}  // namespace chronofault::scenarios
