// Names that look like forbidden ones and are not: the symbol check must stay silent.
#include <stdexcept>
#include <string>

namespace planted {
struct Clock {
  long now() const;
  long time(long) const;
};
long getenv(const Clock& clock);
}  // namespace planted

long time_limit(const planted::Clock& clock);
long time_limit(const planted::Clock& clock) {
  if (clock.now() < 0) throw std::runtime_error("time " + std::to_string(clock.time(1)));
  return planted::getenv(clock);
}
