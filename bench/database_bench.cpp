// What a statement costs the engine alone, in both dialects: indexed single-row statements, autocommitted, one session.
#include <cstdint>
#include <memory>
#include <string>

#include <fmt/format.h>

#include <ports/database/typed.hpp>
#include <sim/database/engine.hpp>

#include "support/report.hpp"

namespace {

using namespace chronofault;

constexpr std::int64_t rows = 1'000;

struct Item {
  static constexpr std::string_view table = "item";
  std::int64_t id = 0;
  std::string name;
  std::int64_t number = 0;
  WallTime changed;
  template <class V>
  static void columns(V&& visit) {
    visit("id", &Item::id, db::generated_key);
    visit("name", &Item::name);
    visit("number", &Item::number);
    visit("changed", &Item::changed);
  }
  static std::vector<IndexSpec> indexes() { return {{"uk_name", {"name"}, true}, {"by_number", {"number"}, false}}; }
};

class Client {
 public:
  explicit Client(sim::Dialect dialect) : storage_({db::table_spec<Item>()}, dialect), engine_(storage_, {}, nullptr) {
    for (std::int64_t i = 1; i <= rows; ++i) {
      storage_.load(InitialRow(
          "item",
          {{"id", i}, {"name", "n" + std::to_string(i)}, {"number", i % 100}, {"changed", WallTime::from_ms(0)}}));
    }
    session_ = engine_.open();
  }

  /// Statements per CPU second.
  template <class Make>
  double rate(int statements, Make make) {
    const double before = bench::cpu_seconds();
    for (int i = 0; i < statements; ++i) {
      auto statement = std::make_shared<const db::Statement>(make(next()));
      engine_.execute(session_, std::move(statement), WallTime::from_ms(i));
      if (i % 64 == 0) engine_.purge(engine_.committed_until());
    }
    return statements / (bench::cpu_seconds() - before);
  }

 private:
  std::int64_t next() {
    draws_ = draws_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return static_cast<std::int64_t>(draws_ >> 33) % rows + 1;
  }

  sim::DatabaseStorage storage_;
  sim::Engine engine_;
  sim::SessionId session_ = 0;
  std::uint64_t draws_ = 1;
};

db::Where by_key(std::int64_t key) { return db::Where("pk", db::Values(1, Value(key))); }

void measure(bench::Report& report) {
  for (const sim::Dialect dialect : {sim::Dialect::innodb, sim::Dialect::postgresql}) {
    Client client(dialect);
    const auto row = [&](const std::string& what, int statements, auto make) {
      report.add(fmt::format("{}: {}", sim::name_of(dialect), what), client.rate(statements, make) / 1e6, "M/s");
    };
    row("select by key", 300'000, [](std::int64_t key) { return db::Select("item", by_key(key)); });
    row("update by key", 300'000, [](std::int64_t key) {
      return db::Update("item", by_key(key), db::set(&Item::changed, WallTime::from_ms(key * 1'000)));
    });
    row("update by key of an indexed column", 300'000, [n = std::int64_t{0}](std::int64_t key) mutable {
      return db::Update("item", by_key(key), db::set(&Item::number, ++n % 100));
    });
    row("insert", 75'000, [n = std::int64_t{0}](std::int64_t) mutable {
      Item item;
      item.name = "x" + std::to_string(++n);
      item.number = n % 100;
      return db::to_row(item);
    });
  }
}

const bench::Suite suite("database", measure);

}  // namespace
