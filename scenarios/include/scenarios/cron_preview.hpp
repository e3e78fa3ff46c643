// What a cron expression will do, or what is wrong with it, for a person: `chronofault next`.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include <ports/time.hpp>
#include <scenarios/time_zones.hpp>
#include <triggers/cron.hpp>

namespace chronofault::scenarios {

struct CronQuestion {
  std::string expression;
  std::string dialect = "quartz";
  std::string zone = "UTC";  // a name of the tz database, or an offset
  std::string from;          // an instant with a date, local to `zone` unless it bears an offset; empty: now
  int count = 10;
};

struct CronPreview {
  enum class End {
    more,          // there may be later ones
    never_again,   // there are none after those
    does_not_end,  // the dialect's own search goes on for ever from here
    empty_field,   // a field holds no value: the dialect's search fails with an exception
  };
  std::vector<std::string> fires;  // "2024-04-01 02:30:00 +02:00"
  End end = End::more;
};

/// The fire times strictly after `from`. Otherwise the message; for a wrong expression it has field, place and what is
/// expected, with a caret under the place. `now`: what the clock shows.
tl::expected<CronPreview, std::string> preview_cron(const CronQuestion& question, WallTime now, TimeZones& zones);

/// Several lines without the last line's end: message, expression, caret, what is expected.
std::string explain(const triggers::CronError& error, std::string_view expression);

}  // namespace chronofault::scenarios
