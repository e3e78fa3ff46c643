#include <array>

#include <elastic_job/errors.hpp>
#include <elastic_job/zookeeper_registry.hpp>
#include <ports/coordination/errors.hpp>

#include "elasticjob_check.hpp"
#include "elasticjob_groups.hpp"
#include "zookeeper_world.hpp"

namespace chronofault::verify::elasticjob {

namespace {

/// KeeperException's classes, as cases name them.
std::optional<zk::Code> code_named(std::string_view name) {
  static const std::map<std::string_view, zk::Code> all{
      {"AuthFailed", zk::Code::auth_failed},
      {"BadArguments", zk::Code::bad_arguments},
      {"BadVersion", zk::Code::bad_version},
      {"ConnectionLoss", zk::Code::connection_loss},
      {"InvalidACL", zk::Code::invalid_acl},
      {"MarshallingError", zk::Code::marshalling_error},
      {"NoAuth", zk::Code::no_auth},
      {"NoChildrenForEphemerals", zk::Code::no_children_for_ephemerals},
      {"NoNode", zk::Code::no_node},
      {"NodeExists", zk::Code::node_exists},
      {"NotEmpty", zk::Code::not_empty},
      {"OperationTimeout", zk::Code::operation_timeout},
      {"RequestTimeout", zk::Code::request_timeout},
      {"SessionExpired", zk::Code::session_expired},
      {"SessionMoved", zk::Code::session_moved},
      {"Unimplemented", zk::Code::unimplemented},
  };
  if (name.ends_with("Exception")) name.remove_suffix(std::string_view("Exception").size());
  const auto found = all.find(name);
  return found == all.end() ? std::nullopt : std::optional(found->second);
}

/// "NoNode", "Interrupted", "RuntimeException", "RuntimeException caused by NoNode".
std::exception_ptr error_named(const Case& c, std::string_view name) {
  constexpr std::string_view caused_by = " caused by ";
  const std::size_t cause = name.find(caused_by);
  if (cause != std::string_view::npos) {
    try {
      std::rethrow_exception(error_named(c, name.substr(cause + caused_by.size())));
    } catch (...) {
      try {
        std::throw_with_nested(UserError(std::string(name.substr(0, cause))));
      } catch (...) {
        return std::current_exception();
      }
    }
  }
  if (const auto code = code_named(name)) {
    try {
      zk::throw_error(*code, "/test");
    } catch (...) {
      return std::current_exception();
    }
  }
  if (name == "Interrupted" || name == "InterruptedException") return std::make_exception_ptr(Interrupted{});
  if (name == "RuntimeException" || name == "Exception" || name == "other") {
    return std::make_exception_ptr(UserError("as the case says"));
  }
  c.bad("no error is " + std::string(name));
}

class StorageCheck final : public Check {
 public:
  explicit StorageCheck(Case& of) : Check(of), tree_(log), storage_(tree_, job_default) {
    read_nodes(given(), tree_.nodes);
    tree_.time_ms = Facts::value_of<std::int64_t>(given().find_any({"zk_time_ms", "registry_time"}), 0);
    const json* const build = given().find("build");
    const json* const multi = given().find_any({"multi", "commit"});
    if (build != nullptr && build->is_string()) build_error_ = error_named(c, build->get<std::string>());
    if (multi != nullptr && multi->is_string()) tree_.multi_error = error_named(c, multi->get<std::string>());
  }

 private:
  std::string text(std::size_t i) const { return c.arg(i).is_null() ? "" : c.arg(i).get<std::string>(); }
  TxBuilder builder() const {
    return [error = build_error_] {
      if (error) std::rethrow_exception(error);
      return std::vector<TxOp>();
    };
  }

  Task<> call() override {
    const std::string fn = c.fn();
    if (fn == "create_if_needed") {
      co_await storage_.create_if_needed(text(0));
    } else if (fn == "remove_if_exists") {
      co_await storage_.remove_if_exists(text(0));
    } else if (fn == "fill_ephemeral" || fn == "persist_ephemeral") {
      co_await storage_.persist_ephemeral(text(0), text(1));
    } else if (fn == "replace" || fn == "persist") {
      co_await storage_.persist(text(0), text(1));
    } else if (fn == "update") {
      co_await storage_.update(text(0), text(1));
    } else if (fn == "transaction") {
      TxBuilder build = builder();
      co_await storage_.transaction(std::move(build));
    } else if (fn == "in_leader") {
      co_await storage_.in_leader(text(0), std::function<Task<>()>());
    } else {
      co_await ask(fn);
    }
  }
  Task<> ask(std::string fn) {
    if (fn == "exists" || fn == "is_existed") {
      const bool exists = co_await storage_.exists(text(0));
      result(exists);
    } else if (fn == "get" || fn == "get_data") {
      const Text data = co_await storage_.get(text(0));
      result(data ? json(*data) : json());
    } else if (fn == "get_direct" || fn == "get_data_direct" || fn == "get_data_directly") {
      const Text data = co_await storage_.get_direct(text(0));
      result(data ? json(*data) : json());
    } else if (fn == "children") {
      const std::vector<std::string> names = co_await storage_.children(text(0));
      result(names);
    } else if (fn == "registry_time" || fn == "zk_time") {
      const std::int64_t time = co_await storage_.registry_time();
      result(time);
    } else {
      c.unknown_function();
    }
  }

  PlayedRegistry tree_;
  JobNodeStorage storage_;
  std::exception_ptr build_error_;
};

/// The real registry centre, on a server that holds the tree of the cases.
class QueryCheck {
 public:
  explicit QueryCheck(Case& of) : c_(of), steps_(steps_of(of)) {}

