#include <ports/loop.hpp>

namespace chronofault {

void declare_loop(Events& events, const std::string& name, Duration bound) {
  Event event(EventKind::LoopDeclared);
  event.detail = name;
  event.bound = bound;
  events.emit(event);
}

RecordId pass_loop(Events& events, const std::string& name) {
  Event event(EventKind::LoopPassed);
  event.detail = name;
  return events.emit(event);
}

void end_loop(Events& events, const std::string& name) { declare_loop(events, name, Duration()); }

namespace {

void pass(Events& events, const LoopSpec& spec) {
  events.begin_unit();
  events.begin_unit(pass_loop(events, spec.name));
}

}  // namespace

Task<> fixed_rate(Clock& clock, Events& events, LoopSpec spec, LoopBody body) {
  CF_ASSERT(spec.period > Duration{});
  declare_loop(events, spec.name, spec.bound);
  MonoTime due = clock.mono() + spec.initial;
  while (true) {
    if (due > clock.mono()) co_await clock.sleep_until(due);
    pass(events, spec);
    co_await body();
    due += spec.period;
  }
}

Task<> fixed_delay(Clock& clock, Events& events, LoopSpec spec, LoopBody body) {
  declare_loop(events, spec.name, spec.bound);
  if (spec.initial > Duration{}) co_await clock.sleep_for(spec.initial);
  while (true) {
    pass(events, spec);
    co_await body();
    co_await clock.sleep_for(spec.period);
  }
}

}  // namespace chronofault
