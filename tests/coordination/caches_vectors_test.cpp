// The events of real Curator caches, recorded while another client changed the tree and the connection was cut.
#include <catch2/catch.hpp>

#include <scenarios/verify/verify.hpp>

namespace {

using namespace chronofault::verify;

TEST_CASE("every recorded event of Curator's caches, in its order", "[zookeeper:11][zookeeper:13]") {
  Tally tally;
  checkers().at("zookeeper")(VectorFile::read("tests/vectors/zookeeper/curator.jsonl.gz"), tally);
  for (const Difference& difference : tally.differences()) {
    UNSCOPED_INFO(difference.trace << " step " << difference.step << " " << difference.operation << "\n  expected "
                                   << difference.expected << "\n  seen     " << difference.seen);
  }
  CHECK(tally.different() == 0);
  CHECK(tally.traces() == 96);
}

}  // namespace
