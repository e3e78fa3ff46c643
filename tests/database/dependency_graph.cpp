#include "dependency_graph.hpp"

#include <algorithm>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

namespace database_test {

Dependencies::Dependencies(std::map<std::int64_t, Token> initial) {
  const Txn first = begin();
  for (const auto& [key, token] : initial) write(first, key, token);
  commit(first);
}

Dependencies::Txn Dependencies::begin() {
  transactions_.emplace_back();
  return transactions_.size() - 1;
}

void Dependencies::read(Txn txn, std::int64_t key, Token token, bool plain) {
  Transaction& t = transactions_[txn];
  t.only_reads = t.only_reads && plain;
  if (!t.writes.contains(key)) t.reads.push_back({key, token});
}

void Dependencies::write(Txn txn, std::int64_t key, Token token) {
  transactions_[txn].only_reads = false;
  transactions_[txn].writes[key] = token;
  if (token != absent) writers_.emplace(token, txn);
}

void Dependencies::commit(Txn txn) {
  transactions_[txn].committed = commits_.size();
  commits_.push_back(txn);
}

std::vector<Dependencies::Edge> Dependencies::edges() const {
  std::map<std::int64_t, std::vector<Version>> versions;  // writers hold their locks to the end: in order of commits
  for (const Txn txn : commits_) {
    for (const auto& [key, token] : transactions_[txn].writes) versions[key].push_back({token, txn});
  }
  std::vector<Edge> all;
  for (const auto& [key, chain] : versions) {
    for (std::size_t i = 1; i < chain.size(); ++i) {
      // An insert makes another row than the one that was deleted: it does not overwrite it.
      if (chain[i - 1].token != absent) all.push_back({chain[i - 1].writer, chain[i].writer, Kind::write});
    }
  }
  for (const Txn txn : commits_) {
    for (const Read& read : transactions_[txn].reads) {
      const std::vector<Version>& chain = versions[read.key];
      const auto is_it = [&](const Version& v) { return v.token == read.token; };
      // Which of several deletes was seen cannot be told.
      if (std::count_if(chain.begin(), chain.end(), is_it) != 1) continue;
      const auto seen = std::find_if(chain.begin(), chain.end(), is_it);
      all.push_back({seen->writer, txn, Kind::read});
      const auto next = seen + 1;
      if (next != chain.end() && next->writer != txn) all.push_back({txn, next->writer, Kind::anti});
    }
  }
  return all;
}

std::string Dependencies::cycle(const std::vector<Edge>& edges) const {
  using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
  Graph graph(transactions_.size());
  for (const Edge& e : edges) boost::add_edge(e.from, e.to, graph);
  std::vector<std::size_t> component(transactions_.size());
  const std::size_t count = boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, graph)));
  for (std::size_t c = 0; c < count; ++c) {
    if (std::count(component.begin(), component.end(), c) < 2) continue;
    std::string members = "cycle of";
    for (std::size_t t = 0; t < component.size(); ++t) {
      if (component[t] == c) members += " T" + std::to_string(t);
    }
    return members;
  }
  return {};
}

std::string Dependencies::g0() const {
  std::vector<Edge> all = edges();
  std::erase_if(all, [](const Edge& e) { return e.kind != Kind::write; });
  return cycle(all);
}

std::string Dependencies::g1() const {
  for (const Txn txn : commits_) {
    for (const Read& read : transactions_[txn].reads) {
      if (read.token == absent) continue;
      const auto writer = writers_.find(read.token);
      if (writer == writers_.end()) return "T" + std::to_string(txn) + " read what nobody wrote";
      const Transaction& wrote = transactions_[writer->second];
      if (!wrote.committed) return "T" + std::to_string(txn) + " read what was rolled back";
      if (wrote.writes.at(read.key) != read.token) return "T" + std::to_string(txn) + " read an intermediate version";
    }
  }
  std::vector<Edge> all = edges();
  std::erase_if(all, [](const Edge& e) { return e.kind == Kind::anti; });
  return cycle(all);
}

std::string Dependencies::g_single(bool read_only) const {
  std::vector<Edge> all = edges();
  std::vector<Edge> anti;
  std::vector<Edge> others;
  for (const Edge& e : all) (e.kind == Kind::anti ? anti : others).push_back(e);
  if (!cycle(others).empty()) return cycle(others);
  for (const Edge& e : anti) {
    if (read_only && !transactions_[e.from].only_reads) continue;
    std::vector<Edge> with_one = others;
    with_one.push_back(e);
    if (std::string found = cycle(with_one); !found.empty()) return found;
  }
  return {};
}

std::string Dependencies::g2() const { return cycle(edges()); }

std::map<std::int64_t, Dependencies::Token> Dependencies::installed() const {
  std::map<std::int64_t, Token> all;
  for (const Txn txn : commits_) {
    for (const auto& [key, token] : transactions_[txn].writes) all[key] = token;
  }
  return all;
}

}  // namespace database_test
