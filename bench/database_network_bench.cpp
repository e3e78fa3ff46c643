// What a statement costs from end to end: indexed single-row statements through the port, a pooled connection and the
// network, autocommitted, of some processes with some workers each.
#include <memory>
#include <string>

#include <ports/database/typed.hpp>
#include <sim/world/world.hpp>

#include "support/report.hpp"

namespace {

using namespace chronofault;
using namespace chronofault::sim;

constexpr int client_processes = 6;
constexpr int workers_per_process = 10;
constexpr std::int64_t row_count = 1'000;

struct Account {
  static constexpr std::string_view table = "account";
  std::int64_t id = 0;
  std::int64_t balance = 0;
  WallTime changed;
  template <class V>
  static void columns(V&& visit) {
    visit("id", &Account::id, db::generated_key);
    visit("balance", &Account::balance);
    visit("changed", &Account::changed);
  }
};

class Latency final : public LatencyModel {
 public:
  Duration draw(const Machine&, const Machine&, RandomStream&) const override { return Duration::us(200); }
};

Task<> work(Ports* ports, std::int64_t row, bool writes, std::int64_t* done) {
  db::PooledConnection connection = co_await ports->database.acquire();
  for (;;) {
    db::Where one("pk", db::Values(1, Value(row)));
    db::Statement statement =
        writes ? db::Statement(db::Update("account", std::move(one), db::set(&Account::changed, ports->clock.wall())))
               : db::Statement(db::Select("account", std::move(one)));
    const db::Result result = co_await connection->execute(std::move(statement));
    CF_ASSERT(result.count == 1);
    ++*done;
    row = row % row_count + 1;
  }
}

class Application final : public Program {
 public:
  Application(Ports& ports, int number, bool writes, std::int64_t* done)
      : ports_(ports), number_(number), writes_(writes), done_(done), workers_(ports.executor) {}
  Task<> main() override {
    for (int worker = 0; worker < workers_per_process; ++worker) {
      // Far enough apart that nobody waits for a lock.
      const std::int64_t first =
          row_count * (number_ * workers_per_process + worker) / (client_processes * workers_per_process);
      workers_.spawn("worker", work(&ports_, first + 1, writes_, done_));
    }
    co_return;
  }

 private:
  Ports& ports_;
  int number_;
  bool writes_;
  std::int64_t* done_;
  Scope workers_;
};

/// Statements per CPU second of all clients together.
double statements(Dialect dialect, bool writes, Duration busy) {
  const Latency latency;
  std::int64_t done = 0;
  World world(
      WorldOptions(), latency, [](std::string_view, const std::string&) { return std::nullopt; },
      [](std::string_view) -> const WorkDeclaration* { return nullptr; });
  const auto machine = [&world](const std::string& name, const std::string& ip) -> Machine& {
    MachineOptions options;
    options.name = name + ".host";
    options.ip = ip;
    return world.add_machine(std::move(options));
  };
  std::vector<InitialRow> rows;
  for (std::int64_t id = 1; id <= row_count; ++id) {
    rows.emplace_back("account", std::map<std::string, Value>{
                                     {"id", id}, {"balance", std::int64_t{0}}, {"changed", WallTime::from_ms(0)}});
  }
  DatabaseServerOptions options;
  options.dialect = dialect;
  const std::vector<TableSpec> tables{db::table_spec<Account>()};
  world.start_at(world.add_database(machine("database", "10.0.0.1"), "database", options, tables, rows), TrueTime());
  for (int number = 0; number < client_processes; ++number) {
    ProcessOptions process;
    process.name = "app-" + std::to_string(number);
    Machine& host = machine(process.name, "10.0.1." + std::to_string(number + 1));
    Process& client = world.add_process(host, std::move(process), [&done, number, writes](Ports& ports) {
      return std::make_unique<Application>(ports, number, writes, &done);
    });
    world.start_at(client, TrueTime());
  }
  const TrueTime begin = TrueTime() + Duration::seconds(1);
  world.kernel().run_until(begin);
  const std::int64_t done_before = done;
  const double before = bench::cpu_seconds();
  world.kernel().run_until(begin + busy);
  return static_cast<double>(done - done_before) / (bench::cpu_seconds() - before);
}

void measure(bench::Report& report) {
  for (const Dialect dialect : {Dialect::innodb, Dialect::postgresql}) {
    for (const bool writes : {false, true}) {
      const std::string what = std::string(name_of(dialect)) + (writes ? ": update by key" : ": select by key");
      report.add(what, statements(dialect, writes, Duration::seconds(4)) / 1e3, "k/s", "goal 350");
    }
  }
}

const bench::Suite suite("database-network", measure);

}  // namespace
