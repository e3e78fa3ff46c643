// True time as faults and scenarios name it: microseconds since 1970-01-01T00:00:00Z.
#pragma once

#include <sim/kernel/time.hpp>
