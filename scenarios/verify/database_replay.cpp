#include "database_replay.hpp"

#include <algorithm>

#include "trace_json.hpp"

namespace chronofault::verify::database {
namespace {

constexpr std::int64_t deadlock_timeout_ms = 1'000;

sim::Dialect dialect_of(const json& trace) {
  if (trace.at("server") == "mariadb") return sim::Dialect::innodb;
  if (trace.at("server") == "postgresql") return sim::Dialect::postgresql;
  throw Misfit("no such server: " + trace.at("server").dump());
}

}  // namespace

Replay::Replay(const json& trace, ResumeOrder order)
    : trace_(trace),
      order_(order),
      postgresql_(dialect_of(trace) == sim::Dialect::postgresql),
      timing_(trace.at("family") == "timing"),
      purges_(trace.value("purge", "") == "settled"),
      storage_(tables_of(trace), dialect_of(trace)),
      engine_(std::make_unique<sim::Engine>(storage_, sim::EngineSettings(), nullptr)) {
  for (const InitialRow& row : rows_of(trace)) storage_.load(row);
}

Replay::Outcome Replay::step(std::size_t number) {
  const json& step = trace_.at("steps").at(number);
  const std::int64_t session = step.at("s").get<std::int64_t>();
  const std::string& op = step.at("op").get_ref<const std::string&>();
  ++now_ms_;
  ended_.clear();
  bool outside = true;  // of the sessions' statements
  if (op == "disconnect" || op == "kill") {
    cut(session, op == "kill");
  } else if (op == "crash") {
    crash();
  } else if (op == "sleep") {
    pass(now_ms_ + step.at("ms").get<std::int64_t>());
  } else if (op == "expire") {
    expire(session);
  } else {
    outside = false;
    if (blocked_.contains(session)) return Outcome{{{"err", "the session waits"}}};
    perform(session, step, number);
  }
  settle();

  Outcome outcome;
  outcome.result = outside ? json{{"ok", 1}} : json{{"blocked", 1}};
  std::map<std::int64_t, json> woke;  // by session
  for (const auto& [ended, result] : ended_) {
    if (ended == number) {
      outcome.result = result;
    } else {
      woke[trace_.at("steps").at(ended).at("s").get<std::int64_t>()] = json::array({ended, result});
    }
  }
  for (auto& [of, entry] : woke) outcome.woke.push_back(std::move(entry));
  return outcome;
}

sim::SessionId Replay::connected(std::int64_t session) {
  if (const auto at = connections_.find(session); at != connections_.end()) return at->second;
  const sim::SessionId id = engine_->open();
  connections_.emplace(session, id);
  Watch& watch = watches_[id];
  watch.session = session;
  const std::string name = std::to_string(session);
  if (trace_.contains("limits") && trace_.at("limits").contains(name)) {
    const json& limits = trace_.at("limits").at(name);
    if (limits.contains("lock_ms")) watch.lock_ms = limits.at("lock_ms").get<std::int64_t>();
    if (limits.contains("stmt_ms")) watch.statement_ms = limits.at("stmt_ms").get<std::int64_t>();
  }
  return id;
}

void Replay::answered(sim::SessionId id, const sim::Answer& answer) {
  const std::int64_t session = watches_.at(id).session;
  if (!engine_->alive(id)) {
    watches_.erase(id);
    connections_.erase(session);
  }
  const auto blocked = blocked_.find(session);
  if (blocked == blocked_.end()) return;
  ended_[blocked->second] = to_json(answer, trace_, trace_.at("steps").at(blocked->second));
  blocked_.erase(blocked);
}

void Replay::perform(std::int64_t session, const json& step, std::size_t number) {
  const sim::SessionId id = connected(session);
  const std::string& op = step.at("op").get_ref<const std::string&>();
  const json ok = {{"ok", 1}};
  if (op == "begin") {
    const sim::Answer answer = engine_->begin(id, level_of(step));
    ended_[number] = answer.error == db::ErrorClass::none ? ok : to_json(answer, trace_, step);
  } else if (op == "commit" || op == "rollback") {
    if (op == "commit") {
      engine_->commit(id);
    } else {
      engine_->rollback(id);
    }
    ended_[number] = ok;
  } else {
    watches_.at(id).statement_began = now_ms_;
    blocked_[session] = number;
    auto statement = std::make_shared<const db::Statement>(statement_of(trace_, step));
    const std::optional<sim::Answer> answer = engine_->execute(id, std::move(statement), WallTime::from_ms(now_ms_));
    if (answer) {
      answered(id, *answer);
    } else {
      observe(id);
    }
  }
}

void Replay::cut(std::int64_t session, bool kill) {
  const auto at = connections_.find(session);
  if (at == connections_.end()) return;
  const sim::SessionId id = at->second;
  if (kill) {
    engine_->kill(id);
  } else {
    engine_->disconnect(id);
    blocked_.erase(session);
    watches_.at(id).session = 0;
    connections_.erase(session);
  }
  if (!engine_->alive(id)) {
    watches_.erase(id);
    connections_.erase(session);
  }
}

void Replay::crash() {
  for (const auto& [session, number] : blocked_) {
    ended_[number] = {{"err", db::name_of(db::ErrorClass::connection_lost)}};
  }
  blocked_.clear();
  connections_.clear();
  watches_.clear();
  engine_.reset();
  engine_ = std::make_unique<sim::Engine>(storage_, sim::EngineSettings(), nullptr);
  purges_ = true;  // whatever kept purge back is gone
}

void Replay::drain() {
  while (const std::size_t runnable = engine_->runnable()) {
    raced_ = raced_ || runnable > 1;
    const sim::SessionId id = engine_->take_runnable(order_ == ResumeOrder::first_freed ? 0 : runnable - 1);
    if (const std::optional<sim::Answer> answer = engine_->resume(id)) {
      answered(id, *answer);
    } else {
      observe(id);
    }
  }
}

void Replay::settle() {
  drain();
  if (purges_) engine_->purge(engine_->committed_until());
  drain();
  if (!postgresql_ || timing_) return;
  for (;;) {
    sim::SessionId next = 0;
    for (const auto& [id, watch] : watches_) {
      if (!engine_->waiting(id) || watch.deadlock_checked) continue;
      if (next == 0 || watch.wait_position < watches_.at(next).wait_position) next = id;
    }
    if (next == 0) return;
    watches_.at(next).deadlock_checked = true;
    engine_->check_deadlock(next);
    drain();
  }
}

void Replay::observe(sim::SessionId id) {
  Watch& watch = watches_.at(id);
  const std::uint64_t wait = engine_->wait_number(id);
  if (wait == watch.wait) return;
  watch.wait = wait;
  watch.wait_began = now_ms_;
  watch.wait_position = ++last_position_;
  watch.deadlock_checked = false;
}

std::optional<Replay::Timer> Replay::next_timer() const {
  std::optional<Timer> first;
  const auto consider = [&](std::int64_t at, const Watch& watch, sim::SessionId id, db::ErrorClass error) {
    if (first && std::pair(first->at, first->position) <= std::pair(at, watch.wait_position)) return;
    first = Timer{at, watch.wait_position, id, error};
  };
  for (const auto& [id, watch] : watches_) {
    if (!engine_->waiting(id)) continue;
    if (timing_ && !watch.deadlock_checked) {
      consider(watch.wait_began + deadlock_timeout_ms, watch, id, db::ErrorClass::none);
    }
    if (watch.lock_ms) consider(watch.wait_began + *watch.lock_ms, watch, id, db::ErrorClass::lock_timeout);
    if (watch.statement_ms) {
      consider(watch.statement_began + *watch.statement_ms, watch, id, db::ErrorClass::statement_timeout);
    }
  }
  return first;
}

void Replay::fire(const Timer& timer) {
  now_ms_ = std::max(now_ms_, timer.at);
  if (timer.error == db::ErrorClass::none) {
    watches_.at(timer.session).deadlock_checked = true;
    engine_->check_deadlock(timer.session);
  } else {
    engine_->end_wait(timer.session, timer.error);
  }
  drain();
}

void Replay::pass(std::int64_t until) {
  for (std::optional<Timer> timer = next_timer(); timer && timer->at <= until; timer = next_timer()) fire(*timer);
  now_ms_ = until;
}

void Replay::expire(std::int64_t session) {
  while (blocked_.contains(session)) {
    const std::optional<Timer> timer = next_timer();
    if (!timer) return;
    fire(*timer);
  }
}

}  // namespace chronofault::verify::database