  void play() {
    const json settings{{"tickTime", 2000}, {"minSessionTimeout", 4000}, {"maxSessionTimeout", 40000}};
    ZooKeeperWorld world(settings, true, 1);
    Outcome outcome;
    const bool done =
        world.play([this, &outcome](Ports& ports) { return run(this, &ports, &outcome); }, Duration::minutes(10));
    if (!done) c_.bad("the call does not end");
    c_.compare(outcome);
  }

 private:
  using Steps = std::vector<std::string>;

  /// "persist_then_get", "persist_ephemeral_close_exists": one request after the other, the last one answers.
  static Steps steps_of(const Case& c) {
    static constexpr std::array<std::string_view, 15> known{
        "persist_ephemeral", "persist",           "update",     "remove",         "close",
        "get_direct",        "get_without_cache", "get_cached", "get_with_cache", "get",
        "num_children",      "children",          "exists",     "registry_time",  "twice"};
    Steps steps;
    const std::string fn = c.fn();
    std::string_view rest = fn;
    while (!rest.empty()) {
      if (rest.starts_with("_then")) rest.remove_prefix(5);
      if (rest.starts_with('_')) rest.remove_prefix(1);
      const auto found =
          std::find_if(known.begin(), known.end(), [rest](std::string_view k) { return rest.starts_with(k); });
      if (found == known.end()) c.unknown_function();
      steps.emplace_back(*found);
      rest.remove_prefix(found->size());
    }
    return steps;
  }

  static std::unique_ptr<ZookeeperRegistry> connect(const QueryCheck* check, Ports* ports) {
    RegistrySettings settings;
    settings.server_lists = "10.0.0.1:2181";
    settings.name_space = "test";
    return std::make_unique<ZookeeperRegistry>(*ports, std::move(settings), check->c_.profile());
  }

  static Task<> run(QueryCheck* check, Ports* ports, Outcome* outcome) {
    auto registry = connect(check, ports);
    co_await registry->init();
    co_await registry->persist("/test", "test");
    co_await registry->persist("/test/deep/nested", "deepNested");
    co_await registry->persist("/test/child", "child");
    json last;
    try {
      for (const std::string& step : check->steps_) {
        if (step == "close") {
          co_await registry->close();
          registry = connect(check, ports);
          co_await registry->init();
        } else {
          json answer = co_await request(check, registry.get(), ports, step, last);
          last = std::move(answer);
        }
      }
      outcome->values["result"] = last;
    } catch (const Failure& error) {
      outcome->error = std::string(error.type);
    }
    co_await registry->close();
  }

  static Task<json> request(QueryCheck* check, ZookeeperRegistry* registry, Ports* ports, std::string step, json last) {
    const Case& c = check->c_;
    const std::string path = c.arg(0).get<std::string>();
    const std::string data = c.arg(1).is_null() ? "" : c.arg(1).get<std::string>();
    if (step == "persist") {
      co_await registry->persist(path, data);
    } else if (step == "persist_ephemeral") {
      co_await registry->persist_ephemeral(path, data);
    } else if (step == "update") {
      co_await registry->update(path, data);
    } else if (step == "remove") {
      co_await registry->remove(path);
    } else if (step == "exists") {
      const bool exists = co_await registry->exists(path);
      co_return exists;
    } else if (step == "children") {
      const std::vector<std::string> names = co_await registry->children(path);
      co_return json(names);
    } else if (step == "num_children") {
      const int count = co_await registry->num_children(path);
      co_return count;
    } else if (step == "registry_time") {
      const std::int64_t time = co_await registry->registry_time(path);
      co_return time;
    } else if (step == "twice") {
      co_await ports->clock.sleep_for(Duration::ms(1));
      const std::int64_t second = co_await registry->registry_time(path);
      co_return second > last.get<std::int64_t>() ? "second > first" : "second <= first";
    } else {
      co_return co_await text(registry, ports, step, path);
    }
    co_return json();
  }

  static Task<json> text(ZookeeperRegistry* registry, Ports* ports, std::string step, std::string path) {
    if (step == "get_cached" || step == "get_with_cache") {
      co_await registry->add_cache("/test");
      co_await ports->clock.sleep_for(Duration::seconds(1));
    }
    const bool direct = step == "get_direct" || step == "get_without_cache";
    Task<Text> asked = direct ? registry->get_direct(path) : registry->get(path);
    const Text data = co_await std::move(asked);
    co_return data ? json(*data) : json();
  }

  Case& c_;
  Steps steps_;
};

}  // namespace

// spec: elasticjob 2.3
void check_storage(Case& c) { play<StorageCheck>(c); }

// spec: elasticjob 2.3 Silent failures
void check_registry_errors(Case& c) {
  const json* const named = c.all().find("error");
  std::exception_ptr error;
  if (named != nullptr && !named->is_null()) error = error_named(c, named->get<std::string>());
  std::string seen = "silent";
  try {
    if (swallow(error) == Swallowed::interrupted) seen = "interrupt";
  } catch (const RegError& failure) {
    seen = std::string("throw ").append(failure.type);
  }
  const std::string expected = c.expect().is_string() ? c.expect().get<std::string>() : "";
  const bool says_interrupt = expected.find("interrupt") != std::string::npos;
  if (seen == "interrupt" && says_interrupt) seen = expected;
  Outcome outcome;
  outcome.values["result"] = seen;
  c.compare(outcome);
}

// spec: elasticjob 2.3
void check_registry_queries(Case& c) { play<QueryCheck>(c); }

}  // namespace chronofault::verify::elasticjob
