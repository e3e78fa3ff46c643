#include <ports/loop.hpp>

namespace chronofault {

namespace {

void declare(Events& events, const LoopSpec& spec) {
  Event event(EventKind::LoopDeclared);
  event.detail = spec.name;
  event.bound = spec.bound;
  events.emit(event);
}

void pass(Events& events, const LoopSpec& spec) {
  events.begin_unit();
  Event event(EventKind::LoopPassed);
  event.detail = spec.name;
  events.begin_unit(events.emit(event));
}

}  // namespace

Task<> fixed_rate(Clock& clock, Events& events, LoopSpec spec, LoopBody body) {
  CF_ASSERT(spec.period > Duration{});
  declare(events, spec);
  MonoTime due = clock.mono() + spec.initial;
  while (true) {
    if (due > clock.mono()) co_await clock.sleep_until(due);
    pass(events, spec);
    co_await body();
    due += spec.period;
  }
}

Task<> fixed_delay(Clock& clock, Events& events, LoopSpec spec, LoopBody body) {
  declare(events, spec);
  if (spec.initial > Duration{}) co_await clock.sleep_for(spec.initial);
  while (true) {
    pass(events, spec);
    co_await body();
    co_await clock.sleep_for(spec.period);
  }
}

}  // namespace chronofault
