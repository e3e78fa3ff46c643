// Defects that make a run depend on its process, through the whole program: --check-determinism finds each, and names
// the first record that differs.
#include <catch2/catch.hpp>

#include <support/sanitizer.hpp>

#include "program.hpp"

using namespace chronofault::tests;

namespace {

std::string scenario() {
  return R"(scenario: spoilt
system: planted
variants:
  sound: {version: V1}
  pointer-order: {version: V1, policies: {pointer-order: true}}
  hash-order: {version: V1, policies: {hash-order: true}}
  uninitialised-read: {version: V1, policies: {uninitialised-read: true}}
start: 2024-03-01T09:00:00Z
until: +40s
cluster:
  zones: {A: {}}
  nodes: [{name: node, zone: A, starts: 0s}]
expect:
  sound: [{property: no-lost-run, seeds: some}]
  pointer-order: [{property: no-lost-run, seeds: some}]
  hash-order: [{property: no-lost-run, seeds: some}]
  uninitialised-read: [{property: no-lost-run, seeds: some}]
)";
}

Ran checked(const std::string& variant) {
  const Folder folder;
  const std::string file = folder.file("spoilt.yaml", scenario());
  return run_in(folder, planted_path(), {"replay", file, "--variant", variant, "--check-determinism"});
}

}  // namespace

TEST_CASE("a sound run is the same in another process", "[cli][design:4]") {
  const Ran ran = checked("sound");
  CHECK(ran.status == 0);
  CHECK(ran.err == "A second run in another process has the same digests (1 run).\n");
}

#if !CF_UNDER_ASAN
TEST_CASE("planted defects are caught, and the first record that differs is named", "[cli][design:4]") {
  for (const std::string defect : {"pointer-order", "hash-order", "uninitialised-read"}) {
    INFO(defect);
    const Ran ran = checked(defect);
    INFO(ran.out + ran.err);
    CHECK(ran.status == 1);
    const std::string said = ran.out + ran.err;
    CHECK(said.find("A second run differs") != std::string::npos);
    // Two processes start; the node then ticks ten times before the defect sets in.
    CHECK(said.find("The first step that differs is step 13.") != std::string::npos);
    CHECK(said.find("The first record that differs:\n  here:") != std::string::npos);
    CHECK(said.find("step 13 at 1709283611000000us node domain MemberSeen") != std::string::npos);
  }
}
#endif
