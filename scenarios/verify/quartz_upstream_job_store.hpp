// Facts that upstream's own unit tests pin of job stores and of schedulers on them. A case without "stores" holds for
// every store.
#pragma once

#include <memory>

#include <quartz/job_classes.hpp>

#include "quartz_case.hpp"
#include "quartz_job_store_traces_world.hpp"

namespace chronofault::verify::quartz {

enum class StoreKind { memory, database };
std::string_view name_of(StoreKind kind);

/// With upstream's defaults, but this misfire threshold. `ports` and `classes` outlive it.
std::unique_ptr<chronofault::quartz::JobStore> make_store(StoreKind kind, Ports& ports, Duration misfire_threshold,
                                                          const chronofault::quartz::JobClasses& classes);

/// A case that lists steps of one store.
void check_store_steps(const Case& c, StoreKind kind);

/// A case that tells in words what a scheduler does. False: the words are of a case that is not known.
bool check_scheduler_story(const Case& c);

}  // namespace chronofault::verify::quartz
