// What committed transactions saw of each other, as a graph (A. Adya, "Weak Consistency", 1999, chapter 3): every write
// has a value of its own, so a read says whose version it saw. A level's promise is the absence of certain cycles:
//
//   G0        of write dependencies alone
//   G1        reads of aborted or intermediate versions; cycles of write and read dependencies
//   G-single  cycles with exactly one anti-dependency
//   G2        any cycle
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace database_test {

class Dependencies {
 public:
  using Txn = std::size_t;
  using Token = std::int64_t;  // of a version: who reads it names it
  static constexpr Token absent = 0;

  /// `initial`: versions that are there before the first transaction, by key; absent: no row.
  explicit Dependencies(std::map<std::int64_t, Token> initial);

  Txn begin();
  /// `plain`: not a locking read. A key that was looked for and not found reads `absent`.
  void read(Txn txn, std::int64_t key, Token token, bool plain);
  /// An insert or update (its token), or a delete (absent).
  void write(Txn txn, std::int64_t key, Token token);
  /// In the order of commits.
  void commit(Txn txn);

  /// Each names the offending transactions; empty: there is none.
  std::string g0() const;
  std::string g1() const;
  /// `read_only`: the anti-dependency is one of a transaction that only reads, and only plainly.
  std::string g_single(bool read_only) const;
  std::string g2() const;
  /// The version of each key that the last committed writer left.
  std::map<std::int64_t, Token> installed() const;

 private:
  enum class Kind { write, read, anti };
  struct Edge {
    Txn from;
    Txn to;
    Kind kind;
  };
  struct Version {
    Token token;
    Txn writer;
  };
  struct Read {
    std::int64_t key;
    Token token;
  };
  struct Transaction {
    std::map<std::int64_t, Token> writes;  // the last of each key
    std::vector<Read> reads;               // of versions of others
    bool only_reads = true;
    std::optional<std::size_t> committed;  // position
  };
  std::vector<Edge> edges() const;
  std::string cycle(const std::vector<Edge>& edges) const;

  std::vector<Transaction> transactions_;  // the first one made the initial versions
  std::vector<Txn> commits_;
  std::map<Token, Txn> writers_;
};

}  // namespace database_test
