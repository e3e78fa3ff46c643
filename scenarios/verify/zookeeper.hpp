// Recorded traces of real ZooKeeper servers against the simulated ones: random, fresh, scripted, container, ensemble;
// and of real Curator caches (zookeeper_curator.hpp).
#pragma once

#include <scenarios/verify/verify.hpp>

namespace chronofault::verify {

void verify_zookeeper(const VectorFile& file, Tally& tally);

}  // namespace chronofault::verify
