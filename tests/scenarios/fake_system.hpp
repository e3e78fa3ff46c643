// A system that runs nothing but declares all that a scenario can say about one.
#pragma once

#include <string>

#include <ports/system.hpp>
#include <scenarios/scenario.hpp>

namespace support {

/// Registers nothing: a World with this system alone, under the names "powerjob" and "toy".
chronofault::scenarios::World fake_world();

/// The same with a toy that uses ZooKeeper.
chronofault::scenarios::World fake_zookeeper_world();

/// The same scenario text in all tests: one server, two workers, a job, a workflow. `more` is appended.
std::string small_scenario(const std::string& more = "");

}  // namespace support
