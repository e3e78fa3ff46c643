#include <chrono>
#include <iostream>

#include <scenarios/cron_preview.hpp>

#include "commands.hpp"

namespace chronofault::cli {
namespace {

WallTime clock_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return WallTime::from_us(std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count());
}

}  // namespace

int next(const NextArgs& args) {
  using End = scenarios::CronPreview::End;
  scenarios::TimeZones zones;
  const auto preview =
      scenarios::preview_cron({args.expression, args.dialect, args.zone, args.from, args.count}, clock_now(), zones);
  if (!preview) return refuse(preview.error());
  for (const std::string& fire : preview->fires) std::cout << fire << '\n';
  switch (preview->end) {
    case End::more:
      return met;
    case End::never_again:
      std::cout << (preview->fires.empty() ? "never\n" : "never again\n");
      return met;
    case End::does_not_end:
      std::cout << "the search for the next fire time does not end: the real scheduler's thread spins for ever here\n";
      return not_met;
    case End::empty_field:
      std::cout << "the search fails: a field of the expression holds no value (NoSuchElementException)\n";
      return not_met;
  }
  return met;
}

}  // namespace chronofault::cli
