#include "fresh_process.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>

#include <alloca.h>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace toy {

RunResult run_here(const RunRequest& request) {
  RunResult result;
  for (std::uint64_t i = 0; i < request.seeds; ++i) {
    const bool last = i + 1 == request.seeds;
    ToyOptions options;
    options.seed = request.seed + i;
    options.defect = request.defect;
    options.trace = request.trace && last;
    Toy toy(options);
    if (last) toy.cluster.kernel.keep_checkpoints(request.checkpoint_every);
    toy.run_to_step(request.steps);
    result.digests.push_back(toy.digest());
    if (!last) continue;
    result.checkpoints = toy.cluster.kernel.checkpoints();
    if (options.trace) result.records = sim::plain(toy.cluster.trace);
  }
  return result;
}

namespace {

constexpr const char* request_variable = "CF_TOY_RUN";
constexpr const char* output_variable = "CF_TOY_OUTPUT";

std::string to_text(const RunRequest& request) {
  std::ostringstream out;
  out << request.seed << ' ' << request.seeds << ' ' << request.steps << ' ' << static_cast<int>(request.defect) << ' '
      << request.trace << ' ' << request.checkpoint_every;
  return out.str();
}

RunRequest request_from(const std::string& text) {
  std::istringstream in(text);
  RunRequest request;
  int defect = 0;
  in >> request.seed >> request.seeds >> request.steps >> defect >> request.trace >> request.checkpoint_every;
  request.defect = static_cast<Defect>(defect);
  return request;
}

void write_result(std::ostream& out, const RunResult& result) {
  out << result.digests.size() << ' ' << result.checkpoints.size() << '\n';
  for (const sim::Hash128& digest : result.digests) out << digest.high << ' ' << digest.low << '\n';
  for (const sim::Checkpoint& point : result.checkpoints) {
    out << point.step << ' ' << point.time.us() << ' ' << point.digest.high << ' ' << point.digest.low << '\n';
  }
  sim::write_records(out, result.records);
}

RunResult read_result(std::istream& in) {
  RunResult result;
  std::size_t digests = 0;
  std::size_t checkpoints = 0;
  in >> digests >> checkpoints;
  for (std::size_t i = 0; i < digests; ++i) {
    sim::Hash128 digest;
    in >> digest.high >> digest.low;
    result.digests.push_back(digest);
  }
  for (std::size_t i = 0; i < checkpoints; ++i) {
    sim::Checkpoint point;
    std::int64_t us = 0;
    in >> point.step >> us >> point.digest.high >> point.digest.low;
    point.time = TrueTime::from_us(us);
    result.checkpoints.push_back(point);
  }
  in.ignore(1, '\n');
  result.records = sim::read_records(in);
  return result;
}

// Blocks of all small sizes, filled with junk, freed in random order: whatever is allocated next lies anywhere.
void disturb_heap(std::vector<void*>& kept) {
  std::minstd_rand random(static_cast<unsigned>(getpid()));
  std::vector<void*> freed;
  for (int i = 0; i < 40'000; ++i) {
    const std::size_t size = 16 + random() % 400;
    void* block = std::malloc(size);  // NOLINT(cppcoreguidelines-no-malloc)
    if (block == nullptr) std::abort();
    std::memset(block, static_cast<int>(random() % 256), size);
    (random() % 3 == 0 ? kept : freed).push_back(block);
  }
  std::shuffle(freed.begin(), freed.end(), random);
  for (void* block : freed) std::free(block);  // NOLINT(cppcoreguidelines-no-malloc)
}

[[gnu::noinline]] RunResult run_below(int depth, const RunRequest& request) {
  auto* const below = static_cast<volatile char*>(alloca(4'096));
  below[depth] = 1;
  return depth == 0 ? run_here(request) : run_below(depth - 1, request);
}

// What the fresh process runs; without its variables, nothing.
TEST_CASE("a run in a fresh process", "[.fresh]") {
  const char* const request = std::getenv(request_variable);
  const char* const output = std::getenv(output_variable);
  if (request == nullptr || output == nullptr) return;
  std::vector<void*> kept;
  disturb_heap(kept);
  const RunResult result = run_below(37, request_from(request));
  std::ofstream out(output);
  write_result(out, result);
  for (void* block : kept) std::free(block);  // NOLINT(cppcoreguidelines-no-malloc)
  REQUIRE(out.good());
}

}  // namespace

RunResult run_in_fresh_process(const RunRequest& request) {
  char output[] = "/tmp/toy-run-XXXXXX";
  const int file = mkstemp(output);
  REQUIRE(file >= 0);
  close(file);
  const std::string text = to_text(request);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    setenv(request_variable, text.c_str(), 1);
    setenv(output_variable, output, 1);
    // glibc fills what malloc hands out: another junk for each seed.
    setenv("MALLOC_PERTURB_", std::to_string(request.seed % 251 + 1).c_str(), 1);
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 1);
    execl("/proc/self/exe", "toy", "[.fresh]", static_cast<char*>(nullptr));
    _exit(127);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  std::ifstream in(output);
  RunResult result = read_result(in);
  unlink(output);
  return result;
}

}  // namespace toy
