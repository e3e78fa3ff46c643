// From a selector to the machines, processes and pools that it means now.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <faults/injector.hpp>

namespace chronofault::faults {

/// Processes in the order of their making, each once. `draws`: for one_of and any_two_of.
std::vector<sim::Process*> resolve_processes(const Selector& selector, sim::World& world, const Directory& directory,
                                             RandomStream& draws);
/// A process stands for its machine.
std::vector<sim::Machine*> resolve_machines(const Selector& selector, sim::World& world, const Directory& directory,
                                            RandomStream& draws);
/// True if the process is one that the selector means.
bool means(const Selector& selector, const sim::Process& process, sim::World& world, const Directory& directory,
           RandomStream& draws);
/// The parts of a combination, or the selector alone: what one_of and any_two_of draw is drawn here.
std::vector<const Selector*> flatten(const Selector& selector, RandomStream& draws);

}  // namespace chronofault::faults
